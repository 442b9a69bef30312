import type { IncomingHttpHeaders } from 'node:http'
import { buildConnector, type Dispatcher, Pool } from 'undici'
import type { Running } from '#platform/runtime/lifecycle.ts'
import type { SubgraphAddress } from '../supergraph/load-supergraph.ts'
import { joinWrites } from './join-writes.ts'

/** An answer over HTTP, whatever it is. */
export type HttpAnswer = { status: number; text: string; headers?: IncomingHttpHeaders | undefined }

/** A call under way. Once cancelled, its promise is rejected with the reason. */
export type HttpCall = { answer: Promise<HttpAnswer>; cancel(reason: Error): void }

/** What is sent: `headers` are names and values in turn, `isQuery` says that sending it twice does nothing. */
export type HttpPost = { subgraph: SubgraphAddress; headers: string[]; body: string; isQuery: boolean }

/** What carries calls to subgraphs. */
export type Transport = Running & { post(call: HttpPost): HttpCall }

/** The limits of one subgraph: it is given up where it says nothing for `timeoutMs`, even if nobody cancels the call. */
export type PoolLimits = { timeoutMs: number; maxConcurrent: number }

/** Kept-alive connections, a pool for each subgraph. */
export function createHttpPools(limitsOf: (subgraph: SubgraphAddress) => PoolLimits): Transport {
  const origins = new Map<string, Origin>()
  return {
    post: ({ subgraph, headers, body }) => {
      const known = origins.get(subgraph.name)
      if (known !== undefined) return post(known, headers, body)
      const origin = open(subgraph.url, limitsOf(subgraph))
      origins.set(subgraph.name, origin)
      return post(origin, headers, body)
    },
    stop: async () => {
      await Promise.all([...origins.values()].map(({ pool }) => pool.destroy()))
      origins.clear()
    },
  }
}

type Origin = { pool: Pool; path: string }

function open(url: string, { timeoutMs, maxConcurrent }: PoolLimits): Origin {
  const { origin, pathname, search } = new URL(url)
  const pool = new Pool(origin, {
    connections: maxConcurrent,
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    connect: connectJoining,
  })
  return { pool, path: pathname + search }
}

const connect = buildConnector({})
const connectJoining: typeof connect = (options, callback) =>
  connect(options, (...connected) => {
    if (connected[0] === null) joinWrites(connected[1])
    callback(...connected)
  })

function post({ pool, path }: Origin, headers: string[], body: string): HttpCall {
  const { promise, resolve, reject } = Promise.withResolvers<HttpAnswer>()
  const chunks: Buffer[] = []
  let status = 0
  let received: IncomingHttpHeaders | undefined
  let controller: Dispatcher.DispatchController | undefined
  let cancelled: Error | undefined
  pool.dispatch(
    { method: 'POST', path, headers, body },
    {
      onRequestStart: (started) => {
        controller = started
        if (cancelled !== undefined) started.abort(cancelled)
      },
      onResponseStart: (_controller, statusCode, given) => {
        status = statusCode
        received = given
      },
      onResponseData: (_controller, chunk) => void chunks.push(chunk),
      onResponseEnd: () => resolve({ status, text: textOf(chunks), headers: received }),
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
