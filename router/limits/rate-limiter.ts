import type { GraphQLError } from 'graphql'
import type { Running } from '#platform/runtime/lifecycle.ts'
import type { Logger } from '#platform/runtime/logger.ts'
import type { Metrics } from '#platform/runtime/metrics.ts'
import type { RouterOptions } from '../options/router-options.ts'
import { type Caller, type Count, createCallerCounts } from './caller-counts.ts'
import { limitError } from './limit-errors.ts'
import { countRefusals } from './refusals.ts'
import { createSharedCounts } from './shared-counts.ts'

/** Counts the cost that each caller asks for in a minute. */
export type RateLimiter = Running & {
  /** Counts `cost`; or says why not, and counts nothing: RATE_LIMITED. Asks nobody, so it takes less than a microsecond. */
  take(caller: Caller, cost: number): GraphQLError | undefined
  /** Counts what was spent already, whatever is left. */
  spend(caller: Caller, cost: number): void
  /** Why nothing of this caller is even read: RATE_LIMITED, where nothing is left. Counts nothing. */
  refusal(caller: Caller): GraphQLError | undefined
}

const WINDOW_SECONDS = 60
/** So that nothing is free: the router has worked for the cheapest operation too. */
export const LEAST_COST = 1

/** A limiter whose counts are shared by every process with this Redis. While that is away nothing is refused, but counted. */
export function createRateLimiter(
  options: RouterOptions['rateLimit'],
  { redisUrl, metrics, log }: { redisUrl: string; metrics: Metrics; log: Logger },
): RateLimiter {
  const counts = createCallerCounts(1_000 * WINDOW_SECONDS)
  const countRefusal = countRefusals(metrics)
  const passed = metrics.counter({
    name: 'agora_router_rate_limit_open_total',
    help: 'Operations over the rate limit that were let pass because Redis was away',
  })
  const shared = createSharedCounts({ redisUrl, windowSeconds: WINDOW_SECONDS, log }, (key, { points, endsInMs }) => {
    const count = counts.find(key)
    count.points = points + shared.unsent(key)
    count.endsAtMs = performance.now() + endsInMs
  })
  const limitOf = ({ identity: { viewer } }: Caller): number =>
    viewer.kind === 'user' ? options.costPerIdentity : options.costPerAddress
  const refusalOf = (count: Count, limit: number, cost: number): GraphQLError | undefined => {
    if (count.points + cost <= limit) return undefined
    if (shared.isReachable()) {
      countRefusal('rate')
      return rateLimited({ cost, limit, leftMs: count.endsAtMs - performance.now() })
    }
    passed.inc()
    return undefined
  }
  const spend = (count: Count, cost: number): void => {
    count.points += cost
    shared.add(count.key, cost)
  }
  return {
    take: (caller, cost) => {
      const count = counts.of(caller)
      const refusal = refusalOf(count, limitOf(caller), cost)
      if (refusal === undefined) spend(count, cost)
      return refusal
    },
    spend: (caller, cost) => spend(counts.of(caller), cost),
    refusal: (caller) => refusalOf(counts.of(caller), limitOf(caller), LEAST_COST),
    stop: shared.stop,
  }
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
