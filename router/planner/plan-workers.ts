import { Worker } from 'node:worker_threads'
import { messageOf } from '#platform/kernel/errors.ts'
import type { Logger } from '#platform/runtime/logger.ts'
import type { MendedSupergraph } from './mend-supergraph.ts'
import type { PlanAnswer, PlanRequest } from './plan-operation.ts'

/** Threads that plan, so that no request waits for the plan of another. */
export type PlanWorkers = {
  plan(request: PlanRequest): Promise<PlanAnswer>
  /** Plans that wait for a thread. */
  waiting(): number
  /** How many threads were lost to an operation: out of memory, or over the time. */
  lost(): number
  stop(): Promise<void>
}

export type PlanWorkersOptions = {
  log: Logger
  /** The longest that one operation may be planned. */
  timeoutMs?: number
}

type Job = { request: PlanRequest; settle: (answer: PlanAnswer) => void }
type Thread = { worker: Worker; job: Job | undefined; timer: NodeJS.Timeout | undefined }

// The second is for the light operations that come while a heavy one is planned. It is started when that happens.
const THREADS = 2
// Far above the heaviest plan that a schema of thousands of types was seen to need.
const TIMEOUT_MS = 15_000
const MEMORY_MB = 1_024
// Whoever comes after these would wait for minutes.
const LONGEST_QUEUE = 1_000
const WORKER = new URL('./plan-worker.ts', import.meta.url)

/** Threads for one supergraph. The first starts at once, as its first plan is waited for. */
export function createPlanWorkers(supergraph: MendedSupergraph, options: PlanWorkersOptions): PlanWorkers {
  const { log, timeoutMs = TIMEOUT_MS } = options
  const threads = new Set<Thread>()
  const queue: Job[] = []
  let isStopped = false
  let lost = 0

  const start = (): Thread => {
    // Its own flags: those of the process may be loaders that a thread has no use for.
    const worker = new Worker(WORKER, {
      workerData: supergraph,
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB },
    })
    const thread: Thread = { worker, job: undefined, timer: undefined }
    threads.add(thread)
    worker.unref()
    worker.on('message', (answer: PlanAnswer) => {
      finish(thread, answer)
      next(thread)
    })
    worker.on('error', (error) => lose(thread, messageOf(error)))
    return thread
  }
  const finish = (thread: Thread, answer: PlanAnswer) => {
    clearTimeout(thread.timer)
    thread.worker.unref()
    const { job } = thread
    thread.job = undefined
    job?.settle(answer)
  }
  const lose = (thread: Thread, reason: string) => {
    if (!threads.delete(thread) || isStopped) return
    lost += 1
    log.error({ reason, operation: thread.job?.request.text.slice(0, 1_000) }, 'a planning thread was lost')
    finish(thread, { failure: 'it takes too much to plan it' })
    void thread.worker.terminate()
    if (queue.length > 0) next(start())
  }
  const next = (thread: Thread) => {
    const job = queue.shift()
    if (job === undefined) return
    thread.job = job
    thread.worker.ref()
    thread.timer = setTimeout(() => lose(thread, `over ${timeoutMs} ms`), timeoutMs)
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- threads have no origins
    thread.worker.postMessage(job.request)
  }
  start()
  return {
    waiting: () => queue.length,
    lost: () => lost,
    plan: (request) =>
      new Promise((settle) => {
        if (isStopped) return settle({ failure: 'the supergraph is no longer served' })
        if (queue.length >= LONGEST_QUEUE) return settle({ failure: 'too many operations wait for their plans' })
        queue.push({ request, settle })
        const idle = [...threads].find(({ job }) => job === undefined)
        if (idle !== undefined) next(idle)
        else if (threads.size < THREADS) next(start())
      }),
    stop: async () => {
      isStopped = true
      const left = { failure: 'the supergraph is no longer served' }
      for (const { settle } of queue.splice(0)) settle(left)
      await Promise.all(
        [...threads].map((thread) => {
          finish(thread, left)
          return thread.worker.terminate()
        }),
      )
    },
  }
}
