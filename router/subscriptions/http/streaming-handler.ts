import type { IncomingMessage, ServerResponse } from 'node:http'
import type { HttpHandler } from '#platform/runtime/http.ts'
import type { Running } from '#platform/runtime/lifecycle.ts'
import type { Caller } from '../../limits/caller-counts.ts'
import { createEventStreams } from './event-streams.ts'
import { eventStream, type HttpFraming, multipart } from './framings.ts'
import { type HttpParts, readerOf, refuse } from './http-parts.ts'
import { type Leave, streamOperation } from './operation-stream.ts'
import { readOperation } from './read-operation.ts'

/** Streams over HTTP. `stop` ends those that are open. */
export type StreamingHandler = Running & { answer: HttpHandler }

/**
 * Answers what asks for an event stream (`text/event-stream`) or for subscriptions as multipart
 * (`multipart/mixed; subscriptionSpec=1.0`, quoted or not); everything else, and what would rather have JSON, is `otherwise`'s.
 */
export function streamingHandler(parts: HttpParts, otherwise: HttpHandler): StreamingHandler {
  const eventStreams = createEventStreams(parts)
  const open = new Set<Leave>()
  let isStopped = false
  const stream = async (framing: HttpFraming, request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (request.method !== 'GET' && request.method !== 'POST')
      return refuse(response, { status: 405, message: 'expected GET or POST' })
    const read = await readOperation(request, parts)
    const caller = await readerOf(request, response, parts)
    if (caller === undefined) return
    if (takesJson(request) && !('operation' in read && typeOf(read.operation, caller, parts) === 'subscription'))
      return otherwise(request, response)
    if ('refusal' in read) return refuse(response, read.refusal)
    if (request.method === 'GET' && typeOf(read.operation, caller, parts) === 'mutation')
      return refuse(response, { status: 405, message: 'Cannot perform mutations over GET' })
    const leave = await streamOperation({ request, response }, read.operation, {
      ...parts,
      framing,
      onClose: () => void (leave && open.delete(leave)),
    })
    if (leave === undefined || response.closed) return
    open.add(leave)
    if (isStopped) leave()
  }
  return {
    answer: (request, response) => {
      const { accept = '' } = request.headers
      if (eventStreams.isMeant(request)) return eventStreams.answer(request, response)
      if (EVENT_STREAM.test(accept)) return stream(eventStream, request, response)
      return MULTIPART.test(accept) ? stream(multipart, request, response) : otherwise(request, response)
    },
    stop: async () => {
      isStopped = true
      eventStreams.stop()
      for (const leave of open) leave()
    },
  }
}

const EVENT_STREAM = /text\/event-stream/i
const MULTIPART = /multipart\/mixed[^,]*;\s*subscriptionspec\s*=\s*"?1\.0"?/i
const JSON_TYPES = /\*\/\*|application\/(?:\*|json|graphql-response\+json)/i

/** Some clients name all that they know, whatever they ask: a query is answered by JSON then, as it is without streams. */
const takesJson = ({ headers: { accept = '' } }: IncomingMessage): boolean => JSON_TYPES.test(accept)

type Asked = { query: string; operationName?: string | null | undefined }

function typeOf({ query, operationName }: Asked, caller: Caller, { serving }: HttpParts): string | undefined {
  const parsed = serving().parse(query, operationName ?? undefined, caller)
  return 'errors' in parsed ? undefined : parsed.operation.operation
}
