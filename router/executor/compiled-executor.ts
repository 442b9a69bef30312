import type { QueryPlan } from '@apollo/query-planner'
import { type DocumentNode, type ExecutionResult, getOperationAST } from 'graphql'
import type { Logger } from '#platform/runtime/logger.ts'
import type { RouterOptions } from '../options/router-options.ts'
import type { PlannedOperation } from '../planner/planned-operation.ts'
import { createDeferredExecution } from '../defer/deferred-execution.ts'
import type { Planner } from '../planner/planner.ts'
import { isPlanningFailure } from '../planner/planner.ts'
import { refuseUnanswerable } from '../planner/unanswerable.ts'
import type { SupergraphCaching } from '../caching/caching.ts'
import type { LoadedSupergraph } from '../supergraph/load-supergraph.ts'
import { begin, type CompiledOperation, compileOperation } from './compiled-operation.ts'
import type { Executor, OperationRequest, SubscriptionPlan } from './executor.ts'
import { beginKeeping, findKept } from './kept-runs.ts'
import { createSharedRuns } from './shared-runs.ts'
import type { SubgraphCalls } from './subgraph-calls.ts'

type Asked = Pick<OperationRequest, 'document' | 'operationName' | 'context'>
type Options = {
  planner: Pick<Planner, 'plan'>
  calls: SubgraphCalls
  /** What equal requests share; nothing where it is left out. */
  sharing?: (RouterOptions['sharing'] & { onShared?: () => void }) | undefined
  /** What is kept of answers, where anything is. */
  caching?: SupergraphCaching | undefined
  log: Logger
}

/** An executor that compiles each plan once and runs it many times. */
export function createCompiledExecutor(supergraph: LoadedSupergraph, options: Options): Executor {
  const { planner, calls, sharing, caching, log } = options
  const cache = caching?.cache
  const planOf = ({ document, operationName, context }: Asked) =>
    planner.plan(document, operationName, context.isOverridden)
  const compiled = new WeakMap<PlannedOperation, WeakMap<DocumentNode, CompiledOperation>>()
  const compiledOf = (
    planned: PlannedOperation,
    request: Pick<OperationRequest, 'document' | 'operationName'>,
  ): CompiledOperation => {
    const byDocument = compiled.get(planned) ?? new WeakMap<DocumentNode, CompiledOperation>()
    const known = byDocument.get(request.document)
    if (known !== undefined) return known
    const operation = compileOperation({ ...supergraph, cachingOf: caching?.cachingOf }, planned, request)
    compiled.set(planned, byDocument.set(request.document, operation))
    return operation
  }
  const shared = createSharedRuns({
    calls,
    cache,
    log,
    untilAnswered: sharing?.incoming ?? false,
    onShared: sharing?.onShared,
  })
  const isShared = sharing !== undefined && (sharing.inFlight || sharing.incoming)
  const run = (operation: CompiledOperation, request: OperationRequest): Promise<ExecutionResult> => {
    const known = findKept(cache, operation, request)
    if (known !== undefined) return Promise.resolve(known)
    if (isShared && operation.kind === 'query' && !request.context.signal.aborted)
      return shared.execute(operation, request)
    const { result } = beginKeeping(operation, { request, calls, cache, log })
    return operation.kind === 'mutation' ? result.finally(shared.written) : result
  }
  const deferred = createDeferredExecution(supergraph, { planOf, calls, log })
  return {
    executeDeferred: (request) => {
      const isMutation = getOperationAST(request.document, request.operationName)?.operation === 'mutation'
      return isMutation ? deferred(request).finally(shared.written) : deferred(request)
    },
    warm: async ({ document, operationName }) => {
      try {
        const planned = await planner.plan(document, operationName, () => false)
        compiledOf(planned, { document, operationName })
      } catch (error) {
        // Whoever asks for it is told.
        if (!isPlanningFailure(error)) throw error
      }
    },
    planSubscription: async (asked) => {
      const planned = await planOf(asked)
      return {
        ...subscriptionPlanOf(planned.plan),
        answer: (request) => begin(compiledOf(planned, request), { request, calls, log }).result,
      }
    },
    execute: async (request) => {
      const plan = planOf(request)
      const planned = plan instanceof Promise ? await plan : plan
      refuseUnanswerable(planned, request)
      return run(compiledOf(planned, request), request)
    },
  }
}

/** The source of a subscription, and the rest of each event's answer. */
export function subscriptionPlanOf({ node }: QueryPlan): Pick<SubscriptionPlan, 'primary' | 'rest'> {
  if (node?.kind !== 'Subscription') throw new Error(`expected the plan of a subscription, got ${node?.kind}`)
  return { primary: node.primary, rest: node.rest }
}
