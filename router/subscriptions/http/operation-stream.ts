import type { IncomingMessage, ServerResponse } from 'node:http'
import type { GraphQLFormattedError } from 'graphql'
import type { Answer } from '../answer.ts'
import type { Sink } from '../client-stream.ts'
import type { StreamedOperation } from '../streams.ts'
import type { HttpFraming } from './framings.ts'
import { type HttpParts, openSession } from './http-parts.ts'
import { HttpStream } from './http-stream.ts'

/** Ends a stream whose router goes away: what is said to the client, where its protocol has a way to. */
export type Leave = () => void

/**
 * Answers one operation by a response of its own, as `framing` has it. The function that comes back ends it; undefined
 * where the client's token does not hold, or it has left.
 */
export async function streamOperation(
  exchange: { request: IncomingMessage; response: ServerResponse },
  operation: StreamedOperation,
  { framing, onClose, ...parts }: HttpParts & { framing: HttpFraming; onClose: () => void },
): Promise<Leave | undefined> {
  const { request, response } = exchange
  const session = await openSession(request, response, parts)
  if (session === undefined) return undefined
  if (response.destroyed) {
    session.close()
    return undefined
  }
  const http = new HttpStream(response, {
    framing,
    heartbeats: parts.heartbeats,
    on: {
      room: () => stream.resume(),
      close: () => {
        stream.stop()
        session.close()
        onClose()
      },
    },
  })
  const stream = parts.streams.start(operation, { session, sink: sinkOf(http, framing), openOnConnection: 0 })
  return () => {
    stream.stop()
    // An event stream that breaks off is opened again by its client; multipart has no such thing.
    http.end(framing.transport === 'multipart' ? framing.complete([GOING_AWAY]) : '')
  }
}

const GOING_AWAY: GraphQLFormattedError = {
  message: 'the router is going away: subscribe again',
  extensions: { code: 'SUBSCRIPTION_GOING_AWAY' },
}

const sinkOf = (http: HttpStream, { transport, next, complete }: HttpFraming): Sink => ({
  transport,
  write: (answer: Answer) => http.send(answer.framed(next)),
  refuse: (errors) => http.end(`${next(JSON.stringify({ errors }))}${complete()}`),
  end: (errors) => http.end(complete(errors)),
})
