import type { QueryPlan } from '@apollo/query-planner'
import type { DocumentNode, ExecutionResult } from 'graphql'
import type { Logger } from '#platform/runtime/logger.ts'
import type { PlannedOperation } from '../planner/planned-operation.ts'
import type { Planner } from '../planner/planner.ts'
import { refuseUnanswerable } from '../planner/unanswerable.ts'
import type { LoadedSupergraph } from '../supergraph/load-supergraph.ts'
import { compileFetch, compilePlan, type FetchStep, type Step } from './compile-plan.ts'
import { compileProjection, type Project } from './compile-projection.ts'
import type { Executor, OperationRequest, SubscriptionPlan } from './executor.ts'
import { clone } from './json-data.ts'
import { type Run, runStep, takeAnswer } from './run-plan.ts'
import type { SubgraphCalls } from './subgraph-calls.ts'

type Asked = Pick<OperationRequest, 'document' | 'operationName' | 'context'>

/** An executor that compiles each plan once and runs it many times. */
export function createCompiledExecutor(
  supergraph: LoadedSupergraph,
  options: { planner: Pick<Planner, 'plan'>; calls: SubgraphCalls; log: Logger },
): Executor {
  const { planner, calls, log } = options
  const planOf = ({ document, operationName, context }: Asked) =>
    planner.plan(document, operationName, context.isOverridden)
  const compiled = new WeakMap<PlannedOperation, WeakMap<DocumentNode, Compiled>>()
  const compiledOf = (planned: PlannedOperation, request: OperationRequest): Compiled => {
    const byDocument = compiled.get(planned) ?? new WeakMap<DocumentNode, Compiled>()
    const known = byDocument.get(request.document) ?? compile(supergraph, planned, request)
    compiled.set(planned, byDocument.set(request.document, known))
    return known
  }
  return {
    planSubscription: async (request) => subscriptionPlanOf((await planOf(request)).plan),
    execute: async (request) => {
      const plan = planOf(request)
      const planned = plan instanceof Promise ? await plan : plan
      refuseUnanswerable(planned, request)
      return execute(compiledOf(planned, request), request, { calls, log })
    },
  }
}

/** The source of a subscription, and the rest of each event's answer. */
export function subscriptionPlanOf({ node }: QueryPlan): SubscriptionPlan {
  if (node?.kind !== 'Subscription') throw new Error(`expected the plan of a subscription, got ${node?.kind}`)
  return { primary: node.primary, rest: node.rest }
}

/** `primary` takes an event, where the operation is a subscription. */
type Compiled = { primary: FetchStep | undefined; step: Step | undefined; project: Project }

function compile(supergraph: LoadedSupergraph, planned: PlannedOperation, request: OperationRequest): Compiled {
  const { node } = planned.plan
  const isSubscription = node?.kind === 'Subscription'
  return {
    primary: isSubscription ? compileFetch(supergraph, node.primary) : undefined,
    step: compilePlan(supergraph, isSubscription ? node.rest : node),
    project: compileProjection({ ...planned, ...request, schema: supergraph.apiSchema }),
  }
}

async function execute(
  { primary, step, project }: Compiled,
  request: OperationRequest,
  parts: Pick<Run, 'calls' | 'log'>,
): Promise<ExecutionResult> {
  const run: Run = { ...parts, data: {}, errors: [], request, memo: new Map() }
  const { event, variables } = request
  // Several listeners may get one event, and each merges into what it got.
  if (primary !== undefined && event !== undefined)
    takeAnswer(primary, { data: clone(event.data ?? null), errors: event.errors ?? [] }, run)
  await runStep(step, run)
  return project(run, variables)
}
