import { createCache } from '../caches.ts'
import type { KeyLookup } from '#platform/auth/tokens.ts'
import { CallerError, messageOf } from '#platform/kernel/errors.ts'
import type { Logger } from '#platform/runtime/logger.ts'
import type { Claims, VerifiedToken, VerifyToken } from './verify-token.ts'

/** Who asks, as a token told. */
export type ClientViewer =
  | { readonly kind: 'guest' }
  | ({ readonly kind: 'user' } & Pick<VerifiedToken, 'userId' | 'sessionId' | 'scopes'>)

/** Who asks, until when, what their token says, and the header that says so to the subgraphs. */
export type Identity = {
  readonly viewer: ClientViewer
  readonly claims: Claims
  readonly expiresAtMs: number
  readonly authorization: string | null
  /** Another for each token that was verified: no header can have it. */
  readonly tokenName?: string
}

/**
 * Reads an `Authorization` header that came on `connection`, where that is one. Throws {@link CallerError} UNAUTHENTICATED
 * on one that does not hold.
 */
export type Authenticate = (authorization: string | undefined, connection?: object) => Promise<Identity>

// A token is verified once and remembered: ES256 costs more than most queries.
const REMEMBERED_TOKENS = 10_000
// Then again, so that a key that its issuer took back is not trusted for as long as its tokens last.
const VERIFIED_AGAIN_MS = 5 * 60_000

/** Nobody in particular, for ever. */
export const ANONYMOUS: Identity = {
  viewer: { kind: 'guest' },
  claims: {},
  expiresAtMs: Number.POSITIVE_INFINITY,
  authorization: null,
}

/** Takes the tokens that `verify` takes; that of a session that `isRevoked` is a bad one. */
export function createAuthenticator(options: {
  verify: VerifyToken
  isRevoked: (sessionId: string) => boolean
}): Authenticate {
  const known = createCache<string, Verified>('tokens', { max: REMEMBERED_TOKENS })
  // Most connections send one token again and again: to compare it costs a tenth of finding it among all.
  const lastOf = new WeakMap<object, Verified>()
  let verified = 0
  const verify = async (authorization: string, nowMs: number): Promise<Verified> => {
    const token = bearerOf(authorization)
    const identity = identityOf(await verifyOrExplain(token, options.verify), token, `\n${(verified += 1)}`)
    return { authorization, identity, verifiedAtMs: nowMs }
  }
  const identify = async (authorization: string, nowMs: number, connection: object | undefined): Promise<Identity> => {
    const remembered = known.get(authorization)
    const current = isFresh(remembered, nowMs) ? remembered : await verify(authorization, nowMs)
    if (current !== remembered) known.set(authorization, current)
    if (connection !== undefined) lastOf.set(connection, current)
    return current.identity
  }
  return async (authorization, connection) => {
    if (authorization === undefined || authorization === '') return ANONYMOUS
    const nowMs = Date.now()
    const last = connection && lastOf.get(connection)
    const identity =
      last?.authorization === authorization && isFresh(last, nowMs)
        ? last.identity
        : await identify(authorization, nowMs, connection)
    if (identity.expiresAtMs <= nowMs) throw unauthenticated('jwt expired')
    if (isEnded(identity.viewer, options.isRevoked)) throw unauthenticated('the session has ended')
    return identity
  }
}

/** What came of an `Authorization` header, and when. */
type Verified = { authorization: string; identity: Identity; verifiedAtMs: number }

const isFresh = (verified: Verified | undefined, nowMs: number): verified is Verified =>
  verified !== undefined && nowMs - verified.verifiedAtMs < VERIFIED_AGAIN_MS

/** Without keys no token can be verified: everybody is a guest, and the header goes on to the subgraphs as it is. */
export const ignoreTokens: Authenticate = async (authorization) => ({
  ...ANONYMOUS,
  authorization: authorization ?? null,
})

/** Whether the viewer's session was ended before its token expired. */
export const isEnded = (viewer: ClientViewer, isRevoked: (sessionId: string) => boolean): boolean =>
  viewer.kind === 'user' && viewer.sessionId !== undefined && isRevoked(viewer.sessionId)

function bearerOf(authorization: string): string {
  const [scheme, token] = authorization.split(' ')
  if (scheme?.toLowerCase() !== 'bearer' || token === undefined || token === '') {
    throw new CallerError('UNAUTHENTICATED', 'authorization: expected "Bearer <access token>"')
  }
  return token
}

async function verifyOrExplain(token: string, verify: VerifyToken): Promise<VerifiedToken> {
  try {
    return await verify(token)
  } catch (error) {
    throw error instanceof CallerError ? error : unauthenticated(messageOf(error))
  }
}

const identityOf = ({ claims, expiresAtMs, ...viewer }: VerifiedToken, token: string, tokenName: string): Identity => ({
  viewer: { kind: 'user', ...viewer },
  claims,
  expiresAtMs,
  authorization: `Bearer ${token}`,
  tokenName,
})

/** The same keys: that they can't be read now is an outage, not a fault of the token. */
export const orOutage =
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
