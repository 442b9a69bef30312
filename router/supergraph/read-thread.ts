import { Worker } from 'node:worker_threads'
import type { ReadSupergraph } from './read-supergraph.ts'

/** What a thread has read, or why not. */
export type ThreadAnswer = { read: ReadSupergraph } | { failure: string }

const WORKER = new URL('./read-worker.ts', import.meta.url)

/** {@link readSupergraph} in a thread of its own. Rejected where it is not a supergraph. */
export function readInThread(sdl: string): Promise<ReadSupergraph> {
  const { promise, resolve, reject } = Promise.withResolvers<ReadSupergraph>()
  // Its own flags: those of the process may be loaders that a thread has no use for.
  const worker = new Worker(WORKER, { workerData: sdl, execArgv: [] })
  worker.once('message', (answer: ThreadAnswer) =>
    'read' in answer ? resolve(answer.read) : reject(new Error(answer.failure)),
  )
  worker.once('error', reject)
  worker.once('exit', () => reject(new Error('the thread that read the supergraph has ended')))
  return promise
}
