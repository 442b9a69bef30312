import type { Redis } from 'ioredis'
import { type RawBuilder, sql } from 'kysely'
import { streamOf } from '#schema/events/envelope.ts'
import type { Database, Sql } from '../db/database.ts'
import type { SubgraphName } from '../runtime/names.ts'
import type { Jobs } from './worker.ts'

const DAY_MS = 24 * 3600 * 1000
// Nobody asks for an event again after two weeks: consumers that were away that long heal by asking (architecture.md).
const EVENTS_DAYS = 14
// Longer than events stay in their stream, dead letters included: what can still be delivered must be known as old.
const INBOX_DAYS = 30
// Longer than any client tries again (25 attempts of a job take three days), and short enough that the table stays small.
const IDEMPOTENCY_KEY_DAYS = 30
// A delete of this many rows takes milliseconds, so that nobody waits for its locks.
const BATCH = 5_000

const NAME = 'sweep-platform-tables'

/** What the platform's housekeeping works on. */
export type HousekeepingParts = { name: SubgraphName; database: Database; redis: Redis }

/** The jobs of a subgraph and, once a night, the platform's own: it forgets what nobody can ask for any more. */
export const withHousekeeping = (jobs: Jobs | undefined, parts: HousekeepingParts): Jobs => ({
  handlers: { ...jobs?.handlers, [NAME]: () => sweep(parts) },
  // At a minute of the night when others' cron jobs, which like the full hour, do not run.
  crontab: [jobs?.crontab ?? '', `17 3 * * * ${NAME}`].join('\n'),
})

/** Deletes old rows of the inbox and of the idempotency keys, and old events of the subgraph's own stream. */
export async function sweep({ name, database, redis }: HousekeepingParts): Promise<void> {
  const db = database.sql()
  await deleteOlder(db, { table: sql`inbox`, column: sql`received_at`, days: INBOX_DAYS })
  await deleteOlder(db, { table: sql`idempotency_key`, column: sql`created_at`, days: IDEMPOTENCY_KEY_DAYS })
  await redis.xtrim(streamOf(name), 'MINID', '~', Date.now() - EVENTS_DAYS * DAY_MS)
}

type Aged = { table: RawBuilder<unknown>; column: RawBuilder<unknown>; days: number }

async function deleteOlder(db: Sql, { table, column, days }: Aged): Promise<void> {
  for (;;) {
    const deleted = await sql`
      delete from ${table} where ctid in (
        select ctid from ${table} where ${column} < now() - ${days}::int * interval '1 day' limit ${BATCH}
      )`.execute(db)
    if ((deleted.numAffectedRows ?? 0n) < BATCH) return
  }
}
