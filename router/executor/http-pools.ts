import { type Dispatcher, Pool } from 'undici'
import type { Running } from '#platform/runtime/lifecycle.ts'

/** An answer over HTTP, whatever it is. */
export type HttpAnswer = { status: number; text: string }

/** A call under way. Once cancelled, its promise is rejected with the reason. */
export type HttpCall = { answer: Promise<HttpAnswer>; cancel(reason: Error): void }

/** Kept-alive connections, a pool for each origin. */
export type HttpPools = Running & { post(url: string, headers: string[], body: string): HttpCall }

// Enough for everything that two cores can have under way at one subgraph; what is more waits for its turn.
const CONNECTIONS = 256

/** New pools. A subgraph that says nothing for `timeoutMs` is given up even if nobody cancels the call. */
export function createHttpPools({ timeoutMs }: { timeoutMs: number }): HttpPools {
  const origins = new Map<string, Origin>()
  return {
    post: (url, headers, body) => {
      const origin = origins.get(url) ?? open(url, timeoutMs)
      origins.set(url, origin)
      return post(origin, headers, body)
    },
    stop: async () => {
      await Promise.all([...origins.values()].map(({ pool }) => pool.destroy()))
      origins.clear()
    },
  }
}

type Origin = { pool: Pool; path: string }

function open(url: string, timeoutMs: number): Origin {
  const { origin, pathname, search } = new URL(url)
  const pool = new Pool(origin, { connections: CONNECTIONS, headersTimeout: timeoutMs, bodyTimeout: timeoutMs })
  return { pool, path: pathname + search }
}

function post({ pool, path }: Origin, headers: string[], body: string): HttpCall {
  const { promise, resolve, reject } = Promise.withResolvers<HttpAnswer>()
  const chunks: Buffer[] = []
  let status = 0
  let controller: Dispatcher.DispatchController | undefined
  let cancelled: Error | undefined
  pool.dispatch(
    { method: 'POST', path, headers, body },
    {
      onRequestStart: (started) => {
        controller = started
        if (cancelled !== undefined) started.abort(cancelled)
      },
      onResponseStart: (_controller, statusCode) => void (status = statusCode),
      onResponseData: (_controller, chunk) => void chunks.push(chunk),
      onResponseEnd: () => resolve({ status, text: textOf(chunks) }),
      onResponseError: (_controller, error) => reject(error),
    },
  )
  return {
    answer: promise,
    cancel: (reason) => {
      cancelled = reason
      reject(reason)
      controller?.abort(reason)
    },
  }
}

const textOf = (chunks: readonly Buffer[]): string =>
  (chunks.length === 1 ? chunks[0] : Buffer.concat(chunks))?.toString('utf8') ?? ''
