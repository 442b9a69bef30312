import { parentPort, workerData } from 'node:worker_threads'
import { messageOf } from '#platform/kernel/errors.ts'
import { readSupergraph } from './read-supergraph.ts'
import type { ThreadAnswer } from './read-thread.ts'

// A thread of `readInThread`: it reads one supergraph and ends.
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- threads have no origins
parentPort?.postMessage(answer(workerData as string))

function answer(sdl: string): ThreadAnswer {
  try {
    return { read: readSupergraph(sdl) }
  } catch (error) {
    return { failure: messageOf(error) }
  }
}
