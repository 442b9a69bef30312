import { randomBytes } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { answerJson } from '#platform/runtime/http.ts'
import { eventStream } from './framings.ts'
import { type HttpParts, openSession, readerOf, refuse } from './http-parts.ts'
import { readOperation } from './read-operation.ts'
import { ReservedStream } from './reserved-stream.ts'

/** The single connection mode of graphql-sse: one event stream, by a token, for many operations of one client. */
export type EventStreams = {
  /** Whether the request speaks of such a stream. */
  isMeant(request: IncomingMessage): boolean
  answer(request: IncomingMessage, response: ServerResponse): Promise<void> | void
  stop(): void
}

const TOKEN_HEADER = 'x-graphql-event-stream-token'
// A client connects right after it has reserved. What is reserved and left costs next to nothing, but not for ever.
const RESERVED_MS = 30_000
const MOST_RESERVED = 10_000

/** New, without a stream. https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md, single connection mode. */
export function createEventStreams(parts: HttpParts): EventStreams {
  const streams = new Map<string, ReservedStream>()
  // Says whose a token is, where several processes have one address.
  const prefix = `${randomBytes(6).toString('hex')}-`
  const known = (request: IncomingMessage) => streams.get(tokenOf(request) ?? '')
  return {
    isMeant: (request) => request.method === 'PUT' || request.method === 'DELETE' || tokenOf(request) !== undefined,
    answer: (request, response) => {
      if (request.method === 'PUT') return reserve(streams, prefix, { request, response }, parts)
      const stream = known(request)
      if (stream === undefined) return refuse(response, { status: 404, message: whyUnknown(tokenOf(request), prefix) })
      if (request.method === 'DELETE') return complete(stream, request, response)
      if ((request.headers.accept ?? '').includes('text/event-stream')) return open(stream, response, parts)
      return begin(stream, { request, response }, parts)
    },
    stop: () => {
      for (const stream of streams.values()) stream.close()
    },
  }
}

type Exchange = { request: IncomingMessage; response: ServerResponse }

async function reserve(
  streams: Map<string, ReservedStream>,
  prefix: string,
  { request, response }: Exchange,
  parts: HttpParts,
): Promise<void> {
  const session = await openSession(request, response, parts)
  if (session === undefined) return
  session.close()
  if (streams.size >= MOST_RESERVED) return refuse(response, { status: 503, message: 'Too many streams: try later' })
  // The token is all that it takes to read the stream: nobody may guess it, and nobody may choose it.
  const token = `${prefix}${crypto.randomUUID()}`
  streams.set(token, new ReservedStream(RESERVED_MS, () => streams.delete(token)))
  response.writeHead(201, { 'content-type': 'text/plain; charset=utf-8' }).end(token)
}

/** With the same beginning: some clients know a stream that is gone by it. */
const whyUnknown = (token: string | undefined, prefix: string): string =>
  token?.startsWith(prefix) === true
    ? 'Stream not found'
    : 'Stream not found: no process of this router holds it any more, or another one does than the one that was asked. ' +
      'Behind several processes use distinct connections (graphql-sse: singleConnection: false), or send a client always to the same one'

function open(stream: ReservedStream, response: ServerResponse, { heartbeats }: HttpParts): void {
  if (stream.isOpen) return refuse(response, { status: 409, message: 'Stream already open' })
  stream.open(response, { framing: eventStream, heartbeats })
}

async function begin(stream: ReservedStream, { request, response }: Exchange, parts: HttpParts): Promise<void> {
  if (request.method !== 'GET' && request.method !== 'POST')
    return refuse(response, { status: 405, message: 'expected GET, POST, PUT or DELETE' })
  const read = await readOperation(request, parts)
  if ('refusal' in read) return refuse(response, read.refusal)
  const id = read.operation.extensions?.['operationId']
  if (typeof id !== 'string' || id === '') return refuse(response, { status: 400, message: 'Operation ID is missing' })
  if (stream.has(id)) return refuse(response, { status: 409, message: 'Operation with ID already exists' })
  const caller = await readerOf(request, response, parts)
  if (caller === undefined) return
  const parsed = parts.serving().parse(read.operation.query, read.operation.operationName ?? undefined, caller)
  if ('errors' in parsed) return answerJson(response, 400, { errors: parsed.errors })
  if (parsed.operation.operation === 'mutation' && request.method === 'GET')
    return refuse(response, { status: 405, message: 'Cannot perform mutations over GET' })
  const session = await openSession(request, response, parts)
  if (session === undefined) return
  stream.start(id, read.operation, { session, streams: parts.streams })
  response.writeHead(202).end()
}

function complete(stream: ReservedStream, request: IncomingMessage, response: ServerResponse): void {
  const id = urlOf(request).searchParams.get('operationId')
  if (id === null || id === '') return refuse(response, { status: 400, message: 'Operation ID is missing' })
  stream.leave(id)
  response.writeHead(200).end()
}

function tokenOf(request: IncomingMessage): string | undefined {
  const header = request.headers[TOKEN_HEADER]
  if (typeof header === 'string' && header !== '') return header
  return request.url?.includes('token=') ? (urlOf(request).searchParams.get('token') ?? undefined) : undefined
}

const urlOf = ({ url }: IncomingMessage): URL => new URL(url ?? '/', 'http://router')
