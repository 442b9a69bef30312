import cluster, { type Worker } from 'node:cluster'
import { once } from 'node:events'
import type { Running } from '#platform/runtime/lifecycle.ts'
import type { Logger } from '#platform/runtime/logger.ts'
import { pause } from '#platform/runtime/pause.ts'
import { collectMetrics } from './collected-metrics.ts'

const FIRST_RESTART_MS = 100
const LONGEST_RESTART_MS = 10_000
// Workers end by themselves within their grace; one that does not even manage to give up is ended a moment later.
const LEFTOVERS_MS = 1_000

/** A worker that ended before it listened: it has said why. */
export class WorkerFailedError extends Error {
  override name = 'WorkerFailedError'
}

/**
 * Runs this same program `workers` times on one port, and another whenever one dies, sooner or later as it had listened
 * or not. Throws {@link WorkerFailedError} where the first does not come up. `stop` ends all of them gracefully; it is
 * rejected where one did not end well. For executables only.
 */
export async function startPrimary(options: { workers: number; graceMs: number; log: Logger }): Promise<Running> {
  const { workers, graceMs, log } = options
  const stopping = new AbortController()
  const { signal: stopped } = stopping
  let failures = 0
  const start = (): Worker => {
    const worker = cluster.fork()
    worker.once('listening', () => void (failures = 0))
    worker.once('exit', (code, signal) => void replace({ pid: worker.process.pid, code, signal }))
    return worker
  }
  const replace = async (death: object) => {
    if (stopped.aborted) return
    log.error(death, 'a worker died: another is started')
    await pause(Math.min(FIRST_RESTART_MS * 2 ** failures++, LONGEST_RESTART_MS), stopped)
    if (!stopped.aborted) start()
  }
  collectMetrics()
  process.on('SIGHUP', () => signalAll('SIGHUP'))
  await listens(start(), stopping)
  for (let index = 1; index < workers; index++) start()
  return {
    stop: async () => {
      stopping.abort()
      await endAll(graceMs + LEFTOVERS_MS)
    },
  }
}

const running = (): Worker[] => Object.values(cluster.workers ?? {}).filter((worker) => worker !== undefined)

function signalAll(signal: NodeJS.Signals): void {
  for (const worker of running()) worker.process.kill(signal)
}

async function listens(worker: Worker, stopping: AbortController): Promise<void> {
  const settled = new AbortController()
  const died = once(worker, 'exit', { signal: settled.signal }).then(() => false)
  const listening = once(worker, 'listening', { signal: settled.signal }).then(() => true)
  died.catch(() => undefined)
  listening.catch(() => undefined)
  const isListening = await Promise.race([died, listening])
  settled.abort()
  if (isListening) return
  stopping.abort()
  throw new WorkerFailedError('the first worker did not start')
}

async function endAll(timeoutMs: number): Promise<void> {
  const exits = running().map(async (worker) => {
    const [code] = (await once(worker, 'exit')) as [number | null]
    return code
  })
  signalAll('SIGTERM')
  const late = setTimeout(() => signalAll('SIGKILL'), timeoutMs)
  const codes = await Promise.all(exits)
  clearTimeout(late)
  if (codes.some((code) => code !== 0)) throw new Error(`expected every worker to end with 0, got ${codes.join(', ')}`)
}
