import type { DocumentNode } from 'graphql'
import type { Logger } from '#platform/runtime/logger.ts'
import type { DeferredRequest } from '../executor/executor.ts'
import { newRun } from '../executor/run-plan.ts'
import type { SubgraphCalls } from '../executor/subgraph-calls.ts'
import type { PlannedOperation } from '../planner/planned-operation.ts'
import { refuseUnanswerable } from '../planner/unanswerable.ts'
import type { LoadedSupergraph } from '../supergraph/load-supergraph.ts'
import { compileDeferredPlan, type DeferredPlan } from './compile-deferred-plan.ts'
import { compileDeferredProjection } from './deferred-projection.ts'
import { withoutIntrospection } from './without-introspection.ts'
import { type DeferredAnswer, executeDeferred } from './execute-deferred.ts'

type Compiled = { plan: DeferredPlan; projection: ReturnType<typeof compileDeferredProjection> }
type Parts = {
  planOf: (request: DeferredRequest) => PlannedOperation | Promise<PlannedOperation>
  calls: SubgraphCalls
  log: Logger
}

/** Executes operations with `@defer`; each plan is compiled once per document that the viewers see. */
export function createDeferredExecution(
  supergraph: LoadedSupergraph,
  { planOf, calls, log }: Parts,
): (request: DeferredRequest) => Promise<DeferredAnswer> {
  const compiled = new WeakMap<PlannedOperation, WeakMap<DocumentNode, Compiled>>()
  const compiledOf = (planned: PlannedOperation, request: DeferredRequest): Compiled => {
    // The filtered document is made anew for each set of scopes, so what is denied is the same for one of them.
    const byDocument = compiled.get(planned) ?? new WeakMap<DocumentNode, Compiled>()
    const known = byDocument.get(request.document) ?? compile(supergraph, planned, request)
    compiled.set(planned, byDocument.set(request.document, known))
    return known
  }
  return async (request) => {
    const planned = await planOf({ ...request, document: withoutIntrospection(request.document) })
    refuseUnanswerable(planned, request)
    const { plan, projection } = compiledOf(planned, request)
    return executeDeferred(plan, projection(request.variables), newRun({ request, calls, log }), request.labels)
  }
}

function compile(supergraph: LoadedSupergraph, planned: PlannedOperation, request: DeferredRequest): Compiled {
  const { node } = planned.plan
  if (node?.kind === 'Subscription') throw new Error('expected the plan of a query or a mutation')
  const { document, client, denials } = request
  return {
    plan: compileDeferredPlan(supergraph, node),
    projection: compileDeferredProjection({ ...planned, schema: supergraph.apiSchema, document, client, denials }),
  }
}
