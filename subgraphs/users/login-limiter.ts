import type { Redis } from 'ioredis'
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible'
import type { Config } from '#platform/runtime/config.ts'
import { networkOf } from '#platform/runtime/network.ts'
import { createTurns } from '#platform/runtime/turns.ts'
import type { Logger } from '#platform/runtime/logger.ts'

/** Who tries to sign in. */
export type LoginAttempt = { email: string; clientAddress: string }

/** Counts failed logins, per account and per network address (of IPv6 a whole /64), in Redis; in memory while Redis is away. */
export type LoginLimiter = {
  /**
   * Runs `attempt` unless there were too many failures; null where there were. `attempt` says whether it failed, and only
   * then it counts. Attempts on one account take turns within a process, so that a burst can't outrun its count.
   */
  guard<T>(who: LoginAttempt, attempt: () => Promise<{ isFailure: boolean; value: T }>): Promise<T | null>
}

type Limits = Pick<Config, 'LOGIN_FAILURES_PER_ACCOUNT' | 'LOGIN_FAILURES_PER_ADDRESS' | 'LOGIN_FAILURE_WINDOW_S'>

/** The limiter of this process. */
export function createLoginLimiter({
  redis,
  config,
  log,
}: {
  redis: Redis
  config: Limits
  log: Logger
}): LoginLimiter {
  const create = (keyPrefix: string, points: number) => {
    const options = { keyPrefix, points, duration: config.LOGIN_FAILURE_WINDOW_S }
    return new RateLimiterRedis({ ...options, storeClient: redis, insuranceLimiter: new RateLimiterMemory(options) })
  }
  const accounts = create('login:account', config.LOGIN_FAILURES_PER_ACCOUNT)
  const addresses = create('login:address', config.LOGIN_FAILURES_PER_ADDRESS)
  const inTurn = createTurns()

  const isBlocked = async (who: LoginAttempt) => {
    const network = networkOf(who.clientAddress)
    const [account, address] = await Promise.all([accounts.get(who.email), addresses.get(network)])
    return isSpent(account, accounts.points) || isSpent(address, addresses.points)
  }
  const countFailure = async (who: LoginAttempt) => {
    const network = networkOf(who.clientAddress)
    const results = await Promise.allSettled([accounts.consume(who.email), addresses.consume(network)])
    for (const result of results) {
      if (result.status === 'rejected' && !(result.reason instanceof RateLimiterRes)) throw result.reason
    }
    log.info('a login failed')
  }
  const attemptOnce = async <T>(who: LoginAttempt, attempt: () => Promise<{ isFailure: boolean; value: T }>) => {
    if (await isBlocked(who)) return null
    const { isFailure, value } = await attempt()
    if (isFailure) await countFailure(who)
    return value
  }
  return { guard: (who, attempt) => inTurn(who.email, () => attemptOnce(who, attempt)) }
}

const isSpent = (used: RateLimiterRes | null, points: number): boolean => used !== null && used.consumedPoints >= points
