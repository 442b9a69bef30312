import { Redis, type RedisOptions } from 'ioredis'
import type { Logger } from '../runtime/logger.ts'
import { traceRedis } from '../telemetry/trace-redis.ts'

const LONGEST_RETRY_MS = 2_000
// Redis answers within milliseconds. A machine that vanished without closing its connections must not hold requests for ever.
const COMMAND_TIMEOUT_MS = 5_000
// Longer than any blocking read here waits (two seconds): only a dead connection is silent for so long.
const SILENCE_MS = 10_000

/**
 * A connection for commands: while Redis is away a command fails after one retry, or after five seconds, instead of
 * waiting for ever. It reconnects by itself; a change of state is logged once.
 */
export const createRedis = (url: string, log: Logger, options: Pick<RedisOptions, 'enableOfflineQueue'> = {}): Redis =>
  observed(
    traceRedis(
      new Redis(url, { ...CONNECTING, maxRetriesPerRequest: 1, commandTimeout: COMMAND_TIMEOUT_MS, ...options }),
    ),
    log,
  )

/** A connection for subscribing or blocking reads, which wait as long as it takes. */
export const createBlockingRedis = (
  url: string,
  log: Logger,
  options: Pick<RedisOptions, 'autoResubscribe'> = {},
): Redis =>
  observed(new Redis(url, { ...CONNECTING, ...options, maxRetriesPerRequest: null, socketTimeout: SILENCE_MS }), log)

const CONNECTING = {
  connectTimeout: 5_000,
  retryStrategy: (attempt: number): number => Math.min(attempt * 50, LONGEST_RETRY_MS),
}

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
