import type { Server } from 'node:http'
import type { Revocations } from '#platform/auth/revocations.ts'
import type { HttpHandler } from '#platform/runtime/http.ts'
import type { Running } from '#platform/runtime/lifecycle.ts'
import type { ClientAddressOf } from '../client-address.ts'
import type { Cors } from '../http/cors.ts'
import type { Guards } from '../resilience/guards.ts'
import type { Authenticate } from '../security/authenticate.ts'
import { Heartbeats } from './heartbeats.ts'
import { streamingHandler } from './http/streaming-handler.ts'
import { createSessions } from './sessions.ts'
import { createStreams, type StreamParts } from './streams.ts'
import { createUpstream } from './upstream.ts'
import { serveWebSocket } from './websocket/serve-websocket.ts'

/** What streaming needs of the router. */
export type StreamingParts = Omit<StreamParts, 'upstream'> & {
  authenticate: Authenticate
  revocations: Revocations | undefined
  clientAddressOf: ClientAddressOf
  longestMessageBytes: number
  cors: Cors
  guards: Guards
}

/** Everything that streams: subscriptions, and whatever else comes over WebSocket or asks for a stream. */
export type Streaming = Running & {
  /** Answers what asks for a stream over HTTP, and leaves the rest to `otherwise`. */
  handle(otherwise: HttpHandler): HttpHandler
  /** Serves WebSockets at the server. */
  serve(server: Server): void
  /** Waits for the queries and mutations under way, then ends what streams to clients. */
  drain(): Promise<void>
}

/** Streams to clients, and subscribes at subgraphs when one of them needs it. `stop` ends the latter, after `drain`. */
export function startStreaming(given: StreamingParts): Streaming {
  const upstream = createUpstream((subgraph) => given.guards.of(subgraph).breaker.refusal() ?? 0)
  const streams = createStreams({ ...given, upstream })
  const heartbeats = new Heartbeats(given.options.subscriptions.heartbeatMs)
  const parts = { ...given, streams, heartbeats, sessions: createSessions(given) }
  const open: Running[] = []
  return {
    handle: (otherwise) => {
      const streaming = streamingHandler(parts, otherwise)
      open.push(streaming)
      return streaming.answer
    },
    serve: (server) => void open.push(serveWebSocket(server, parts)),
    drain: async () => {
      await streams.settled()
      await Promise.all(open.map((part) => part.stop()))
    },
    stop: async () => {
      heartbeats.stop()
      await upstream.stop()
    },
  }
}
