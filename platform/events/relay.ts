import type { Redis } from 'ioredis'
import { sql } from 'kysely'
import { type EventEnvelope, streamOf } from '#schema/events/envelope.ts'
import type { Database } from '../db/database.ts'
import type { Running } from '../runtime/lifecycle.ts'
import type { Logger } from '../runtime/logger.ts'

// A relay that only its own process wakes would miss what a crashed copy left behind.
const POLL_MS = 1_000
const RETRY_MS = 50
const BATCH = 500
const RELAY_LOCK = 4_712
// Consumers that were away longer than this many events start from what is left; they heal by asking (architecture.md).
const STREAM_LENGTH = 10_000

/** Publishes what transactions staged, in order. */
export type Relay = Running & {
  /** Something was committed: publish it now. */
  wake(): void
}

type OutboxRow = { id: bigint; event: EventEnvelope | null; channel: string | null; message: object | null }

/** `onPublished` hears how many events went to the stream. */
export type RelayOptions = {
  database: Database
  redis: Redis
  subgraph: string
  log: Logger
  onPublished?: (events: number) => void
}

/**
 * Moves the outbox to Redis: events to the stream, live messages to their channels. At least once, in the order of the
 * outbox, whichever copy of the subgraph does it: a PostgreSQL lock lets one at a time. While Redis is away nothing is lost.
 */
export function startRelay(options: RelayOptions): Relay {
  let isStopped = false
  let timer: NodeJS.Timeout | undefined
  let running: Promise<void> | undefined
  let isWoken = false
  let isBlocked = false

  const drain = async () => {
    let next = POLL_MS
    try {
      do {
        isWoken = false
        const moved = await moveBatch(options)
        if (moved === 'busy') next = RETRY_MS
        if (moved === BATCH) isWoken = true
      } while (isWoken && !isStopped)
      if (isBlocked) options.log.info('the outbox is relayed again')
      isBlocked = false
    } catch (error) {
      // Told once, however long it lasts.
      if (!isStopped && !isBlocked) options.log.warn({ err: error }, 'events wait: the outbox could not be relayed')
      isBlocked = true
    }
    running = undefined
    if (!isStopped) timer = setTimeout(wake, next)
  }
  const wake = () => {
    isWoken = true
    if (isStopped || running !== undefined) return
    clearTimeout(timer)
    running = drain()
  }
  const stop = async () => {
    isStopped = true
    clearTimeout(timer)
    await running
  }
  wake()
  return { wake, stop }
}

/** How many rows were moved; `busy` where another copy is at it. */
async function moveBatch({ database, redis, subgraph, onPublished }: RelayOptions) {
  return database.fork().transactional(async (em) => {
    const db = em.getKysely()
    const lock = await sql<{ held: boolean }>`select pg_try_advisory_xact_lock(${RELAY_LOCK}) as held`.execute(db)
    if (lock.rows[0]?.held !== true) return 'busy'
    const taken = await sql<OutboxRow>`
      delete from outbox where id in (select id from outbox order by id limit ${BATCH})
      returning id, event, channel, message`.execute(db)
    // The one network call inside a transaction: it locks nothing that a request needs, and if it fails the rows stay.
    await publish(
      redis,
      subgraph,
      taken.rows.toSorted((a, b) => (a.id < b.id ? -1 : 1)),
    )
    onPublished?.(taken.rows.filter(({ event }) => event !== null).length)
    return taken.rows.length
  })
}

async function publish(redis: Redis, subgraph: string, rows: readonly OutboxRow[]): Promise<void> {
  if (rows.length === 0) return
  const pipeline = redis.pipeline()
  for (const row of rows) {
    if (row.event !== null)
      pipeline.xadd(streamOf(subgraph), 'MAXLEN', '~', STREAM_LENGTH, '*', 'event', JSON.stringify(row.event))
    if (row.channel !== null) pipeline.publish(row.channel, JSON.stringify(row.message))
  }
  const answers = await pipeline.exec()
  const failed = answers?.find(([error]) => error !== null)
  if (failed?.[0]) throw failed[0]
}
