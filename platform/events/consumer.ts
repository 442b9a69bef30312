import type { Redis } from 'ioredis'
import { type EventEnvelope, DEAD_LETTERS, eventEnvelopeSchema, streamOf } from '#schema/events/envelope.ts'
import { messageOf } from '../kernel/errors.ts'
import { newId } from '../kernel/ids.ts'
import type { Running } from '../runtime/lifecycle.ts'
import type { Logger } from '../runtime/logger.ts'
import type { SubgraphName } from '../runtime/names.ts'

const BATCH = 50
const BLOCK_MS = 2_000
const RETRY_MS = 500
// Longer than any handler takes: what is older was left by a consumer that died, or failed and is tried again.
const CLAIM_IDLE_MS = 5_000
const MAX_DELIVERIES = 10

/** Handles one event; it may come twice. Throwing means: again later, and after ten times to `events:dead`. */
export type EventHandler = (event: EventEnvelope, log: Logger) => Promise<void>

/** By event type. Types that are not listed are passed over. */
export type EventHandlers = Readonly<Record<string, EventHandler>>

export type ConsumerOptions = {
  /** A connection of its own: it blocks. */
  blocking: Redis
  redis: Redis
  /** Whose events. */
  source: SubgraphName
  /** The consumer group: the subgraph that listens, all its copies together. */
  group: SubgraphName
  handlers: EventHandlers
  log: Logger
}

/** Reads the events of `source` until stopped, one at a time. Survives a stream or a Redis that was lost. */
export function startConsumer(options: ConsumerOptions): Running {
  const consumer = newId()
  const aborted = new AbortController()
  const done = consume(options, consumer, aborted.signal)
  return {
    stop: async () => {
      aborted.abort()
      options.blocking.disconnect()
      await done
    },
  }
}

async function consume(options: ConsumerOptions, consumer: string, stopped: AbortSignal): Promise<void> {
  let hasGroup = false
  while (!stopped.aborted) {
    try {
      if (!hasGroup) await createGroup(options)
      hasGroup = true
      await takeOver(options, consumer)
      await readNew(options, consumer)
    } catch (error) {
      if (stopped.aborted) return
      // NOGROUP: Redis came back empty. The group is made again, from the start of whatever is there.
      hasGroup = false
      options.log.warn({ err: error, source: options.source }, 'events could not be read; trying again')
      await pause(RETRY_MS, stopped)
    }
  }
}

async function createGroup({ redis, source, group }: ConsumerOptions): Promise<void> {
  try {
    await redis.xgroup('CREATE', streamOf(source), group, '0', 'MKSTREAM')
  } catch (error) {
    if (!messageOf(error).startsWith('BUSYGROUP')) throw error
  }
}

type Entry = [id: string, fields: string[]]

async function readNew(options: ConsumerOptions, consumer: string): Promise<void> {
  const { blocking, source, group } = options
  const answer = await blocking.xreadgroup('GROUP', group, consumer, 'COUNT', BATCH, 'BLOCK', BLOCK_MS, 'STREAMS', streamOf(source), '>')
  const [stream] = (answer ?? []) as [string, Entry[]][]
  for (const entry of stream?.[1] ?? []) await handle(options, entry, 1)
}

/** What was delivered to somebody and never acknowledged. */
async function takeOver(options: ConsumerOptions, consumer: string): Promise<void> {
  const { redis, source, group } = options
  const pending = (await redis.xpending(streamOf(source), group, 'IDLE', CLAIM_IDLE_MS, '-', '+', BATCH)) as [string, string, number, number][]
  for (const [id, , , deliveries] of pending) {
    const [entry] = (await redis.xclaim(streamOf(source), group, consumer, CLAIM_IDLE_MS, id)) as (Entry | null)[]
    if (entry) await handle(options, entry, deliveries + 1)
    else await redis.xack(streamOf(source), group, id)
  }
}

async function handle(options: ConsumerOptions, [id, fields]: Entry, delivery: number): Promise<void> {
  const { redis, source, group, handlers, log } = options
  try {
    const event = eventEnvelopeSchema.parse(JSON.parse(fields[1] ?? ''))
    await handlers[event.type]?.(event, log.child({ event: event.type, eventId: event.id, requestId: event.requestid }))
  } catch (error) {
    log.error({ err: error, entry: id, source, delivery }, 'an event could not be handled')
    if (delivery < MAX_DELIVERIES) return
    await redis.xadd(DEAD_LETTERS, '*', 'source', source, 'group', group, 'event', fields[1] ?? '', 'error', messageOf(error))
  }
  await redis.xack(streamOf(source), group, id)
}

async function pause(ms: number, stopped: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, ms)
  stopped.addEventListener('abort', () => resolve(), { once: true })
  await promise
  clearTimeout(timer)
}
