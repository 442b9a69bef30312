import type { ServerResponse } from 'node:http'
import { createAborting } from '../executor/on-abort.ts'

/**
 * Aborted when the time is over, or the client left before its answer. One controller and one timer, which is cleared with
 * the answer: `AbortSignal.any` of a timeout and another signal took a twentieth of a small query's CPU.
 */
export function signalOf(response: ServerResponse, timeoutMs: number): AbortSignal {
  const { signal, abort } = createAborting()
  const timer = setTimeout(() => abort(new DOMException('the time for the request is over', 'TimeoutError')), timeoutMs)
  timer.unref()
  response.once('close', () => {
    clearTimeout(timer)
    if (!response.writableFinished) abort(new Error('the client left'))
  })
  return signal
}
