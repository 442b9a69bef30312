import type { IncomingMessage, ServerResponse } from 'node:http'
import { HeaderMap, type HTTPGraphQLResponse } from '@apollo/server'
import type { GraphQLError } from 'graphql'
import { CallerError } from '#platform/kernel/errors.ts'
import { answerJson, type HttpHandler } from '#platform/runtime/http.ts'
import type { Metrics } from '#platform/runtime/metrics.ts'
import type { ClientAddressOf } from '../client-address.ts'
import { toGraphQLError } from '../errors.ts'
import type { RequestRules } from '../headers/request-rules.ts'
import type { ResponseRules } from '../headers/response-rules.ts'
import { countRefusals } from '../limits/refusals.ts'
import type { Traffic } from '../limits/traffic.ts'
import type { RouterOptions } from '../options/router-options.ts'
import { createRequestContext, type OverrideSettings, type RequestContext, requestIdOf } from '../request-context.ts'
import { ANONYMOUS, type Authenticate, type Identity } from '../security/authenticate.ts'
import type { Serving } from '../supergraph/serving.ts'
import { signalOf } from './client-signal.ts'
import { type QuickAnswer, tryQuickly } from './quick-answer.ts'
import { readJson } from './read-json.ts'
import { send } from './send.ts'
import { type Parameters, withDocuments } from './with-documents.ts'

type Parts = {
  serving: () => Serving
  authenticate: Authenticate
  timeoutMs: number
  overrides: OverrideSettings
  clientAddressOf: ClientAddressOf
  options: Pick<RouterOptions, 'limits' | 'security'>
  metrics: Metrics
  requestRules: RequestRules | undefined
  responseRules: ResponseRules | undefined
  traffic: Pick<Traffic, 'rateLimiter'>
}

/** Answers GraphQL over HTTP, by POST and GET. A token that does not hold is answered with 401. */
export function graphqlHandler(parts: Parts): HttpHandler {
  const countRefusal = countRefusals(parts.metrics)
  return async (request, response) => {
    const heard = parts.responseRules?.receive()
    const begun = {
      requestId: requestIdOf(request.headers),
      clientAddress: parts.clientAddressOf(request),
      signal: signalOf(response, parts.timeoutMs),
      deadline: performance.now() + parts.timeoutMs,
      overrides: parts.overrides,
      requestRules: parts.requestRules,
      heard,
    }
    response.setHeader('x-request-id', begun.requestId)
    const body = await readJson(request, parts.options.limits.bodyBytes)
    if ('refusal' in body) {
      if (body.refusal.status === 413) countRefusal('bodyBytes')
      return answerRefusal(response, body.refusal)
    }
    const { batchSize } = parts.options.security
    if (Array.isArray(body.json) && body.json.length > batchSize && batchSize > 0)
      return answerRefusal(response, { status: 400, message: `body: expected at most ${batchSize} operations` })
    let identity = ANONYMOUS
    const authenticate = async () => {
      identity = await identify(request, begun.clientAddress, parts)
      return createRequestContext(request.headers, { ...begun, identity })
    }
    const serving = parts.serving()
    const release = serving.hold()
    try {
      const given = { body: body.json, search: searchOf(request.url ?? '/') }
      const resolving = withDocuments(given, serving.resolveDocument)
      const asked = resolving instanceof Promise ? await resolving : resolving
      if ('refusal' in asked) return answerDocumentRefusal(response, asked.refusal)
      const answer = await answerTo(request, asked, authenticate, serving)
      await send(response, answer, () => {
        if (heard !== undefined) parts.responseRules?.write(heard, response, identity)
      })
    } finally {
      release()
    }
  }
}

/** By the quick way where Apollo Server knows all of the request; it tells whatever is more than data. */
async function answerTo(
  request: IncomingMessage,
  { body, search }: Parameters,
  authenticate: () => Promise<RequestContext>,
  { apollo, known, operations }: Serving,
): Promise<HTTPGraphQLResponse | QuickAnswer> {
  const operation = known.find(request, body)
  const tried = operation && (await tryQuickly(operation, authenticate, operations))
  if (tried?.answer !== undefined) return tried.answer
  const answer = await apollo.executeHTTPGraphQLRequest({
    httpGraphQLRequest: { method: request.method ?? 'GET', headers: headersOf(request), search, body },
    context: tried?.context ?? authenticate,
  })
  known.addAnswer(request, answer)
  return answer
}

async function identify(
  { headers, socket }: IncomingMessage,
  address: string | undefined,
  { authenticate, traffic }: Parts,
): Promise<Identity> {
  try {
    const identity = await authenticate(headers.authorization, socket)
    const refusal = traffic.rateLimiter?.refusal({ identity, address })
    if (refusal !== undefined) throw refusal
    return identity
  } catch (error) {
    if (error instanceof CallerError) throw toGraphQLError(error, error.code === 'UNAUTHENTICATED' ? 401 : 503)
    throw error
  }
}

const answerRefusal = (response: ServerResponse, { status, message }: { status: number; message: string }): void =>
  answerJson(response, status, { errors: [{ message, extensions: { code: 'BAD_REQUEST' } }] })

/** Automatic persisted queries answer 200, as Apollo's clients expect of what they try again with the document. */
function answerDocumentRefusal(response: ServerResponse, refusal: GraphQLError): void {
  const status = AUTOMATIC_CODES.has(refusal.extensions['code']) ? 200 : 400
  answerJson(response, status, { errors: [refusal.toJSON()] })
}

const AUTOMATIC_CODES: ReadonlySet<unknown> = new Set(['PERSISTED_QUERY_NOT_FOUND', 'PERSISTED_QUERY_NOT_SUPPORTED'])

/** From the question mark on. */
const searchOf = (url: string): string => (url.includes('?') ? url.slice(url.indexOf('?')) : '')

function headersOf(request: IncomingMessage): HeaderMap {
  const headers = new HeaderMap()
  for (const [name, value] of Object.entries(request.headers))
    headers.set(name, Array.isArray(value) ? value.join(', ') : (value ?? ''))
  return headers
}
