import type { GraphQLFormattedError } from 'graphql'
import type { Framing } from '../answer.ts'

/** How a transport over HTTP puts operations into bytes. */
export type HttpFraming = {
  readonly transport: 'sse' | 'multipart'
  readonly headers: Readonly<Record<string, string>>
  /** Comes first, so that the client sees the answer begin. */
  readonly opening: string
  readonly heartbeat: string
  readonly next: Framing
  /** What ends an operation: `errors` where it was not the source that ended it. */
  complete(errors?: readonly GraphQLFormattedError[]): string
}

// Proxies that buffer would hold the first event back until the next one; nginx takes a word for it.
const STREAM_HEADERS = { 'cache-control': 'no-cache, no-transform', 'x-accel-buffering': 'no' }

const event = (name: string, data: string): string => `event: ${name}\ndata: ${data}\n\n`
const nextEvent: Framing = (json) => event('next', json)

/** https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md, distinct connections: a response for each operation. */
export const eventStream: HttpFraming = {
  transport: 'sse',
  headers: { ...STREAM_HEADERS, 'content-type': 'text/event-stream; charset=utf-8' },
  // Firefox and Safari take the answer as begun only once there is something in it.
  opening: ':\n\n',
  heartbeat: ':\n\n',
  next: nextEvent,
  complete: (errors) => `${errors === undefined ? '' : nextEvent(JSON.stringify({ errors }))}${event('complete', '')}`,
}

/** The same with one response for many operations: each message names its own. */
export const sharedEventStream = (operationId: string): Pick<HttpFraming, 'next' | 'complete'> => {
  const id = JSON.stringify(operationId)
  const next: Framing = (json) => event('next', `{"id":${id},"payload":${json}}`)
  return {
    next,
    complete: (errors) =>
      `${errors === undefined ? '' : next(JSON.stringify({ errors }))}${event('complete', `{"id":${id}}`)}`,
  }
}

const part = (json: string): string => `\r\ncontent-type: application/json\r\n\r\n${json}\r\n--graphql`

/**
 * https://www.apollographql.com/docs/graphos/routing/operations/subscriptions/multipart-protocol. The boundary follows
 * each part at once: a client takes a part as whole when it sees the next boundary.
 */
export const multipart: HttpFraming = {
  transport: 'multipart',
  headers: { ...STREAM_HEADERS, 'content-type': 'multipart/mixed; boundary="graphql"; subscriptionSpec=1.0' },
  opening: '\r\n--graphql',
  heartbeat: part('{}'),
  next: (json) => part(`{"payload":${json}}`),
  complete: (errors) => `${errors === undefined ? '' : part(JSON.stringify({ payload: null, errors }))}--\r\n`,
}
