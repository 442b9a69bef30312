import type { Redis } from 'ioredis'
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

// After a reconnect ioredis subscribes again by itself and does not tell when that is done. Answers come in the order of
// their commands: when this one is subscribed, the others are.
const SYNC_CHANNEL = 'live:sync'

/** Connects to Redis for {@link LiveBus}. Reconnects and subscribes again by itself. */
export function createLiveBus(url: string, log: Logger): LiveBus {
  const redis = createBlockingRedis(url, log)
  const listeners = new Map<string, Set<Listener>>()
  let wasReady = false
  redis.on('message', (channel: string, text: string) => {
    const message: unknown = JSON.parse(text)
    for (const listener of listeners.get(channel) ?? []) listener.message(message)
  })
  redis.on('ready', () => {
    if (wasReady) void redis.subscribe(SYNC_CHANNEL).then(() => notifyGap(listeners))
    wasReady = true
  })
  return {
    subscribe: (channels, listener) => subscribe(redis, listeners, channels, listener),
    stop: async () => redis.disconnect(),
  }
}

async function subscribe(redis: Redis, all: Map<string, Set<Listener>>, channels: readonly string[], listener: Listener) {
  for (const channel of channels) {
    const known = all.get(channel) ?? new Set()
    all.set(channel, known.add(listener))
  }
  await redis.subscribe(...channels)
  return () => {
    const idle = channels.filter((channel) => forget(all, channel, listener))
    if (idle.length > 0 && redis.status === 'ready') void redis.unsubscribe(...idle)
  }
}

/** Whether `channel` has no listener left. */
function forget(all: Map<string, Set<Listener>>, channel: string, listener: Listener): boolean {
  const known = all.get(channel)
  if (known === undefined) return false
  known.delete(listener)
  if (known.size > 0) return false
  return all.delete(channel)
}

function notifyGap(all: Map<string, Set<Listener>>): void {
  const everyone = new Set([...all.values()].flatMap((known) => [...known]))
  for (const listener of everyone) listener.gap()
}
