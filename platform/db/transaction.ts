import type { SqlEntityManager } from '@mikro-orm/postgresql'
import { sql } from 'kysely'
import { eventEnvelope, type NewEvent } from '#schema/events/envelope.ts'
import type { JobSpec } from '../jobs/spec.ts'
import { currentTraceparent } from '../telemetry/tracing.ts'
import { type Database, type Sql, sqlOf } from './database.ts'

/** One transaction: what is staged is written right before the commit, all of it or nothing. */
export type Transaction = {
  em: SqlEntityManager
  /** Statements within the transaction. */
  sql: Sql
  /** Work that must happen after the commit; it is in PostgreSQL with the change that calls for it. */
  stageJob(job: JobSpec): void
  /** Tells the other services what happened, at least once, in the order of commits to the same row. */
  stageEvent(event: NewEvent): void
  /** Tells the subscribers of `channel`. Lost where nobody listens: they read the present state when they come. */
  stageLive(channel: string, message: object): void
}

/** What a transaction is done on behalf of. */
export type TransactionScope = { database: Database; source: string; requestId: string; afterCommit: () => void }

type Staged = { jobs: JobSpec[]; outbox: OutboxRow[] }
type OutboxRow = { event: object | null; channel: string | null; message: object | null }

/** Runs `work` in a transaction and commits what it changed and staged. Throws what `work` throws, with nothing done. */
export async function transaction<T>(scope: TransactionScope, work: (tx: Transaction) => Promise<T>): Promise<T> {
  const staged: Staged = { jobs: [], outbox: [] }
  const value = await scope.database.fork().transactional(async (em) => {
    const tx = open(em, scope, staged)
    const result = await work(tx)
    await em.flush()
    await write(tx.sql, staged, scope.requestId)
    return result
  })
  if (staged.outbox.length > 0) scope.afterCommit()
  return value
}

function open(em: SqlEntityManager, scope: TransactionScope, staged: Staged): Transaction {
  return {
    em,
    sql: sqlOf(em),
    stageJob: (job) => void staged.jobs.push(job),
    stageEvent: (event) => {
      const from = { source: scope.source, requestId: scope.requestId, traceparent: currentTraceparent() }
      const envelope = eventEnvelope(event, from)
      staged.outbox.push({ event: envelope, channel: null, message: null })
    },
    stageLive: (channel, message) => void staged.outbox.push({ event: null, channel, message }),
  }
}

async function write(db: Sql, staged: Staged, requestId: string): Promise<void> {
  if (staged.outbox.length > 0) {
    await sql`
      insert into outbox (event, channel, message)
      select event, channel, message from jsonb_to_recordset(${JSON.stringify(staged.outbox)}::jsonb)
        as staged (event jsonb, channel text, message jsonb)`.execute(db)
  }
  for (const job of staged.jobs) await addJob(db, job, requestId)
}

const addJob = (db: Sql, job: JobSpec, requestId: string) =>
  sql`select graphile_worker.add_job(
    identifier => ${job.name}, payload => ${JSON.stringify({ ...job.payload, requestId, traceparent: currentTraceparent() })}::json,
    run_at => ${job.runAt ?? null}::timestamptz, max_attempts => ${job.maxAttempts ?? null}::int,
    job_key => ${job.key ?? null}::text)`.execute(db)
