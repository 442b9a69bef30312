import { LRUCache } from 'lru-cache'
import { type KeyLookup, type Verified, verifyAccessToken } from '#platform/auth/tokens.ts'
import { GUEST, type Viewer } from '#platform/auth/viewer.ts'
import { CallerError, messageOf } from '#platform/kernel/errors.ts'
import type { Logger } from '#platform/runtime/logger.ts'
import type { Access } from './access-rules.ts'

/** Who asks, until when, and the header that says so to the subgraphs. */
export type Identity = { readonly viewer: Viewer; readonly expiresAtMs: number; readonly authorization: string | null }

/** Reads an `Authorization` header. Throws {@link CallerError} UNAUTHENTICATED on one that does not hold. */
export type Authenticate = (authorization: string | undefined) => Promise<Identity>

// A token is verified once and remembered until it expires: ES256 costs more than most queries.
const REMEMBERED_TOKENS = 10_000

/** Nobody in particular, for ever. */
export const ANONYMOUS: Identity = { viewer: GUEST, expiresAtMs: Number.POSITIVE_INFINITY, authorization: null }

/** Verifies tokens by `options.keys`; the token of a session that `isRevoked` is a bad one. */
export function createAuthenticator(options: {
  keys: KeyLookup
  isRevoked: (sessionId: string) => boolean
  log: Logger
}): Authenticate {
  const { isRevoked } = options
  const keys = orOutage(options.keys, options.log)
  const known = new LRUCache<string, Verified>({ max: REMEMBERED_TOKENS })
  return async (authorization) => {
    if (authorization === undefined || authorization === '') return ANONYMOUS
    const token = bearerOf(authorization)
    const verified = known.get(token) ?? (await verify(token, keys))
    if (verified.expiresAtMs <= Date.now()) throw unauthenticated('jwt expired')
    known.set(token, verified)
    if (isEnded(verified.viewer, isRevoked)) throw unauthenticated('the session has ended')
    return { ...verified, authorization: `Bearer ${token}` }
  }
}

/** Without keys no token can be verified: everybody is a guest, and the header goes on to the subgraphs as it is. */
export const ignoreTokens: Authenticate = async (authorization) => ({
  ...ANONYMOUS,
  authorization: authorization ?? null,
})

/** Whether the viewer's session was ended before its token expired. */
export const isEnded = (viewer: Viewer, isRevoked: (sessionId: string) => boolean): boolean =>
  viewer.kind === 'user' && isRevoked(viewer.sessionId)

/** What the viewer may see, as the supergraph's directives ask. */
export const accessOf = ({ viewer }: Identity): Access =>
  viewer.kind === 'user'
    ? { isAuthenticated: true, scopes: viewer.scopes }
    : { isAuthenticated: false, scopes: NO_SCOPES }

const NO_SCOPES: ReadonlySet<string> = new Set()

function bearerOf(authorization: string): string {
  const [scheme, token] = authorization.split(' ')
  if (scheme?.toLowerCase() !== 'bearer' || token === undefined || token === '') {
    throw new CallerError('UNAUTHENTICATED', 'authorization: expected "Bearer <access token>"')
  }
  return token
}

async function verify(token: string, keys: KeyLookup): Promise<Verified> {
  try {
    return await verifyAccessToken(token, keys)
  } catch (error) {
    throw error instanceof CallerError ? error : unauthenticated(messageOf(error))
  }
}

/** Keys that can't be read now are an outage, not a fault of the token. */
const orOutage =
  (keys: KeyLookup, log: Logger): KeyLookup =>
  async (kid) => {
    try {
      return await keys(kid)
    } catch (error) {
      log.error({ err: error }, 'the keys of access tokens could not be read')
      throw new CallerError('DOWNSTREAM_SERVICE_ERROR', "authorization: access tokens can't be verified now")
    }
  }

const unauthenticated = (reason: string): CallerError =>
  new CallerError('UNAUTHENTICATED', `authorization: expected a valid access token: ${reason}`)
