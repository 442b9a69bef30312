import type { Redis } from 'ioredis'
import { DEAD_LETTERS, type EventEnvelope, eventEnvelopeSchema, streamOf } from '#schema/events/envelope.ts'
import { messageOf } from '../kernel/errors.ts'
import { newId } from '../kernel/ids.ts'
import type { Running } from '../runtime/lifecycle.ts'
import type { Logger } from '../runtime/logger.ts'
import type { SubgraphName } from '../runtime/names.ts'
import { pause } from '../runtime/pause.ts'
import { inSpan } from '../telemetry/tracing.ts'

const BATCH = 50
const BLOCK_MS = 2_000
const RECONNECT_MS = 500
// Longer than any handler takes: what is older was left by a consumer that died, or failed and is tried again.
const FIRST_RETRY_MS = 5_000
// Ten deliveries take about twenty minutes: a database that restarts in between sends nothing to the dead letters.
const LONGEST_RETRY_MS = 5 * 60_000
const MAX_DELIVERIES = 10
// For somebody to look at and replay; a flood of them must not fill Redis.
const DEAD_LETTERS_LENGTH = 10_000

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
  /** How long an event rests after so many deliveries in vain; from five seconds to five minutes unless given. */
  retryAfterMs?: (deliveries: number) => number
  /** How long one read waits for news, and a failed event for its next try at least. */
  blockMs?: number
  /** Hears of each delivery that was handled, failed, or was the last in vain. */
  onDelivery?: (outcome: DeliveryOutcome) => void
}

/** How a delivery ended: `dead` is put among the dead letters. */
export type DeliveryOutcome = 'handled' | 'failed' | 'dead'

type Consumer = Required<ConsumerOptions> & { name: string; stream: string; stopped: AbortSignal }

/** Reads the events of `source` until stopped, one at a time. Survives a stream or a Redis that was lost. */
export function startConsumer(options: ConsumerOptions): Running {
  const stopping = new AbortController()
  const consumer = {
    retryAfterMs: exponential,
    blockMs: BLOCK_MS,
    onDelivery: () => undefined,
    ...options,
    name: newId(),
    stream: streamOf(options.source),
    stopped: stopping.signal,
  }
  const done = consume(consumer)
  return {
    stop: async () => {
      stopping.abort()
      options.blocking.disconnect()
      await done
      await leaveGroup(consumer)
    },
  }
}

const exponential = (deliveries: number): number => Math.min(FIRST_RETRY_MS * 2 ** (deliveries - 1), LONGEST_RETRY_MS)

async function consume(consumer: Consumer): Promise<void> {
  const { stopped, log, source } = consumer
  let hasGroup = false
  while (!stopped.aborted) {
    try {
      if (!hasGroup) await createGroup(consumer)
      hasGroup = true
      await takeOver(consumer)
      await readNew(consumer)
    } catch (error) {
      if (stopped.aborted) return
      // NOGROUP: Redis came back empty. The group is made again, from the start of whatever is there.
      if (hasGroup) log.warn({ err: error, source }, 'events could not be read; trying again')
      hasGroup = false
      await pause(RECONNECT_MS, stopped)
    }
  }
}

async function createGroup({ redis, stream, group }: Consumer): Promise<void> {
  try {
    await redis.xgroup('CREATE', stream, group, '0', 'MKSTREAM')
  } catch (error) {
    if (!messageOf(error).startsWith('BUSYGROUP')) throw error
  }
}

type Entry = [id: string, fields: string[]]
type Pending = [id: string, consumer: string, idleMs: number, deliveries: number]

async function readNew(consumer: Consumer): Promise<void> {
  const { blocking, stream, group, name, blockMs, stopped } = consumer
  const answer = await blocking.xreadgroup(
    'GROUP',
    group,
    name,
    'COUNT',
    BATCH,
    'BLOCK',
    blockMs,
    'STREAMS',
    stream,
    '>',
  )
  const [news] = (answer ?? []) as [string, Entry[]][]
  for (const entry of news?.[1] ?? []) {
    // What is left of the batch is taken over by whoever comes next.
    if (stopped.aborted) return
    await handle(consumer, entry, 1)
  }
}

