import type { Redis } from 'ioredis'
import { messageOf } from '../kernel/errors.ts'
import type { Running } from '../runtime/lifecycle.ts'
import type { Logger } from '../runtime/logger.ts'
import { createTurns } from '../runtime/turns.ts'
import { createBlockingRedis } from './redis.ts'

/** Hears one channel's messages. `gap` says that some may have been missed: read the present state again. */
export type Listener = { message(message: unknown): void; gap(): void }

/** The live channels of this process: one Redis connection, however many subscribers. */
export type LiveBus = Running & {
  /** Listens to `channels`; resolves once Redis has confirmed, so that nothing after it is missed. */
  subscribe(channels: readonly string[], listener: Listener): Promise<() => void>
}

type Listeners = Map<string, Set<Listener>>
type Parts = { redis: Redis; listeners: Listeners; inTurn: <T>(work: () => Promise<T>) => Promise<T>; log: Logger }

/** Connects to Redis for {@link LiveBus}. Reconnects and subscribes again by itself. */
export function createLiveBus(url: string, log: Logger): LiveBus {
  // Not ioredis' own way to subscribe again: it does not tell when that is done, and knows nothing of who left meanwhile.
  const redis = createBlockingRedis(url, log, { autoResubscribe: false })
  const turns = createTurns()
  const parts: Parts = {
    redis,
    listeners: new Map(),
    // js-redis-server mixes up the answers to a subscription and a leaving that are sent without waiting in between.
    inTurn: (work) => turns('command', work),
    log,
  }
  let wasReady = false
  redis.on('message', (channel: string, text: string) => deliver(parts, channel, text))
  redis.on('ready', () => {
    if (wasReady) void subscribeAgain(parts)
    wasReady = true
  })
  return {
    subscribe: (channels, listener) => subscribe(parts, channels, listener),
    stop: async () => redis.disconnect(),
  }
}

/** What one listener or one sender does wrong must not end the process: an event handler's error would. */
function deliver({ listeners, log }: Parts, channel: string, text: string): void {
  try {
    const message: unknown = JSON.parse(text)
    for (const listener of listeners.get(channel) ?? []) listener.message(message)
  } catch (error) {
    log.error({ err: error, channel }, 'a live message could not be delivered')
  }
}

async function subscribeAgain({ redis, listeners, inTurn, log }: Parts): Promise<void> {
  const resume = async () => {
    if (listeners.size > 0) await redis.subscribe(...listeners.keys())
  }
  try {
    await inTurn(resume)
  } catch (error) {
    log.debug({ reason: messageOf(error) }, 'live channels were left with their connection')
    return
  }
  const everyone = new Set([...listeners.values()].flatMap((known) => [...known]))
  for (const listener of everyone) listener.gap()
}

async function subscribe(parts: Parts, channels: readonly string[], listener: Listener): Promise<() => void> {
  const { redis, listeners, inTurn } = parts
  for (const channel of channels) {
    const known = listeners.get(channel) ?? new Set()
    listeners.set(channel, known.add(listener))
  }
  const leave = () => {
    const idle = channels.filter((channel) => forget(listeners, channel, listener))
    if (idle.length > 0) void unsubscribe(parts, idle)
  }
  try {
    await inTurn(() => redis.subscribe(...channels))
  } catch (error) {
    leave()
    throw error
  }
  return leave
}

/** Leaves those of `channels` that still have no listener when it is their turn. While Redis is away there is nothing to leave. */
async function unsubscribe({ redis, listeners, inTurn, log }: Parts, channels: readonly string[]): Promise<void> {
  const leave = async () => {
    const idle = channels.filter((channel) => !listeners.has(channel))
    if (idle.length > 0 && redis.status === 'ready') await redis.unsubscribe(...idle)
  }
  try {
    await inTurn(leave)
  } catch (error) {
    log.debug({ reason: messageOf(error) }, 'live channels were left with their connection')
  }
}

/** Whether `channel` has no listener left. */
function forget(listeners: Listeners, channel: string, listener: Listener): boolean {
  const known = listeners.get(channel)
  if (known === undefined) return false
  known.delete(listener)
  if (known.size > 0) return false
  return listeners.delete(channel)
}
