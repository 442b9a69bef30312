import type { IncomingMessage, ServerResponse } from 'node:http'
import { CallerError } from '#platform/kernel/errors.ts'
import { answerJson } from '#platform/runtime/http.ts'
import type { ClientAddressOf } from '../../client-address.ts'
import type { Serving } from '../../supergraph/serving.ts'
import type { Heartbeats } from '../heartbeats.ts'
import type { Session, Sessions } from '../sessions.ts'
import type { Streams } from '../streams.ts'

/** What streams over HTTP need of the router. */
export type HttpParts = {
  serving: () => Serving
  sessions: Sessions
  streams: Streams
  heartbeats: Heartbeats
  clientAddressOf: ClientAddressOf
  longestMessageBytes: number
}

/** The session of a request; undefined, and the request is answered, where its token does not hold. */
export async function openSession(
  request: IncomingMessage,
  response: ServerResponse,
  { sessions, clientAddressOf }: Pick<HttpParts, 'sessions' | 'clientAddressOf'>,
): Promise<Session | undefined> {
  const { headers } = request
  const clientAddress = clientAddressOf(request)
  try {
    return await sessions.open({ authorization: headers.authorization, headers, clientAddress })
  } catch (error) {
    if (!(error instanceof CallerError)) throw error
    const { code, message } = error
    answerJson(response, code === 'UNAUTHENTICATED' ? 401 : 503, { errors: [{ message, extensions: { code } }] })
    return undefined
  }
}

/** Answers a request that is none for a stream. */
export const refuse = (response: ServerResponse, { status, message }: { status: number; message: string }): void =>
  answerJson(response, status, { errors: [{ message, extensions: { code: 'BAD_REQUEST' } }] })