/** What was delivered to somebody and never acknowledged: tried again, each after its time of rest. */
async function takeOver(consumer: Consumer): Promise<void> {
  const { redis, stream, group, retryAfterMs, stopped } = consumer
  for (let from = '-'; ; ) {
    const page = (await redis.xpending(stream, group, 'IDLE', retryAfterMs(1), from, '+', BATCH)) as Pending[]
    for (const [id, , idleMs, deliveries] of page) {
      if (stopped.aborted) return
      if (idleMs >= retryAfterMs(deliveries)) await tryAgain(consumer, id, deliveries)
    }
    const last = page.at(-1)
    if (last === undefined || page.length < BATCH) return
    from = `(${last[0]}`
  }
}

async function tryAgain(consumer: Consumer, id: string, deliveries: number): Promise<void> {
  const { redis, stream, group, name, retryAfterMs } = consumer
  const claimed = (await redis.xclaim(stream, group, name, retryAfterMs(deliveries), id)) as (Entry | null)[]
  const [entry] = claimed
  if (entry) return handle(consumer, entry, deliveries + 1)
  // Nothing came: another copy was faster, or the stream has been trimmed past it. Only then nobody needs it any more.
  const [held] = await redis.xrange(stream, id, id)
  if (held === undefined) await redis.xack(stream, group, id)
}

async function handle(consumer: Consumer, entry: Entry, delivery: number): Promise<void> {
  const { redis, source, stream, group, handlers, log, onDelivery } = consumer
  const [id, fields] = entry
  try {
    const event = readEvent(fields)
    const eventLog = log.child({ event: event.type, eventId: event.id, requestId: event.requestid })
    const handler = handlers[event.type]
    if (handler !== undefined) {
      const span = { kind: 'consumer', parent: event.traceparent, attributes: { 'messaging.source': source } } as const
      await inSpan(`event ${event.type}`, span, () => handler(event, eventLog))
    }
  } catch (error) {
    log.error({ err: error, entry: id, source, delivery }, 'an event could not be handled')
    const isLast = delivery >= MAX_DELIVERIES || error instanceof MalformedEventError
    if (isLast) await bury(consumer, entry, error)
    return onDelivery(isLast ? 'dead' : 'failed')
  }
  await redis.xack(stream, group, id)
  onDelivery('handled')
}

/** No envelope: trying again would find the same. */
class MalformedEventError extends Error {
  override name = 'MalformedEventError'
}

function readEvent(fields: readonly string[]): EventEnvelope {
  try {
    return eventEnvelopeSchema.parse(JSON.parse(fields[1] ?? ''))
  } catch (error) {
    throw new MalformedEventError('expected an event envelope', { cause: error })
  }
}

/** Among the dead letters and out of the way, both or neither. */
async function bury({ redis, source, stream, group }: Consumer, [id, fields]: Entry, error: unknown): Promise<void> {
  const letter = ['source', source, 'group', group, 'event', fields[1] ?? '', 'error', messageOf(error)]
  await redis
    .multi()
    .xadd(DEAD_LETTERS, 'MAXLEN', '~', DEAD_LETTERS_LENGTH, '*', ...letter)
    .xack(stream, group, id)
    .exec()
}

/** Names of consumers that will never come back would pile up. One with events in hand stays, so that they can be taken over. */
async function leaveGroup({ redis, stream, group, name, log }: Consumer): Promise<void> {
  try {
    const pending = await redis.xpending(stream, group, '-', '+', 1, name)
    if (pending.length === 0) await redis.xgroup('DELCONSUMER', stream, group, name)
  } catch (error) {
    log.debug({ reason: messageOf(error) }, 'the consumer group could not be left')
  }
}
