import type { Logger } from '#platform/runtime/logger.ts'
import type { MendedSupergraph } from './mend-supergraph.ts'
import type { PlanAnswer, PlanFailure, PlanRequest } from './plan-operation.ts'
import { MEMORY_MB, type PlanJob, type PlanThread, startPlanThread } from './plan-thread.ts'

/** Threads that plan, so that no request waits for the plan of another. */
export type PlanWorkers = {
  plan(request: PlanRequest): Promise<PlanAnswer>
  /** Plans that wait for a thread. */
  waiting(): number
  /** How many threads were lost. */
  lost(): number
  stop(): Promise<void>
}

export type PlanWorkersOptions = {
  log: Logger
  /** The longest that one operation may be planned. */
  timeoutMs?: number
  /** The most memory that a thread may have while it does. */
  memoryMb?: number
}

// The second is for the light operations that come while a heavy one is planned. It is started when that happens.
const THREADS = 2
// Far above the heaviest plan that a schema of thousands of types was seen to need.
const TIMEOUT_MS = 15_000
// Whoever comes after these would wait for minutes.
const LONGEST_QUEUE = 1_000

const NO_LONGER_SERVED: PlanFailure = { failure: 'the supergraph is no longer served' }
const TOO_MANY: PlanFailure = { failure: 'too many operations wait for their plans' }
const TOO_HEAVY: PlanFailure = { failure: 'it takes too much to plan it', isFinal: true }
const NO_THREAD: PlanFailure = { failure: 'nothing can be planned now' }

/** Threads for one supergraph. The first starts at once, as its first plan is waited for. */
export function createPlanWorkers(supergraph: MendedSupergraph, options: PlanWorkersOptions): PlanWorkers {
  const { log, timeoutMs = TIMEOUT_MS, memoryMb = MEMORY_MB } = options
  const threads = new Set<PlanThread>()
  const queue: PlanJob[] = []
  let underWay = 0
  let isStopped = false
  let lost = 0

  const start = () =>
    void threads.add(startPlanThread(supergraph, { timeoutMs, memoryMb }, { onIdle: giveOut, onLost }))
  const giveOut = () => {
    // What is being stopped is waited for.
    if (isStopped) return
    for (const thread of threads) {
      const job = thread.isIdle() ? queue.shift() : undefined
      if (job !== undefined) thread.take(job)
    }
    const areAllBusy = underWay - queue.length >= threads.size
    if (queue.length > 0 && areAllBusy && threads.size < THREADS) start()
    for (const thread of threads) thread.keepAlive(underWay > 0)
  }
  const onLost: Parameters<typeof startPlanThread>[2]['onLost'] = (thread, { reason, job, wasReady }) => {
    threads.delete(thread)
    if (isStopped) return
    lost += 1
    log.error({ reason, operation: job?.request.text.slice(0, 1_000) }, 'a planning thread was lost')
    job?.settle(TOO_HEAVY)
    // One that could not even start would not the next time: whoever asks later may try again.
    if (!wasReady) for (const { settle } of queue.splice(0)) settle(NO_THREAD)
    else giveOut()
  }
  start()
  giveOut()
  return {
    waiting: () => queue.length,
    lost: () => lost,
    plan: async (request) => {
      if (isStopped) return NO_LONGER_SERVED
      if (queue.length >= LONGEST_QUEUE) return TOO_MANY
      const { promise, resolve } = Promise.withResolvers<PlanAnswer>()
      underWay += 1
      queue.push({ request, settle: resolve })
      giveOut()
      const answer = await promise
      underWay -= 1
      giveOut()
      return answer
    },
    stop: async () => {
      isStopped = true
      for (const { settle } of queue.splice(0)) settle(NO_LONGER_SERVED)
      await Promise.all([...threads].map((thread) => thread.stop(NO_LONGER_SERVED)))
      threads.clear()
    },
  }
}
