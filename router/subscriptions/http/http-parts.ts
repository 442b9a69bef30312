import type { IncomingMessage, ServerResponse } from 'node:http'
import { CallerError } from '#platform/kernel/errors.ts'
import { answerJson } from '#platform/runtime/http.ts'
import type { ClientAddressOf } from '../../client-address.ts'
import type { Caller } from '../../limits/caller-counts.ts'
import type { Traffic } from '../../limits/traffic.ts'
import type { Serving } from '../../supergraph/serving.ts'
import { plainError } from '../answer.ts'
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
  traffic: Pick<Traffic, 'rateLimiter'>
}

/**
 * Who sends a request, before its document is read: reading what is not known yet is charged. Undefined, and the request is
 * answered, where the token does not hold or nothing is left of what the caller may ask for.
 */
export async function readerOf(
  request: IncomingMessage,
  response: ServerResponse,
  parts: Pick<HttpParts, 'sessions' | 'clientAddressOf' | 'traffic'>,
): Promise<Caller | undefined> {
  const session = await openSession(request, response, parts)
  if (session === undefined) return undefined
  session.close()
  const caller = { identity: session.identity, address: session.clientAddress }
  const refusal = parts.traffic.rateLimiter?.refusal(caller)
  if (refusal === undefined) return caller
  response.setHeader('retry-after', String(refusal.extensions['retryAfterSeconds']))
  answerJson(response, 429, { errors: [plainError(refusal)] })
  return undefined
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

/** Why a request is none for a stream; BAD_REQUEST unless it has another code. */
export type Refusal = { status: number; message: string; code?: unknown }

/** Answers a request that is none for a stream. */
export const refuse = (response: ServerResponse, { status, message, code }: Refusal): void =>
  answerJson(response, status, { errors: [{ message, extensions: { code: code ?? 'BAD_REQUEST' } }] })
