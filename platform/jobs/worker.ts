import { EventEmitter } from 'node:events'
import { run, type Runner, type TaskList, type WorkerEvents } from 'graphile-worker'
import { z } from 'zod'
import type { Database } from '../db/database.ts'
import type { Running } from '../runtime/lifecycle.ts'
import type { Logger } from '../runtime/logger.ts'
import { pause } from '../runtime/pause.ts'
import { inSpan } from '../telemetry/tracing.ts'
import { jobLogger } from './logger.ts'
import { startTakeover, type TakeoverTiming } from './takeover.ts'

const CONCURRENCY = 3
// LISTEN/NOTIFY wakes us at once; the poll finds what fell due meanwhile (`runAt`).
const POLL_INTERVAL_MS = 500
const RESTART_MS = 1_000

/** Handles one job. Throwing means: again later. The payload is as it was staged; parse it. */
export type JobHandler = (payload: unknown, run: { requestId: string; attempt: number; log: Logger }) => Promise<void>

/** The handlers by job name, and cron lines (`0 3 * * * name`) for those that come back. */
export type Jobs = { handlers: Readonly<Record<string, JobHandler>>; crontab?: string }

/** What runs where. `timing` says how soon the jobs of a runner that died are taken over. */
export type JobsOptions = {
  database: Database
  jobs: Jobs
  log: Logger
  timing?: TakeoverTiming
  /** Hears of each attempt: `gave-up` was the last, after `failed`. */
  onAttempt?: (job: string, outcome: 'done' | 'failed' | 'gave-up') => void
}

const originOf = z.object({ requestId: z.string(), traceparent: z.string().optional() })

/**
 * Runs the jobs of one subgraph until stopped; a job under way is finished first. A runner that ends by itself, since
 * PostgreSQL went away for long, is started again.
 */
export async function startJobs(options: JobsOptions): Promise<Running> {
  const stopping = new AbortController()
  const stopped = stopping.signal
  let current = await startRunner(options)
  const supervise = async () => {
    for (;;) {
      await current.ended
      if (stopped.aborted) return
      options.log.error('the job runner ended by itself; starting it again')
      current = await startAgain(options, current, stopped)
    }
  }
  const done = supervise()
  return {
    stop: async () => {
      stopping.abort()
      await current.stop()
      await done
    },
  }
}

type JobRunner = Running & { ended: Promise<void> }

async function startAgain(options: JobsOptions, last: JobRunner, stopped: AbortSignal): Promise<JobRunner> {
  for (;;) {
    await pause(RESTART_MS, stopped)
    if (stopped.aborted) return last
    try {
      const runner = await startRunner(options)
      if (stopped.aborted) await runner.stop()
      return runner
    } catch (error) {
      options.log.warn({ err: error }, 'the job runner could not be started; trying again')
    }
  }
}

async function startRunner(options: JobsOptions): Promise<JobRunner> {
  const { database, jobs, log, timing } = options
  const events: WorkerEvents = new EventEmitter()
  let runnerId = ''
  events.once('pool:create', ({ workerPool }) => (runnerId = workerPool.id))
  events.on('job:success', ({ job }) => options.onAttempt?.(job.task_identifier, 'done'))
  events.on('job:error', ({ job }) => options.onAttempt?.(job.task_identifier, 'failed'))
  events.on('job:failed', ({ job }) => options.onAttempt?.(job.task_identifier, 'gave-up'))
  const runner = await run({
    pgPool: database.jobPool,
    taskList: toTaskList(jobs, log),
    crontab: jobs.crontab ?? '',
    noHandleSignals: true,
    logger: jobLogger(log),
    events,
    preset: {
      worker: {
        concurrentJobs: CONCURRENCY,
        pollInterval: POLL_INTERVAL_MS,
        // Without a batch nobody waits for the statement that ends a job: if it fails, so does the process.
        completeJobBatchDelay: 0,
        failJobBatchDelay: 0,
      },
    },
  })
  // It locks its jobs under this id.
  const takeover = startTakeover({ pool: database.jobPool, runnerId, log, timing })
  return settled(runner, takeover, log)
}

/** graphile-worker's runner, which must not be stopped when it has ended already. */
function settled(runner: Runner, takeover: Running, log: Logger): JobRunner {
  let isRunning = true
  const onEnd = () => {
    isRunning = false
    return takeover.stop()
  }
  const onFailure = (error: unknown) => log.error({ err: error }, 'the job runner failed')
  const ended = runner.promise.catch(onFailure).then(onEnd).catch(onFailure)
  const stop = async () => {
    if (isRunning) await runner.stop()
    await ended
  }
  return { ended, stop }
}

const toTaskList = (jobs: Jobs, log: Logger): TaskList =>
  Object.fromEntries(Object.entries(jobs.handlers).map(([name, handle]) => [name, toTask(name, handle, log)]))

function toTask(name: string, handle: JobHandler, log: Logger): TaskList[string] {
  return async (payload, helpers) => {
    const { data: origin } = originOf.safeParse(payload)
    const requestId = origin?.requestId ?? `job-${helpers.job.id}`
    const attempt = { requestId, attempt: helpers.job.attempts, log: log.child({ job: name, requestId }) }
    const attributes = { 'messaging.operation.name': name, 'agora.job.attempt': attempt.attempt }
    const span = { kind: 'consumer', parent: origin?.traceparent, attributes } as const
    await inSpan(`job ${name}`, span, () => handle(payload, attempt))
  }
}
