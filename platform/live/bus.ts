import type { Redis } from 'ioredis'
import { messageOf } from '../kernel/errors.ts'
import type { Running } from '../runtime/lifecycle.ts'
import type { Logger } from '../runtime/logger.ts'
import { createTurns, type Turns } from '../runtime/turns.ts'
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
  const parts: Parts = { redis, listeners: new Map(), leftWhileAway: new Set(), inTurn: createTurns(), log }
  let wasReady = false
  redis.on('message', (channel: string, text: string) => deliver(parts.listeners, channel, text, log))
  redis.on('ready', () => {
    if (wasReady) void announceGap(parts)
    wasReady = true
  })
  return {
    subscribe: (channels, listener) => subscribe(parts, channels, listener),
    stop: async () => redis.disconnect(),
  }
}

type Parts = {
  redis: Redis
  listeners: Listeners
  /** Channels that ioredis will subscribe to again when Redis is back, though nobody listens any more. */
  leftWhileAway: Set<string>
  /** js-redis-server mixes up the answers to a subscription and a leaving that are sent together: one waits for the other. */
  inTurn: Turns
  log: Logger
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

async function announceGap(parts: Parts): Promise<void> {
  const { redis, listeners, leftWhileAway, log } = parts
  try {
    await redis.subscribe(SYNC_CHANNEL)
  } catch (error) {
    // The connection broke again: its next `ready` announces the gap.
    log.debug({ reason: messageOf(error) }, 'Redis went away again')
    return
  }
  const everyone = new Set([...listeners.values()].flatMap((known) => [...known]))
  for (const listener of everyone) listener.gap()
  const idle = [...leftWhileAway].filter((channel) => !listeners.has(channel))
  leftWhileAway.clear()
  await unsubscribe(parts, idle)
}

async function subscribe(parts: Parts, channels: readonly string[], listener: Listener): Promise<() => void> {
  const { redis, listeners, inTurn } = parts
  for (const channel of channels) {
    const known = listeners.get(channel) ?? new Set()
    listeners.set(channel, known.add(listener))
  }
  const leave = () => {
    const idle = channels.filter((channel) => forget(listeners, channel, listener))
    void unsubscribe(parts, idle)
  }
  try {
    await inTurn(SYNC_CHANNEL, () => redis.subscribe(...channels))
  } catch (error) {
    leave()
    throw error
  }
  return leave
}

/** Leaves those of `channels` that still have no listener when it is their turn. */
async function unsubscribe(parts: Parts, channels: readonly string[]): Promise<void> {
  const { redis, listeners, leftWhileAway, inTurn, log } = parts
  if (channels.length === 0) return
  const leave = async () => {
    const idle = channels.filter((channel) => !listeners.has(channel))
    if (redis.status !== 'ready') idle.forEach((channel) => leftWhileAway.add(channel))
    else if (idle.length > 0) await redis.unsubscribe(...idle)
  }
  try {
    await inTurn(SYNC_CHANNEL, leave)
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
