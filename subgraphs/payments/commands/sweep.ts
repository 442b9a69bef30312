import { sql } from 'kysely'
import { type PaymentStatus } from '../domain/payment.ts'
import { reportPaymentJob, resolvePaymentJob, resolveRefundJob } from './jobs.ts'
import type { Work } from './work.ts'

type Forgotten = { kind: 'payment' | 'report' | 'refund'; id: string }

const UNSETTLED: readonly PaymentStatus[] = ['PENDING', 'REQUIRES_ACTION']

/**
 * Stages again, every minute, what has been waiting for longer than a minute. A job that was running when its process was
 * killed stays locked for hours, and another may have failed for good: money must not wait for either. One statement, and
 * one for each job.
 */
export const sweep = (work: Work): Promise<void> =>
  work.transaction(async (tx) => {
    const { rows } = await sql<Forgotten>`
      select 'payment' as kind, id from payment
        where status = any(${UNSETTLED}::text[]) and updated_at < now() - interval '1 minute'
      union all
      select 'report', id from payment
        where reported_version < version and not status = any(${UNSETTLED}::text[]) and updated_at < now() - interval '1 minute'
      union all
      select 'refund', id from refund where status = 'PENDING' and created_at < now() - interval '1 minute'
      limit 500`.execute(tx.sql)
    for (const { kind, id } of rows) tx.stageJob({ ...JOBS[kind](id), runAt: new Date() })
  })

const JOBS = { payment: resolvePaymentJob, report: reportPaymentJob, refund: resolveRefundJob } as const
