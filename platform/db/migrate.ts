import { Migration } from '@mikro-orm/migrations'
import type { MikroORM } from '@mikro-orm/postgresql'
import { makeWorkerUtils } from 'graphile-worker'
import type pg from 'pg'
import { quietJobLogger } from '../jobs/logger.ts'
import type { Logger } from '../runtime/logger.ts'
import { createClient } from './server.ts'

/** Migrations in the order in which they run. */
export type MigrationList = {
  name: string
  class: new (...args: ConstructorParameters<typeof Migration>) => Migration
}[]

// Any number will do, as long as it is always the same: who holds it is the only one that migrates this database.
const MIGRATION_LOCK = 4_711

/** A migration of one SQL script. `name` sorts by time (`2026-11-20-orders`) and is never changed once released. */
export function migration(name: string, script: string): MigrationList[number] {
  return {
    name,
    class: class extends Migration {
      override up(): void {
        this.addSql(script)
      }
    },
  }
}

/** Tables that every subgraph has: what it has yet to tell the world, what it has heard, and answers to idempotency keys. */
const PLATFORM_MIGRATION = migration(
  '2026-11-20-0-platform',
  `
  create table outbox (
    id bigint generated always as identity primary key,
    event jsonb,
    channel text,
    message jsonb,
    check ((event is null) <> (channel is null))
  );
  create table inbox (
    event_id uuid primary key,
    received_at timestamptz not null default now()
  );
  create index inbox_received_at on inbox (received_at);
  create table idempotency_key (
    scope text not null,
    key text not null,
    input_hash text not null,
    answer jsonb,
    created_at timestamptz not null default now(),
    primary key (scope, key)
  );
  `,
)

/** What housekeeping looks for by age, and the job runners that live (platform/jobs/takeover.ts). */
const HOUSEKEEPING_MIGRATION = migration(
  '2026-11-20-1-platform-housekeeping',
  `
  create index idempotency_key_created_at on idempotency_key (created_at);
  create table job_runner (
    id text primary key,
    seen_at timestamptz not null
  );
  `,
)

/** The migrations of every subgraph's database; a subgraph's own come after them. */
export const PLATFORM_MIGRATIONS: MigrationList = [PLATFORM_MIGRATION, HOUSEKEEPING_MIGRATION]

/**
 * Brings the database up to date: the job runner's tables, then ours. `up()` takes no lock of its own, so that two
 * processes that start at once would both run it: an advisory lock makes the second wait, and find nothing to do.
 */
export async function migrate(parts: { orm: MikroORM; url: string; jobPool: pg.Pool; log: Logger }): Promise<void> {
  const { orm, url, jobPool, log } = parts
  const lock = createClient(url, log)
  await lock.connect()
  try {
    await lock.query('select pg_advisory_lock($1)', [MIGRATION_LOCK])
    const worker = await makeWorkerUtils({ pgPool: jobPool, logger: quietJobLogger })
    await worker.migrate()
    await worker.release()
    await orm.migrator.up()
  } finally {
    await lock.end()
  }
}
