import { GraphQLError, type GraphQLFormattedError } from 'graphql'
import type { Logger } from '#platform/runtime/logger.ts'
import type { Metrics } from '#platform/runtime/metrics.ts'
import type { DocumentRequest } from '../documents/persisted-documents.ts'
import { maskErrors } from '../errors.ts'
import type { OperationRequest } from '../executor/executor.ts'
import { limitError } from '../limits/limit-errors.ts'
import { countRefusals } from '../limits/refusals.ts'
import type { Traffic } from '../limits/traffic.ts'
import type { RequestRules } from '../headers/request-rules.ts'
import type { RouterOptions } from '../options/router-options.ts'
import { createRequestContext, type OverrideSettings } from '../request-context.ts'
import type { Serving } from '../supergraph/serving.ts'
import { Answer, plainError } from './answer.ts'
import { ClientStream, type Sink, type StreamBase } from './client-stream.ts'
import { type Begun, createFollowing, type Following } from './following.ts'
import type { Session } from './sessions.ts'
import { createStreamMetrics, type StreamMetrics } from './stream-metrics.ts'
import type { Upstream } from './upstream.ts'

/** What streams need of the router. */
export type StreamParts = {
  serving: () => Serving
  upstream: Upstream
  log: Logger
  metrics: Metrics
  timeoutMs: number
  options: Pick<RouterOptions, 'subscriptions'>
  overrides: OverrideSettings
  requestRules: RequestRules | undefined
  traffic: Pick<Traffic, 'rateLimiter'>
}

/** An operation as clients send it. */
export type StreamedOperation = DocumentRequest & {
  /** `query` is what the client's request names; else it is yet to be found. */
  readonly isResolved?: boolean
  readonly operationName?: string | null | undefined
  readonly variables?: Readonly<Record<string, unknown>> | null | undefined
}

/** Who asks, and where the answers go; `openOnConnection`: operations under way over the same connection. */
export type StreamClient = { session: Session; sink: Sink; openOnConnection: number }

/** Operations of every transport that streams: queries and mutations with one answer, subscriptions with many. */
export type Streams = {
  /** Begins at once and answers through the client's sink. It never throws. */
  start(operation: StreamedOperation, client: StreamClient): ClientStream
  /** Resolves when no query and no mutation is under way. */
  settled(): Promise<void>
}

type Parts = StreamParts & {
  following: Following
  counted: StreamMetrics
  countRefusal: ReturnType<typeof countRefusals>
}

/** The streams of one router. */
export function createStreams(given: StreamParts): Streams {
  const counted = createStreamMetrics(given.metrics, {
    sources: () => following.size(),
    connections: () => given.upstream.size(),
  })
  const following = createFollowing({ ...given, counted })
  const parts = { ...given, following, counted, countRefusal: countRefusals(given.metrics) }
  const base = baseOf(parts)
  const underWay = new Set<Promise<void>>()
  return {
    start: (operation, client) => {
      const stream = new ClientStream(client.sink, client.session, base)
      const refusal = refusalOf(client, parts)
      if (refusal !== undefined) stream.refuse([refusal])
      else keep(underWay, begin(operation, stream, parts))
      return stream
    },
    settled: async () => {
      await Promise.all(underWay)
    },
  }
}

const baseOf = ({ options, counted, log }: Parts): StreamBase => ({
  queueLength: options.subscriptions.queueLength,
  onDrop: () => counted.onDrop('client'),
  onOver: (stream) => {
    stream.session.remove(stream)
    if (stream.isCounted) counted.closed(stream.sink.transport)
    if (stream.dropped > 0) log.warn({ dropped: stream.dropped }, 'a slow subscriber missed events')
  },
})

function keep(underWay: Set<Promise<void>>, answered: Promise<void>): void {
  underWay.add(answered)
  void answered.finally(() => underWay.delete(answered))
}

