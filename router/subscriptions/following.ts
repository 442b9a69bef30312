import {
  type ExecutionResult,
  type FormattedExecutionResult,
  GraphQLError,
  type GraphQLFormattedError,
  print,
} from 'graphql'
import { maskErrors, maskSubgraphErrors } from '../errors.ts'
import type { OperationRequest } from '../executor/executor.ts'
import { COST_HEADER } from '../limits/operation-limits.ts'
import type { PreparedSubscription } from '../operations/operations.ts'
import type { FilteredOperation } from '../security/filter-operation.ts'
import type { SubgraphAddress } from '../supergraph/load-supergraph.ts'
import type { Serving } from '../supergraph/serving.ts'
import type { ClientStream } from './client-stream.ts'
import { createSharedSources, type SharedSources, type SourceSink } from './sharing/shared-sources.ts'
import { keyOf, sharedContext, sourceRequest } from './sharing/source-request.ts'
import { faultErrors } from './source-faults.ts'
import type { StreamMetrics } from './stream-metrics.ts'
import type { StreamParts } from './streams.ts'

/** An operation that is about to be answered. */
export type Begun = { request: OperationRequest; serving: Serving; stream: ClientStream }

/** Subscriptions of clients to sources in subgraphs. */
export type Following = {
  /** Answers each event of the source, completed from the other subgraphs, until the client leaves or it ends. */
  follow(subscription: Begun & { prepared: PreparedSubscription; query: string }): void
  /** Subscriptions open at subgraphs. */
  size(): number
}

type Parts = Pick<StreamParts, 'upstream' | 'log' | 'timeoutMs' | 'options'> & { counted: StreamMetrics }
type Subscription = Begun & { prepared: PreparedSubscription; query: string }

/** {@link Following}, shared among equal clients. A supergraph's subscriptions end when another has taken over. */
export function createFollowing(parts: Parts): Following {
  const byServing = new Map<Serving, SharedSources>()
  const sourcesOf = (serving: Serving): SharedSources => {
    const known = byServing.get(serving)
    if (known !== undefined) return known
    const sources = createSharedSources({
      queueLength: parts.options.subscriptions.queueLength,
      onJoined: parts.counted.onJoined,
      onDrop: () => parts.counted.onDrop('source'),
    })
    byServing.set(serving, sources)
    const onReplaced = () => {
      byServing.delete(serving)
      sources.finishAll([reasonOf(serving.replaced)])
    }
    serving.replaced.addEventListener('abort', onReplaced, { once: true })
    return sources
  }
  return {
    follow: (subscription) => {
      const { serving, stream } = subscription
      if (serving.replaced.aborted) return stream.finish([reasonOf(serving.replaced)])
      sourcesOf(serving).join(wishOf(subscription, parts), stream)
    },
    size: () => byServing.values().reduce((sum, sources) => sum + sources.size(), 0),
  }
}

function wishOf({ prepared, request, serving, query }: Subscription, parts: Parts) {
  const { primary } = prepared.plan
  const subgraph = sourceOf(primary.serviceName, serving.supergraph.subgraphs)
  const asked = sourceRequest(primary, prepared.variables)
  const context = sharedContext(request.context)
  const sourceKey = keyOf([subgraph.url, asked, context.forwarded.identity])
  const at = { log: parts.log, requestId: context.requestId }
  return {
    sourceKey,
    groupKey: keyOf([
      sourceKey,
      query,
      request.operationName,
      prepared.variables,
      accessOf(prepared),
      planOf(prepared),
      context.headers[COST_HEADER],
    ]),
    open: (sink: SourceSink) =>
      parts.upstream.subscribe(subgraph, asked, context, {
        next: ({ data, errors }) => {
          parts.counted.onEvent(subgraph.name)
          const event = {
            ...(data !== undefined && { data }),
            ...(errors && { errors: maskSubgraphErrors(errors, subgraph.name, at) }),
          }
          arrivals.set(event, performance.now())
          sink.next(event)
        },
        complete: () => sink.finish(),
        error: (fault) => sink.finish(faultErrors(fault, subgraph.name, at)),
      }),
    toAnswer: (event: FormattedExecutionResult) => answer(event, { prepared, serving, context }, parts),
  }
}

/** When an event came. What completes it must not be older: a call that is under way by then may have read before it. */
const arrivals = new WeakMap<FormattedExecutionResult, number>()

type Answering = { prepared: PreparedSubscription; serving: Serving; context: OperationRequest['context'] }

/**
 * An event without data is the source's error: nothing can be fetched for it. Whatever fails is an answer too. The
 * supergraph stays while an event is answered; between events the subscription does not hold it.
 */
async function answer(
  event: FormattedExecutionResult,
  { prepared, serving, context }: Answering,
  { log, timeoutMs }: Parts,
): Promise<ExecutionResult> {
  const at = { log, requestId: context.requestId }
  if (event.data === undefined || event.data === null)
    return { ...(event.data === null && { data: null }), errors: maskErrors(event.errors ?? [], at) }
  const release = serving.hold()
  try {
    const deadline = performance.now() + timeoutMs
    const readsSince = arrivals.get(event)
    return await prepared.answer(event, { ...context, signal: AbortSignal.timeout(timeoutMs), deadline, readsSince })
  } catch (error) {
    return {
      data: null,
      errors: maskErrors([new GraphQLError('an event could not be answered', { originalError: error as Error })], at),
    }
  } finally {
    release()
  }
}

/** What of the operation the client may see: policies may tell clients apart that are the same to the subgraphs. */
const accesses = new WeakMap<FilteredOperation, string>()
function accessOf({ filtered }: PreparedSubscription): string {
  const known = accesses.get(filtered)
  if (known !== undefined) return known
  const access = filtered.hasDenials ? keyOf([print(filtered.document), [...filtered.deniedTypes.keys()]]) : ''
  accesses.set(filtered, access)
  return access
}

/** Labels of `@override` may give one text two plans, which must not share answers. */
const planNumbers = new WeakMap<object, number>()
let plans = 0
function planOf({ plan }: PreparedSubscription): number {
  const known = planNumbers.get(plan.primary)
  if (known !== undefined) return known
  plans += 1
  planNumbers.set(plan.primary, plans)
  return plans
}

function reasonOf({ reason }: AbortSignal): GraphQLFormattedError {
  if (!(reason instanceof GraphQLError)) throw new Error('expected the reason to be an error for clients')
  return reason.toJSON()
}

function sourceOf(name: string, subgraphs: readonly SubgraphAddress[]): SubgraphAddress {
  const subgraph = subgraphs.find((candidate) => candidate.name === name)
  if (subgraph === undefined) throw new Error(`expected a subgraph of the supergraph, the plan names ${name}`)
  return subgraph
}
