import type { ApolloServerPlugin } from '@apollo/server'
import { getOperationAST } from 'graphql'
import type { HttpHandler } from '#platform/runtime/http.ts'
import {
  type Attributes,
  currentTraceparent,
  decideToRecord,
  inSpan,
  isInSpan,
  isTracing,
  type OpenSpan,
  startSpan,
} from '#platform/telemetry/tracing.ts'
import { traceRequests } from '#platform/telemetry/trace-requests.ts'
import { isUnseen, UNSEEN } from '#platform/telemetry/unseen-traces.ts'
import type { HttpCall, HttpPost, Transport } from './executor/http-pools.ts'
import type { OperationRequest } from './executor/executor.ts'
import type { Operations, PreparedSubscription } from './operations/operations.ts'
import type { Planner } from './planner/planner.ts'
import type { RequestContext } from './request-context.ts'

// Each of these gives back what it got where nothing is traced, so that it costs nothing then.

/**
 * Each request in a span. One that is not recorded is handled as it is, but for its `traceparent`, by which everybody who is
 * asked for it knows: to keep a span under way that nobody will see is a tenth of a small query's CPU.
 */
export function traceHttp(handle: HttpHandler): HttpHandler {
  if (!isTracing()) return handle
  const traced = traceRequests(handle, {}, { isDecided: true })
  return (request, response) => {
    const { headers } = request
    const given = typeof headers['traceparent'] === 'string' ? headers['traceparent'] : undefined
    if (decideToRecord(given)) return traced(request, response)
    if (!isUnseen(given)) headers['traceparent'] = UNSEEN
    return handle(request, response)
  }
}

/** Each operation in a span, whichever transport it came by. */
export function traceOperations(operations: Operations): Operations {
  if (!isTracing()) return operations
  return {
    ...operations,
    execute: (request) =>
      isUnseen(request.context.forwarded.headers['traceparent'])
        ? operations.execute(request)
        : inSpan('graphql.execute', operationSpan(request), () => operations.execute(request)),
    // It ends with the first part; the fetches of the others are in it all the same.
    executeDeferred: (request) =>
      inSpan('graphql.execute', operationSpan(request), () => operations.executeDeferred(request)),
    prepareSubscription: (request) =>
      inSpan('graphql.subscribe', operationSpan(request), async () => {
        const prepared = await operations.prepareSubscription(request)
        return 'errors' in prepared ? prepared : traceEvents(prepared, operationSpan(request).attributes)
      }),
  }
}

/** Each event in a span of its subscription's trace: of the one that began it, where several share it. */
function traceEvents(prepared: PreparedSubscription, attributes: () => Attributes): PreparedSubscription {
  const parent = currentTraceparent()
  return {
    ...prepared,
    answer: (event, context) => inSpan('graphql.event', { parent, attributes }, () => prepared.answer(event, context)),
  }
}

function operationSpan({ document, operationName, context }: OperationRequest) {
  return {
    // Over a socket there is no request around it: its trace is that of `connection_init`.
    parent: isInSpan() ? undefined : context.forwarded.headers['traceparent'],
    attributes: (): Attributes => {
      const operation = getOperationAST(document, operationName)
      const name = operation?.name?.value
      return {
        'graphql.operation.type': operation?.operation ?? 'unknown',
        ...(name !== undefined && { 'graphql.operation.name': name }),
        'agora.request_id': context.requestId,
      }
    },
  }
}

/** The planning of each operation in a span that says whether its plan was known. */
export function tracePlanner(planner: Planner): Planner {
  if (!isTracing()) return planner
  return {
    ...planner,
    plan: (...asked) => {
      const span = startSpan('graphql.plan')
      if (span === undefined) return planner.plan(...asked)
      try {
        const plan = planner.plan(...asked)
        span.set({ 'agora.plan.known': !(plan instanceof Promise) })
        if (plan instanceof Promise)
          plan.then(
            () => span.end(),
            (error: unknown) => span.end(error),
          )
        else span.end()
        return plan
      } catch (error) {
        span.end(error)
        throw error
      }
    },
  }
}

/** Each call of a subgraph in a span, retries included, which the subgraph continues. */
export function traceTransport(transport: Transport): Transport {
  if (!isTracing()) return transport
  return {
    ...transport,
    post: (post) => {
      if (!isInSpan()) return transport.post(post)
      const attributes = () => ({ 'agora.subgraph': post.subgraph.name, 'http.request.method': 'POST' })
      const span = startSpan(`fetch ${post.subgraph.name}`, { kind: 'client', attributes })
      if (span === undefined) return transport.post(continuedBy(post, currentTraceparent()))
      const call = transport.post(continuedBy(post, span.traceparent))
      void endWith(call, span)
      return call
    },
  }
}

async function endWith({ answer }: HttpCall, span: OpenSpan): Promise<void> {
  try {
    span.set({ 'http.response.status_code': (await answer).status })
    span.end()
  } catch (error) {
    span.end(error)
  }
}

/** A trace that is not recorded is passed on, too: else its parts would begin traces of their own. */
function continuedBy(post: HttpPost, traceparent: string | undefined): HttpPost {
  if (traceparent === undefined) return post
  const at = post.headers.findIndex((name, index) => index % 2 === 0 && name === 'traceparent')
  const headers = at === -1 ? [...post.headers, 'traceparent', traceparent] : post.headers.with(at + 1, traceparent)
  return { ...post, headers }
}

/** Parsing and validating over HTTP, each in a span: no plugin where nothing is traced. */
export const tracingPlugins = (): ApolloServerPlugin<RequestContext>[] =>
  isTracing()
    ? [
        {
          requestDidStart: async () => ({
            parsingDidStart: async () => endOf('graphql.parse'),
            validationDidStart: async () => endOf('graphql.validate'),
          }),
        },
      ]
    : []

function endOf(name: string): () => Promise<void> {
  const span = startSpan(name)
  return async () => span?.end()
}