function refusalOf({ session, openOnConnection }: StreamClient, parts: Parts): GraphQLFormattedError | undefined {
  if (session.ended !== undefined) return session.ended
  const { maxPerConnection: maximum } = parts.options.subscriptions
  if (openOnConnection < maximum) return undefined
  return limitReached('maxPerConnection', `expected at most ${maximum} operations at once over one connection`, parts)
}

function limitReached(limit: 'maxOpen' | 'maxPerConnection', message: string, parts: Parts): GraphQLFormattedError {
  parts.countRefusal(limit)
  return plainError(limitError(message, { limit, maximum: parts.options.subscriptions[limit] }))
}

async function begin(operation: StreamedOperation, stream: ClientStream, parts: Parts): Promise<void> {
  const serving = parts.serving()
  const query = await documentOf(operation, serving)
  if (query instanceof GraphQLError) return stream.refuse([plainError(query)])
  const { identity, clientAddress: address } = stream.session
  const spent = parts.traffic.rateLimiter?.refusal({ identity, address })
  if (spent !== undefined) return stream.refuse([plainError(spent)])
  const parsed = serving.parse(query, operation.operationName ?? undefined, { identity, address })
  if ('errors' in parsed) return stream.refuse(parsed.errors.map(plainError))
  const request = requestOf(operation, parsed.document, stream, parts)
  try {
    if (parsed.operation.operation === 'subscription') await subscribe({ request, serving, stream }, query, parts)
    else await answerOnce({ request, serving, stream })
  } catch (error) {
    stream.deliver(new Answer({ data: null, errors: masked(error, request, parts) }))
    stream.finish()
  }
}

async function documentOf(operation: StreamedOperation, serving: Serving): Promise<string | GraphQLError> {
  const resolved = operation.isResolved ? operation : await serving.resolveDocument(operation)
  if ('refusal' in resolved) return resolved.refusal
  return typeof resolved.query === 'string'
    ? resolved.query
    : new GraphQLError('query: expected a GraphQL document', { extensions: { code: 'BAD_REQUEST' } })
}

function requestOf(
  { operationName, variables }: StreamedOperation,
  document: OperationRequest['document'],
  { session }: ClientStream,
  parts: Parts,
): OperationRequest {
  const { identity, headers, clientAddress } = session
  const signal = AbortSignal.timeout(parts.timeoutMs)
  const context = createRequestContext(headers, {
    identity,
    clientAddress,
    signal,
    deadline: performance.now() + parts.timeoutMs,
    overrides: parts.overrides,
    requestRules: parts.requestRules,
  })
  return { document, operationName: operationName ?? undefined, variables: variables ?? {}, context }
}

async function answerOnce({ request, serving, stream }: Begun): Promise<void> {
  const release = serving.hold()
  try {
    stream.deliver(new Answer(await serving.operations.execute(request)))
    stream.finish()
  } finally {
    release()
  }
}

async function subscribe(begun: Begun, query: string, parts: Parts): Promise<void> {
  const { request, serving, stream } = begun
  const { maxOpen } = parts.options.subscriptions
  if (parts.counted.open() >= maxOpen)
    return stream.refuse([limitReached('maxOpen', `the router has ${maxOpen} subscriptions open: try later`, parts)])
  stream.isCounted = true
  parts.counted.opened(stream.sink.transport)
  stream.session.add(stream)
  const prepared = await serving.operations.prepareSubscription(request)
  if (stream.isOver) return
  if (!('errors' in prepared)) return parts.following.follow({ ...begun, prepared, query })
  stream.deliver(new Answer({ errors: prepared.errors }))
  stream.finish()
}

const masked = (error: unknown, request: OperationRequest, { log }: Parts): GraphQLError[] =>
  maskErrors(
    [error instanceof GraphQLError ? error : new GraphQLError('unexpected', { originalError: error as Error })],
    { log, requestId: request.context.requestId },
  )
