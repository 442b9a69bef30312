import type { Redis } from 'ioredis'
import { messageOf } from '../kernel/errors.ts'
import type { Running } from '../runtime/lifecycle.ts'
import type { Logger } from '../runtime/logger.ts'
import { createBlockingRedis } from './redis.ts'

/** Hears one channel's messages. `gap` says that some may have been missed: read the present state again. */
export type Listener = { message(message: unknown): void; gap(): void }

/** The live channels of this process: one Redis connection, however many subscribers. */
export type LiveBus = Running & {
  /** Listens to `channels`; resolves once Redis has confirmed, so that nothing after it is missed. */
  subscribe(channels: readonly string[], listener: Listener): Promise<() => void>
}

type Listeners = Map<string, Set<Listener>>

// After a reconnect ioredis subscribes again by itself and does not tell when that is done. Answers come in the order of
// their commands: when this one is subscribed, the others are.
const SYNC_CHANNEL = 'live:sync'

/** Connects to Redis for {@link LiveBus}. Reconnects and subscribes again by itself. */
export function createLiveBus(url: string, log: Logger): LiveBus {
  const redis = createBlockingRedis(url, log)
  const listeners: Listeners = new Map()
  let wasReady = false
  redis.on('message', (channel: string, text: string) => deliver(listeners, channel, text, log))
  redis.on('ready', () => {
    if (wasReady) void announceGap(redis, listeners, log)
    wasReady = true
  })
  return {
    subscribe: (channels, listener) => subscribe({ redis, listeners, log }, channels, listener),
    stop: async () => redis.disconnect(),
  }
}

/** What one listener or one sender does wrong must not end the process: an event handler's error would. */
function deliver(listeners: Listeners, channel: string, text: string, log: Logger): void {
  try {
    const message: unknown = JSON.parse(text)
    for (const listener of listeners.get(channel) ?? []) listener.message(message)
  } catch (error) {
    log.error({ err: error, channel }, 'a live message could not be delivered')
  }
}

async function announceGap(redis: Redis, listeners: Listeners, log: Logger): Promise<void> {
  try {
    await redis.subscribe(SYNC_CHANNEL)
  } catch (error) {
    // The connection broke again: its next `ready` announces the gap.
    log.debug({ reason: messageOf(error) }, 'Redis went away again')
    return
  }
  const everyone = new Set([...listeners.values()].flatMap((known) => [...known]))
  for (const listener of everyone) listener.gap()
}

type Parts = { redis: Redis; listeners: Listeners; log: Logger }

async function subscribe(parts: Parts, channels: readonly string[], listener: Listener): Promise<() => void> {
  const { redis, listeners } = parts
  for (const channel of channels) {
    const known = listeners.get(channel) ?? new Set()
    listeners.set(channel, known.add(listener))
  }
  const leave = () => void unsubscribe(parts, channels, listener)
  try {
    await redis.subscribe(...channels)
  } catch (error) {
    leave()
    throw error
  }
  return leave
}

async function unsubscribe({ redis, listeners, log }: Parts, channels: readonly string[], listener: Listener) {
  const idle = channels.filter((channel) => forget(listeners, channel, listener))
  if (idle.length === 0 || redis.status === 'end') return
  try {
    // While Redis is away this waits its turn: ioredis would subscribe again to what it was not told to leave.
    await redis.unsubscribe(...idle)
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
