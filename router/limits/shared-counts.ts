import { RateLimiterRedis, type RateLimiterRes } from 'rate-limiter-flexible'
import { messageOf } from '#platform/kernel/errors.ts'
import { createRedis } from '#platform/live/redis.ts'
import type { Running } from '#platform/runtime/lifecycle.ts'
import type { Logger } from '#platform/runtime/logger.ts'

/** What all processes together have counted for a caller, and when that is forgotten. */
export type SharedCount = { readonly points: number; readonly endsInMs: number }

/** Counts that processes share through Redis. */
export type SharedCounts = Running & {
  /** Adds to a caller's count with the next batch. */
  add(caller: string, points: number): void
  /** Added, and not yet on its way. */
  unsent(caller: string): number
  /** Whether the last batch arrived and Redis is there: else nobody knows what the others have counted. */
  isReachable(): boolean
}

// Long enough that a busy router writes a few batches a second, short enough that a burst over several routers is seen.
const BATCH_MS = 250

/** Counts in the Redis at `redisUrl`, each for `windowSeconds` from its first point. `onCount` hears the total of each caller of a batch. */
export function createSharedCounts(
  { redisUrl, windowSeconds, log }: { redisUrl: string; windowSeconds: number; log: Logger },
  onCount: (caller: string, count: SharedCount) => void,
): SharedCounts {
  const redis = createRedis(redisUrl, log)
  const limiter = new RateLimiterRedis({
    storeClient: redis,
    keyPrefix: 'router:cost',
    // The limit is held where it is counted: here only the count matters.
    points: Number.MAX_SAFE_INTEGER,
    duration: windowSeconds,
    rejectIfRedisNotReady: true,
  })
  let batch = new Map<string, number>()
  let timer: NodeJS.Timeout | undefined
  let hasArrived = true
  const send = async () => {
    const sent = batch
    batch = new Map()
    try {
      await Promise.all(
        [...sent].map(([caller, points]) => limiter.penalty(caller, points).then(heard(caller, onCount))),
      )
      hasArrived = true
    } catch (error) {
      // What was counted is let go: by the time Redis is back its minute is over.
      if (hasArrived)
        log.warn({ reason: messageOf(error) }, 'costs could not be counted in Redis: the rate limit is open')
      hasArrived = false
    } finally {
      timer = undefined
      if (batch.size > 0) arm()
    }
  }
  const arm = () => void (timer ??= setTimeout(() => void send(), BATCH_MS).unref())
  return {
    add: (caller, points) => {
      batch.set(caller, (batch.get(caller) ?? 0) + points)
      arm()
    },
    unsent: (caller) => batch.get(caller) ?? 0,
    isReachable: () => hasArrived && redis.status === 'ready',
    stop: async () => {
      clearTimeout(timer)
      redis.disconnect()
    },
  }
}

const heard =
  (caller: string, onCount: (caller: string, count: SharedCount) => void) =>
  ({ consumedPoints, msBeforeNext }: RateLimiterRes): void =>
    onCount(caller, { points: consumedPoints, endsInMs: msBeforeNext })
