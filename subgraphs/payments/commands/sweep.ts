import { sql } from 'kysely'
import { reportPaymentJob, resolvePaymentJob, resolveRefundJob } from './jobs.ts'
import type { Work } from './work.ts'

type Forgotten = { kind: 'payment' | 'report' | 'refund'; id: string }

// Enough for an outage's backlog; what is left over is the next minute's.
const MOST_AT_ONCE = 500

/**
 * Stages again, every minute, what waits for an answer and has no job that is about to ask for it. A job that was running
 * when its process was killed stays locked for hours, another backs off for hours, a third has failed for good: money waits
 * for none of them. One statement, and one for each job.
 */
export const sweep = (work: Work): Promise<void> =>
  work.transaction(async (tx) => {
    const { rows } = await sql<Forgotten>`
      with waiting as (
        select 'payment' as kind, id, 'resolve-payment:' || id as key from payment
          where status in ('PENDING', 'REQUIRES_ACTION') and updated_at < now() - interval '1 minute'
        union all
        select 'report', id, 'report-payment:' || id from payment
          where reported_version < version and status not in ('PENDING', 'REQUIRES_ACTION')
            and updated_at < now() - interval '1 minute'
        union all
        select 'refund', id, 'resolve-refund:' || id from refund
          where status = 'PENDING' and created_at < now() - interval '1 minute'
      )
      select kind, id from waiting where not exists (
        select from graphile_worker.jobs job
        where job.key = waiting.key and job.locked_at is null and job.attempts < job.max_attempts
          and job.run_at < now() + interval '1 minute'
      ) limit ${MOST_AT_ONCE}`.execute(tx.sql)
    for (const { kind, id } of rows) tx.stageJob({ ...JOBS[kind](id), runAt: new Date() })
  })

const JOBS = { payment: resolvePaymentJob, report: reportPaymentJob, refund: resolveRefundJob } as const
