import type { GraphQLError } from 'graphql'
import { createCache } from '../caches.ts'
import type { Running } from '#platform/runtime/lifecycle.ts'
import type { Logger } from '#platform/runtime/logger.ts'
import type { Metrics } from '#platform/runtime/metrics.ts'
import { networkOf } from '#platform/runtime/network.ts'
import type { RouterOptions } from '../options/router-options.ts'
import type { RequestContext } from '../request-context.ts'
import type { Identity } from '../security/authenticate.ts'
import { limitError } from './limit-errors.ts'
import { countRefusals } from './refusals.ts'
import { createSharedCounts } from './shared-counts.ts'

/** Who asks: a person who is signed in, else an address. */
export type Caller = { readonly identity: Identity; readonly address: string | undefined }

/** Counts the cost that each caller asks for in a minute. */
export type RateLimiter = Running & {
  /** Counts `cost`; or says why not, and counts nothing: RATE_LIMITED. Asks nobody, so it takes less than a microsecond. */
  take(caller: Caller, cost: number): GraphQLError | undefined
  /** Counts what was spent already, whatever is left. */
  spend(caller: Caller, cost: number): void
  /** Why nothing of this caller is even read: RATE_LIMITED, where nothing is left. Counts nothing. */
  refusal(caller: Caller): GraphQLError | undefined
}

/** Who asks, in the terms of a request's context. */
export const callerOf = ({ identity, forwarded }: Pick<RequestContext, 'identity' | 'forwarded'>): Caller => ({
  identity,
  address: forwarded.address,
})

const WINDOW_SECONDS = 60
/** So that nothing is free: the router has worked for the cheapest operation too. */
export const LEAST_COST = 1
// More callers than any process serves in a minute. The one that was not heard of for longest is let go of first.
const REMEMBERED_CALLERS = 100_000

/** What is known of a caller here: all that this process counted, and what the others had when they were last heard. */
type Count = { points: number; endsAtMs: number }
type Account = { key: string; limit: number; nowMs: number; count: Count }

/** A limiter whose counts are shared by every process with this Redis. While that is away nothing is refused, but counted. */
export function createRateLimiter(
  options: RouterOptions['rateLimit'],
  { redisUrl, metrics, log }: { redisUrl: string; metrics: Metrics; log: Logger },
): RateLimiter {
  const counts = createCache<string, Count>('callers', { max: REMEMBERED_CALLERS })
  const countRefusal = countRefusals(metrics)
  const passed = metrics.counter({
    name: 'agora_router_rate_limit_open_total',
    help: 'Operations over the rate limit that were let pass because Redis was away',
  })
  const shared = createSharedCounts({ redisUrl, windowSeconds: WINDOW_SECONDS, log }, (key, { points, endsInMs }) =>
    counts.set(key, { points: points + shared.unsent(key), endsAtMs: Date.now() + endsInMs }),
  )
  const accountOf = (caller: Caller): Account => {
    const key = keyOf(caller)
    const limit = caller.identity.viewer.kind === 'user' ? options.costPerIdentity : options.costPerAddress
    const nowMs = Date.now()
    const known = counts.get(key)
    if (known !== undefined && known.endsAtMs > nowMs) return { key, limit, nowMs, count: known }
    const count = { points: 0, endsAtMs: nowMs + 1_000 * WINDOW_SECONDS }
    counts.set(key, count)
    return { key, limit, nowMs, count }
  }
  const refusalOf = ({ limit, nowMs, count }: Account, cost: number): GraphQLError | undefined => {
    if (count.points + cost <= limit) return undefined
    if (shared.isReachable()) {
      countRefusal('rate')
      return rateLimited({ cost, limit, leftMs: count.endsAtMs - nowMs })
    }
    passed.inc()
    return undefined
  }
  const spend = ({ key, count }: Account, cost: number): void => {
    count.points += cost
    shared.add(key, cost)
  }
  return {
    take: (caller, cost) => {
      const account = accountOf(caller)
      const refusal = refusalOf(account, cost)
      if (refusal === undefined) spend(account, cost)
      return refusal
    },
    spend: (caller, cost) => spend(accountOf(caller), cost),
    refusal: (caller) => refusalOf(accountOf(caller), LEAST_COST),
    stop: shared.stop,
  }
}

const keyOf = ({ identity, address }: Caller): string =>
  identity.viewer.kind === 'user'
    ? (userKeys.get(identity) ?? keyOfUser(identity, identity.viewer.userId))
    : `address ${address === undefined ? 'unknown' : networkOf(address)}`

// An identity is remembered with its token: a text that was looked up before is not read again.
const userKeys = new WeakMap<Identity, string>()

function keyOfUser(identity: Identity, userId: string): string {
  const key = `user ${userId}`
  userKeys.set(identity, key)
  return key
}

function rateLimited({ cost, limit, leftMs }: { cost: number; limit: number; leftMs: number }): GraphQLError {
  const retryAfterSeconds = Math.max(1, Math.ceil(leftMs / 1_000))
  const hint = cost > limit ? 'ask for less' : `ask again in ${retryAfterSeconds} s`
  return limitError(
    `the operation costs ${cost}, more than is left of the ${limit} that you may ask for in ${WINDOW_SECONDS} s: ${hint}`,
    { limit: 'rate', maximum: limit, actual: cost },
    { retryAfterSeconds },
  )
}
