import type { Config } from '#platform/runtime/config.ts'
import type { Running } from '#platform/runtime/lifecycle.ts'
import type { Logger } from '#platform/runtime/logger.ts'
import type { Metrics } from '#platform/runtime/metrics.ts'
import type { RouterOptions } from '../options/router-options.ts'
import { createInFlight, type InFlight } from './in-flight.ts'
import { createRateLimiter, type RateLimiter } from './rate-limiter.ts'

/** What bounds all operations of this process together, whichever supergraph they are for. */
export type Traffic = Running & { readonly inFlight: InFlight; readonly rateLimiter: RateLimiter | undefined }

/** Without REDIS_URL, or where it is off, there is no rate limit. */
export function createTraffic({
  config,
  options,
  metrics,
  log,
}: {
  config: Config
  options: RouterOptions
  metrics: Metrics
  log: Logger
}): Traffic {
  const redisUrl = config.REDIS_URL
  const rateLimiter =
    redisUrl === undefined || !options.rateLimit.enabled
      ? undefined
      : createRateLimiter(options.rateLimit, { redisUrl, metrics, log })
  return {
    inFlight: createInFlight(options.limits.inFlight, metrics),
    rateLimiter,
    stop: async () => rateLimiter?.stop(),
  }
}
