import type { Redis } from 'ioredis'
import { messageOf } from '../kernel/errors.ts'
import { createBlockingRedis } from '../live/redis.ts'
import type { Running } from '../runtime/lifecycle.ts'
import type { Logger } from '../runtime/logger.ts'

const REVOKED = 'revoked:sids'
const SWEEP_MS = 60_000

/** The sessions that have ended while their access tokens still hold. */
export type Revocations = Running & {
  isRevoked(sessionId: string): boolean
  onRevoked(listener: (sessionId: string) => void): void
}

/** Ends sessions everywhere at once, until `untilMs`, when the last of their access tokens has expired. */
export async function revokeSessions(redis: Redis, sessionIds: readonly string[], untilMs: number): Promise<void> {
  const pipeline = redis.pipeline().zremrangebyscore(REVOKED, 0, Date.now())
  for (const sessionId of sessionIds) {
    pipeline.zadd(REVOKED, untilMs, sessionId).publish(REVOKED, `${untilMs} ${sessionId}`)
  }
  const answers = await pipeline.exec()
  const failed = answers?.find(([error]) => error !== null)
  if (failed?.[0]) throw failed[0]
}

/**
 * Keeps the revoked sessions in memory: all of them at every (re)connect, then each as it is revoked. What was heard is
 * kept while Redis is away, and if it comes back empty.
 */
export function watchRevocations(redisUrl: string, log: Logger): Revocations {
  const revoked = new Map<string, number>()
  const listeners: ((sessionId: string) => void)[] = []
  let isStopped = false
  const remember = (sessionId: string, untilMs: number) => {
    revoked.set(sessionId, untilMs)
    for (const listener of listeners) listener(sessionId)
  }
  const subscriber = createBlockingRedis(redisUrl, log)
  const reader = createBlockingRedis(redisUrl, log)
  subscriber.on('message', (_channel, text: string) => {
    const [untilMs, sessionId = ''] = text.split(' ')
    remember(sessionId, Number(untilMs))
  })
  const load = async () => {
    try {
      await loadAll(subscriber, reader, remember)
    } catch (error) {
      if (isStopped) return
      log.warn({ reason: messageOf(error) }, 'revoked sessions could not be read; read again when Redis is back')
    }
  }
  subscriber.on('ready', () => void load())
  const sweep = setInterval(() => forgetExpired(revoked, Date.now()), SWEEP_MS).unref()
  return {
    isRevoked: (sessionId) => (revoked.get(sessionId) ?? 0) > Date.now(),
    onRevoked: (listener) => void listeners.push(listener),
    stop: async () => {
      isStopped = true
      clearInterval(sweep)
      subscriber.disconnect()
      reader.disconnect()
    },
  }
}

type Remember = (sessionId: string, untilMs: number) => void

async function loadAll(subscriber: Redis, reader: Redis, remember: Remember): Promise<void> {
  await subscriber.subscribe(REVOKED)
  const held = await reader.zrangebyscore(REVOKED, Date.now(), '+inf', 'WITHSCORES')
  for (let index = 0; index < held.length; index += 2) remember(held[index] ?? '', Number(held[index + 1]))
}

function forgetExpired(revoked: Map<string, number>, nowMs: number): void {
  for (const [sessionId, untilMs] of revoked) if (untilMs <= nowMs) revoked.delete(sessionId)
}
