import { Redis } from 'ioredis'
import type { Logger } from '../runtime/logger.ts'

const LONGEST_RETRY_MS = 2_000

/**
 * A connection for commands: while Redis is away a command fails after one retry instead of waiting for ever.
 * It reconnects by itself; a change of state is logged once.
 */
export const createRedis = (url: string, log: Logger): Redis =>
  observed(new Redis(url, { maxRetriesPerRequest: 1, connectTimeout: 5_000, retryStrategy: backoff }), log)

/** A connection for subscribing or blocking reads, which wait as long as it takes. */
export const createBlockingRedis = (url: string, log: Logger): Redis =>
  observed(new Redis(url, { maxRetriesPerRequest: null, connectTimeout: 5_000, retryStrategy: backoff }), log)

const backoff = (attempt: number): number => Math.min(attempt * 50, LONGEST_RETRY_MS)

function observed(redis: Redis, log: Logger): Redis {
  let isDown = false
  redis.on('error', (error) => {
    if (!isDown) log.warn({ err: error }, 'Redis is away; trying again')
    isDown = true
  })
  redis.on('ready', () => {
    if (isDown) log.info('Redis is back')
    isDown = false
  })
  return redis
}
