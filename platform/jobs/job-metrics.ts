import type { Runtime } from '../graphql/define-subgraph.ts'
import { messageOf } from '../kernel/errors.ts'
import type { Metrics } from '../runtime/metrics.ts'
import type { JobsOptions } from './worker.ts'

/** Counts attempts at jobs. */
export function countAttempts(metrics: Metrics): NonNullable<JobsOptions['onAttempt']> {
  const attempts = metrics.counter({
    name: 'agora_job_attempts_total',
    help: 'Attempts at jobs by name and outcome: done, failed (comes again), gave-up (that was the last)',
    labels: ['job', 'outcome'],
  })
  return (job, outcome) => attempts.inc({ job, outcome })
}

// `due`: would run now; `later`: has its time yet to come, a retry among others; `dead`: no attempt is left.
const COUNT = `
  select task_identifier as job, state, count(*)::int as jobs,
    coalesce(extract(epoch from max(now() - run_at) filter (where state = 'due')), 0)::float8 as late
  from (
    select task_identifier, run_at, case
      when attempts >= max_attempts then 'dead' when run_at > now() then 'later' else 'due' end as state
    from graphile_worker.jobs
  ) as job
  group by 1, 2`

type Row = { job: string; state: string; jobs: number; late: number }

/**
 * Shows the jobs that PostgreSQL holds, the same at each copy of the subgraph: one statement each time that somebody asks.
 * The function that comes back ends that.
 */
export function showJobs({ database, log, metrics }: Pick<Runtime, 'database' | 'log' | 'metrics'>): () => void {
  const held = metrics.gauge({
    name: 'agora_jobs',
    help: 'Jobs by name and state: due, later (its time is yet to come), dead (no attempt is left)',
    labels: ['job', 'state'],
  })
  const late = metrics.gauge({ name: 'agora_jobs_late_seconds', help: 'For how long the oldest job has been due' })
  const outbox = metrics.gauge({ name: 'agora_outbox', help: 'Events and live messages that wait to be sent' })
  return metrics.onRead(async () => {
    held.reset()
    try {
      const { rows } = await database.jobPool.query<Row>(COUNT)
      for (const { job, state, jobs } of rows) held.set({ job, state }, jobs)
      late.set(Math.max(0, ...rows.map((row) => row.late)))
      const waiting = await database.jobPool.query<{ n: number }>('select count(*)::int as n from outbox')
      outbox.set(waiting.rows[0]?.n ?? 0)
    } catch (error) {
      // The rest of the metrics is wanted all the more.
      log.warn({ reason: messageOf(error) }, 'jobs could not be counted')
    }
  })
}
