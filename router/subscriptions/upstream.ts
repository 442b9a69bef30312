import { type Client, createClient } from 'graphql-ws'
import { WebSocket } from 'ws'
import type { FormattedExecutionResult } from 'graphql'
import { z } from 'zod'
import { forwardedTo, type RequestContext } from '../request-context.ts'
import type { SubgraphAddress } from '../supergraph/load-supergraph.ts'
import type { SourceRequest } from './sharing/source-request.ts'

/** Hears of the events of one subscription, and of its end: with what went wrong, or without. */
export type Sink = { next(event: FormattedExecutionResult): void; error(fault: unknown): void; complete(): void }

/** The WebSocket connections to the subgraphs. */
export type Upstream = {
  /** Subscribes; the function that comes back unsubscribes. */
  subscribe(subgraph: SubgraphAddress, request: SourceRequest, context: RequestContext, sink: Sink): () => void
  /** How many connections are held. */
  size(): number
  stop(): Promise<void>
}

// A client that reloads its page subscribes again within seconds: the connection is still there.
const IDLE_MS = 3_000
const KEEP_ALIVE_MS = 12_000
// A socket that froze closes by itself only after minutes.
const PONG_TIMEOUT_MS = 5_000
const ACK_TIMEOUT_MS = 5_000
// A subgraph that was there is waited for through a restart; one that was never reached is given up soon.
const RETRIES_AFTER_LOSS = 10
const RETRIES_BEFORE_FIRST = 2
const FIRST_WAIT_MS = 100
const LONGEST_WAIT_MS = 3_000

// Refused for good: asking again gets the same answer, and a client would hang for ever.
const REFUSALS: readonly number[] = [4400, 4401, 4403]

const closeSchema = z.object({ code: z.number() })

/** The code that a connection was closed with; undefined where it broke otherwise. */
export const closeCodeOf = (fault: unknown): number | undefined => closeSchema.safeParse(fault).data?.code

/**
 * One connection per subgraph and identity, shared by all subscriptions, opened at need, closed when idle for three seconds.
 * `leftAloneMs`: how long a subgraph is not to be asked, where its circuit breaker is open; a lost connection waits for that.
 */
export function createUpstream(leftAloneMs: (subgraph: SubgraphAddress) => number = () => 0): Upstream {
  const connections = new Map<string, Connection>()
  return {
    subscribe: (subgraph, request, context, sink) => {
      const key = JSON.stringify([subgraph.url, context.forwarded.identity])
      const connection =
        connections.get(key) ??
        connect({ ...subgraph, leftAloneMs: () => leftAloneMs(subgraph) }, context, () => connections.delete(key))
      connections.set(key, connection)
      return connection.subscribe(request, sink)
    },
    size: () => connections.size,
    stop: async () => {
      await Promise.all([...connections.values()].map(async (connection) => connection.client.dispose()))
      connections.clear()
    },
  }
}

type Connection = { client: Client; subscribe(request: SourceRequest, sink: Sink): () => void }

type Source = { name: string; url: string; leftAloneMs: () => number }

function connect({ name, url, leftAloneMs }: Source, context: RequestContext, onIdle: () => void): Connection {
  let active = 0
  let wasConnected = false
  let isOpen = false
  let attempts = 0
  let unanswered: NodeJS.Timeout | undefined
  const client = createClient({
    url: url.replace(/^http/, 'ws'),
    webSocketImpl: WebSocket,
    connectionParams: { ...forwardedTo(context, name).headers },
    lazyCloseTimeout: IDLE_MS,
    keepAlive: KEEP_ALIVE_MS,
    connectionAckWaitTimeout: ACK_TIMEOUT_MS,
    retryAttempts: Number.POSITIVE_INFINITY,
    retryWait: () => wait(Math.max(Math.min(FIRST_WAIT_MS * 2 ** attempts, LONGEST_WAIT_MS), leftAloneMs())),
    // After a retry graphql-ws subscribes again, and the subgraph's current state fills the gap.
    shouldRetry: (fault) =>
      !REFUSALS.includes(closeCodeOf(fault) ?? 0) &&
      attempts < (wasConnected ? RETRIES_AFTER_LOSS : RETRIES_BEFORE_FIRST),
    on: {
      connecting: (isRetry) => void (attempts = isRetry ? attempts + 1 : 0),
      connected: () => void ((isOpen = wasConnected = true), (attempts = 0)),
      ping: (isReceived) =>
        void (isReceived || (unanswered = setTimeout(() => client.terminate(), PONG_TIMEOUT_MS).unref())),
      pong: (isReceived) => void (isReceived && clearTimeout(unanswered)),
      closed: () => {
        clearTimeout(unanswered)
        isOpen = false
        if (active === 0) onIdle()
      },
    },
  })
  const release = () => {
    active -= 1
    if (active === 0 && !isOpen) onIdle()
  }
  return {
    client,
    subscribe: (request, sink) => {
      active += 1
      return subscribeOnce(client, request, sink, release)
    },
  }
}

function subscribeOnce(client: Client, request: SourceRequest, sink: Sink, onEnd: () => void): () => void {
  let isOver = false
  const end = (tell: () => void) => {
    if (isOver) return
    isOver = true
    onEnd()
    tell()
  }
  const unsubscribe = client.subscribe(request, {
    next: (event) => void (isOver || sink.next(event as FormattedExecutionResult)),
    error: (fault) => end(() => sink.error(fault)),
    complete: () => end(() => sink.complete()),
  })
  return () => {
    end(() => undefined)
    unsubscribe()
  }
}

const wait = (ms: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, ms * (0.75 + Math.random() / 2)))
