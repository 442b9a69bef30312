import type { ExecutionResult, FormattedExecutionResult, GraphQLFormattedError } from 'graphql'
import { GraphQLError } from 'graphql'
import { z } from 'zod'
import { messageOf } from '#platform/kernel/errors.ts'
import { newId } from '#platform/kernel/ids.ts'
import { createQueue } from '#platform/live/queue.ts'
import type { Logger } from '#platform/runtime/logger.ts'
import { type FaultLog, maskErrors, maskSubgraphErrors, subgraphErrorSchema } from '../errors.ts'
import type { OperationRequest } from '../executor/executor.ts'
import type { PreparedSubscription } from '../operations/operations.ts'
import type { SubgraphAddress } from '../supergraph/load-supergraph.ts'
import { closeCodeOf, type Upstream } from './upstream.ts'

/** The answers of one subscription. `return()` frees the source at once, whatever `next()` is waiting for. */
export type Answers = AsyncIterableIterator<ExecutionResult>

type Parts = {
  upstream: Upstream
  subgraphs: readonly SubgraphAddress[]
  log: Logger
  /** Aborted with the reason, an error for the client, when its token no longer holds. */
  ended: AbortSignal
  /** The longest that the rest of an event's answer may take. */
  timeoutMs: number
}

const errorsSchema = z.array(subgraphErrorSchema)

/** Subscribes at the source, and answers each of its events in turn, completed from the other subgraphs. */
export function subscribe(prepared: PreparedSubscription, request: OperationRequest, parts: Parts): Answers {
  const { primary } = prepared.plan
  const { context } = request
  const at = { log: parts.log, requestId: context.requestId }
  const queue = createQueue<FormattedExecutionResult>(() => {
    parts.ended.removeEventListener('abort', onEnded)
    unsubscribe()
    if (queue.dropped() > 0)
      parts.log.warn({ requestId: context.requestId, dropped: queue.dropped() }, 'a slow subscriber missed events')
  })
  const finish = (errors: readonly GraphQLFormattedError[]) => {
    queue.push({ errors })
    queue.end()
  }
  const onEnded = () => finish([reasonOf(parts.ended)])
  const unsubscribe = parts.upstream.subscribe(
    sourceOf(primary.serviceName, parts.subgraphs),
    {
      query: primary.operation,
      operationName: primary.operationName,
      variables: pick(prepared.variables, primary.variableUsages ?? []),
    },
    context,
    {
      next: ({ data, errors }) =>
        queue.push({
          ...(data !== undefined && { data }),
          ...(errors && { errors: maskSubgraphErrors(errors, primary.serviceName, at) }),
        }),
      complete: () => queue.end(),
      error: (fault) => finish(faultErrors(fault, primary.serviceName, at)),
    },
  )
  parts.ended.addEventListener('abort', onEnded, { once: true })
  if (parts.ended.aborted) onEnded()
  return answers(queue, (event) => answer(event, prepared, request, parts))
}

/** Not an async generator: its `return()` would wait behind a pending `next()`, and the source leak until its next event. */
function answers(
  events: AsyncIterableIterator<FormattedExecutionResult>,
  toAnswer: (event: FormattedExecutionResult) => Promise<ExecutionResult>,
): Answers {
  let isLeft = false
  const iterator: Answers = {
    next: async () => {
      const event = await events.next()
      if (event.done || isLeft) return { value: undefined, done: true }
      return { value: await toAnswer(event.value), done: false }
    },
    return: async () => {
      isLeft = true
      await events.return?.()
      return { value: undefined, done: true }
    },
    [Symbol.asyncIterator]: () => iterator,
  }
  return iterator
}

/** An event without data is the source's error or the end: nothing can be fetched for it. Whatever fails is an answer too. */
async function answer(
  event: FormattedExecutionResult,
  prepared: PreparedSubscription,
  request: OperationRequest,
  parts: Parts,
): Promise<ExecutionResult> {
  const at = { log: parts.log, requestId: request.context.requestId }
  if (event.data === undefined || event.data === null)
    return { ...(event.data === null && { data: null }), errors: maskErrors(event.errors ?? [], at) }
  try {
    return await prepared.answer(event, { ...request.context, signal: AbortSignal.timeout(parts.timeoutMs) })
  } catch (error) {
    return {
      data: null,
      errors: maskErrors([new GraphQLError('an event could not be answered', { originalError: error as Error })], at),
    }
  }
}

/** What ended the subscription at its source, as errors: a refused token is the caller's, the rest is the subgraph's. */
function faultErrors(fault: unknown, serviceName: string, at: Required<FaultLog>): GraphQLFormattedError[] {
  const reported = errorsSchema.safeParse(fault)
  if (reported.success) return maskSubgraphErrors(reported.data, serviceName, at)
  const code = closeCodeOf(fault)
  if (code === 4401 || code === 4403)
    return [{ message: 'authorization: the token was refused', extensions: { code: 'UNAUTHENTICATED' } }]
  const errorId = newId()
  at.log.error(
    { errorId, requestId: at.requestId, subgraph: serviceName, closeCode: code, reason: messageOf(fault) },
    'a subscription lost its source',
  )
  return [
    {
      message: `the ${serviceName} subgraph could not be asked`,
      extensions: { code: 'DOWNSTREAM_SERVICE_ERROR', serviceName, errorId },
    },
  ]
}

function reasonOf(ended: AbortSignal): GraphQLFormattedError {
  const reason: unknown = ended.reason
  return reason instanceof GraphQLError
    ? reason.toJSON()
    : { message: 'the subscription has ended', extensions: { code: 'UNAUTHENTICATED' } }
}

function sourceOf(name: string, subgraphs: readonly SubgraphAddress[]): SubgraphAddress {
  const subgraph = subgraphs.find((candidate) => candidate.name === name)
  if (subgraph === undefined) throw new Error(`expected a subgraph of the supergraph, the plan names ${name}`)
  return subgraph
}

const pick = (variables: Readonly<Record<string, unknown>>, names: readonly string[]): Record<string, unknown> =>
  Object.fromEntries(names.filter((name) => variables[name] !== undefined).map((name) => [name, variables[name]]))
