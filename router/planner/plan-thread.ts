import { Worker } from 'node:worker_threads'
import { messageOf } from '#platform/kernel/errors.ts'
import type { MendedSupergraph } from './mend-supergraph.ts'
import type { PlanAnswer, PlanRequest } from './plan-operation.ts'

/** One operation that waits to be planned. */
export type PlanJob = { readonly request: PlanRequest; readonly settle: (answer: PlanAnswer) => void }

/** A thread that plans one operation at a time. */
export type PlanThread = {
  /** It has read the supergraph, and has nothing to do. */
  isIdle(): boolean
  take(job: PlanJob): void
  /** Whether the process must not end before it. */
  keepAlive(isNeeded: boolean): void
  stop(left: PlanAnswer): Promise<void>
}

type Events = {
  onIdle(thread: PlanThread): void
  /** It is gone, with the job that it had: out of memory, over the time. `wasReady` is false where it never began. */
  onLost(thread: PlanThread, lost: { reason: string; job: PlanJob | undefined; wasReady: boolean }): void
}

// An operation that needs more is given up. V8 has its own limit, well above: where it is met in the middle of one of V8's own
// loops, it takes the whole process with it, and not the thread alone.
export const MEMORY_MB = 1_280
const LOOK_EVERY_MS = 50
const WORKER = new URL('./plan-worker.ts', import.meta.url)

/** What one operation may take. */
export type PlanBounds = { timeoutMs: number; memoryMb: number }

/** Starts a thread. */
export function startPlanThread(supergraph: MendedSupergraph, bounds: PlanBounds, events: Events): PlanThread {
  const { timeoutMs, memoryMb } = bounds
  // Its own flags: those of the process may be loaders that a thread has no use for.
  const worker = new Worker(WORKER, {
    workerData: supergraph,
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: 2 * memoryMb },
  })
  let state: 'starting' | 'ready' | 'gone' = 'starting'
  let job: PlanJob | undefined
  let timer: NodeJS.Timeout | undefined
  let watch: NodeJS.Timeout | undefined
  const release = (): PlanJob | undefined => {
    const released = job
    clearTimeout(timer)
    clearInterval(watch)
    job = undefined
    return released
  }
  const lose = (reason: string) => {
    if (state === 'gone') return
    const wasReady = state === 'ready'
    state = 'gone'
    void worker.terminate()
    events.onLost(thread, { reason, job: release(), wasReady })
  }
  const thread: PlanThread = {
    isIdle: () => state === 'ready' && job === undefined,
    take: (taken) => {
      job = taken
      timer = setTimeout(() => lose(`over ${timeoutMs} ms`), timeoutMs)
      watch = watchMemory(worker, memoryMb, () => lose(`over ${memoryMb} MB`))
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- threads have no origins
      worker.postMessage(taken.request)
    },
    keepAlive: (isNeeded) => (isNeeded ? worker.ref() : worker.unref()),
    stop: async (left) => {
      state = 'gone'
      release()?.settle(left)
      await worker.terminate()
    },
  }
  worker.on('message', (answer: PlanAnswer | 'ready') => {
    if (state === 'gone') return
    state = 'ready'
    if (answer !== 'ready') release()?.settle(answer)
    events.onIdle(thread)
  })
  worker.on('error', (error) => lose(messageOf(error)))
  return thread
}

/** Looks at the memory of a thread, which is asked by an interrupt: it need not have time for it. */
function watchMemory(worker: Worker, memoryMb: number, onTooMuch: () => void): NodeJS.Timeout {
  let isAsked = false
  const look = async () => {
    if (isAsked) return
    isAsked = true
    // One that is gone can't be asked; its own events tell of that.
    const heap = await worker.getHeapStatistics().catch(() => undefined)
    isAsked = false
    if (heap !== undefined && heap.used_heap_size > memoryMb * BYTES_PER_MB) onTooMuch()
  }
  return setInterval(() => void look(), LOOK_EVERY_MS).unref()
}

const BYTES_PER_MB = 1_048_576
