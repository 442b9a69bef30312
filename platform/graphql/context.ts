import { LRUCache } from 'lru-cache'
import { createRemoteJwks, readServiceKeys } from '../auth/jwks.ts'
import type { Revocations } from '../auth/revocations.ts'
import {
  isServiceToken,
  type KeyLookup,
  type ServiceKeys,
  type Verified,
  verifyAccessToken,
  verifyServiceToken,
} from '../auth/tokens.ts'
import { GUEST, type Viewer } from '../auth/viewer.ts'
import type { Sql } from '../db/database.ts'
import type { Transaction } from '../db/transaction.ts'
import { type Currency, isCurrency } from '../kernel/currency.ts'
import { badInput, CallerError, messageOf } from '../kernel/errors.ts'
import { newId } from '../kernel/ids.ts'
import type { ConfigWith } from '../runtime/config.ts'
import type { Logger } from '../runtime/logger.ts'
import type { SubgraphName } from '../runtime/names.ts'
import type { RequestContext, Runtime, SubgraphDefinition } from './define-subgraph.ts'
import { createRequestTime, type RequestTime } from './request-time.ts'

// A token is verified once and remembered until it expires: ES256 costs more than most queries.
const REMEMBERED_TOKENS = 10_000
const REQUEST_ID = /^[\w.:-]{1,128}$/
// It becomes part of keys in Redis: an IP address, with its zone perhaps, and nothing longer.
const CLIENT_ADDRESS = /^[\w.:%-]{1,64}$/

/** What a request says of itself, whichever transport it came by. */
export type RequestHeaders = Readonly<Record<string, string | string[] | undefined>>

/** Makes the context of one request. Throws {@link CallerError} on a bad token or header. */
export type ContextFactory = (headers: RequestHeaders) => Promise<RequestContext<unknown, unknown>>

/** The context factory of a subgraph's process. */
export function createContextFactory(
  subgraph: SubgraphDefinition<unknown, unknown>,
  runtime: Runtime,
  parts: { services: unknown; verify: (token: string) => Promise<Viewer> },
): ContextFactory {
  return async (headers) => {
    const request = {
      viewer: await viewerOf(headers, parts.verify, runtime.log),
      requestId: requestIdOf(headers),
      currency: currencyOf(headers, runtime),
      clientAddress: clientAddressOf(headers),
      time: createRequestTime(one(headers['x-request-timeout-ms'])),
    }
    return new Context(subgraph, runtime, parts.services, request)
  }
}

type Request = Pick<RequestContext<unknown, unknown>, 'viewer' | 'requestId' | 'currency' | 'clientAddress' | 'time'>

/** A class, because Apollo Server copies the context: what stands on the prototype is not evaluated by the copying. */
class Context implements RequestContext<unknown, unknown> {
  readonly viewer: Viewer
  readonly requestId: string
  readonly currency: Currency
  readonly clientAddress: string
  readonly time: RequestTime
  readonly log: Logger
  readonly runtime: Runtime
  readonly services: unknown
  readonly loaders: unknown

  constructor(subgraph: SubgraphDefinition<unknown, unknown>, runtime: Runtime, services: unknown, request: Request) {
    this.viewer = request.viewer
    this.requestId = request.requestId
    this.currency = request.currency
    this.clientAddress = request.clientAddress
    this.time = request.time
    this.log = runtime.log.child({ requestId: request.requestId })
    this.runtime = runtime
    this.services = services
    this.loaders = subgraph.loaders(this)
  }

  get sql(): Sql {
    this.time.expectTimeLeft()
    return this.runtime.database.sql()
  }

  transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    return this.runtime.transaction(this.requestId, work)
  }
}

/** Verifies users' and services' tokens for `name`; a revoked session's token is a bad one. */
export function createVerifier(
  name: SubgraphName,
  config: ConfigWith<'JWKS_URL' | 'SERVICE_JWKS'>,
  revocations: Pick<Revocations, 'isRevoked'>,
): (token: string) => Promise<Viewer> {
  const keys = { users: orOutage(createRemoteJwks(config.JWKS_URL)), services: readServiceKeys(config.SERVICE_JWKS) }
  const known = new LRUCache<string, Verified>({ max: REMEMBERED_TOKENS })
  return async (token) => {
    const verified = known.get(token) ?? (await verify(token, name, keys))
    if (verified.expiresAtMs <= Date.now()) throw new Error('jwt expired')
    known.set(token, verified)
    const { viewer } = verified
    if (viewer.kind === 'user' && revocations.isRevoked(viewer.sessionId)) throw new Error('the session has ended')
    return viewer
  }
}

/** A token that can't be checked is not a bad one: its owner must not be told to sign in again. */
const orOutage =
  (keys: KeyLookup): KeyLookup =>
  async (kid) => {
    try {
      return await keys(kid)
    } catch (error) {
      throw new KeysUnavailableError('expected the public keys of access tokens', { cause: error })
    }
  }

class KeysUnavailableError extends Error {
  override name = 'KeysUnavailableError'
}

const verify = (
  token: string,
  name: SubgraphName,
  keys: { users: KeyLookup; services: ServiceKeys },
): Promise<Verified> =>
  isServiceToken(token) ? verifyServiceToken(token, name, keys.services) : verifyAccessToken(token, keys.users)

async function viewerOf(
  headers: RequestHeaders,
  verifyToken: (token: string) => Promise<Viewer>,
  log: Logger,
): Promise<Viewer> {
  const header = one(headers.authorization)
  if (header === undefined || header === '') return GUEST
  const [scheme, token] = header.split(' ')
  if (scheme?.toLowerCase() !== 'bearer' || token === undefined) {
    throw new CallerError('UNAUTHENTICATED', 'authorization: expected "Bearer <access token>"')
  }
  try {
    return await verifyToken(token)
  } catch (error) {
    if (error instanceof KeysUnavailableError) {
      log.error({ err: error }, 'an access token could not be verified')
      throw new CallerError('DOWNSTREAM_SERVICE_ERROR', "authorization: access tokens can't be verified now")
    }
    throw new CallerError('UNAUTHENTICATED', `authorization: expected a valid access token: ${messageOf(error)}`)
  }
}

function currencyOf(headers: RequestHeaders, runtime: Runtime) {
  const asked = one(headers['x-currency'])
  if (asked === undefined || asked === '') return runtime.config.SHOP_CURRENCY
  if (!isCurrency(asked)) throw badInput('X-Currency', `a CurrencyCode, got ${JSON.stringify(asked)}`)
  return asked
}

function requestIdOf(headers: RequestHeaders): string {
  const given = one(headers['x-request-id'])
  return given !== undefined && REQUEST_ID.test(given) ? given : newId()
}

function clientAddressOf(headers: RequestHeaders): string {
  const given = one(headers['x-client-address'])
  return given !== undefined && CLIENT_ADDRESS.test(given) ? given : 'unknown'
}

const one = (value: string | string[] | undefined): string | undefined => (Array.isArray(value) ? value[0] : value)
