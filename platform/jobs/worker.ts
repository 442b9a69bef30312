import { run, type TaskList } from 'graphile-worker'
import { z } from 'zod'
import type { Database } from '../db/database.ts'
import type { Running } from '../runtime/lifecycle.ts'
import type { Logger } from '../runtime/logger.ts'
import { jobLogger } from './logger.ts'

const CONCURRENCY = 3
// LISTEN/NOTIFY wakes us at once; the poll finds what fell due meanwhile (`runAt`).
const POLL_INTERVAL_MS = 500

/** Handles one job. Throwing means: again later. The payload is as it was staged; parse it. */
export type JobHandler = (payload: unknown, run: { requestId: string; attempt: number; log: Logger }) => Promise<void>

/** The handlers by job name, and cron lines (`0 3 * * * name`) for those that come back. */
export type Jobs = { handlers: Readonly<Record<string, JobHandler>>; crontab?: string }

const requestIdOf = z.object({ requestId: z.string() })

/** Runs the jobs of one subgraph until stopped; a job under way is finished first. */
export async function startJobs(options: { database: Database; jobs: Jobs; log: Logger }): Promise<Running> {
  const taskList = Object.fromEntries(
    Object.entries(options.jobs.handlers).map(([name, handle]) => [name, toTask(name, handle, options.log)]),
  )
  const runner = await run({
    pgPool: options.database.jobPool,
    taskList,
    concurrency: CONCURRENCY,
    pollInterval: POLL_INTERVAL_MS,
    noHandleSignals: true,
    logger: jobLogger(options.log),
    crontab: options.jobs.crontab ?? '',
  })
  return { stop: () => runner.stop() }
}

function toTask(name: string, handle: JobHandler, log: Logger): TaskList[string] {
  return async (payload, helpers) => {
    const named = requestIdOf.safeParse(payload)
    const requestId = named.success ? named.data.requestId : `job-${helpers.job.id}`
    await handle(payload, { requestId, attempt: helpers.job.attempts, log: log.child({ job: name, requestId }) })
  }
}
