import { type ExecutionResult, getOperationAST, type OperationTypeNode } from 'graphql'
import type { PlannedOperation } from '../planner/planned-operation.ts'
import type { LoadedSupergraph } from '../supergraph/load-supergraph.ts'
import type { KeptOperation } from '../caching/kept-answers.ts'
import { compileFetch, compilePlan, fetchesOf, type FetchStep, type PlanContext, type Step } from './compile-plan.ts'
import { compileProjection, type Project } from './compile-projection.ts'
import type { OperationRequest } from './executor.ts'
import { clone } from './json-data.ts'
import { reasonOf } from './on-abort.ts'
import { failRest, newRun, type Run, runStep, takeAnswer } from './run-plan.ts'

/** An operation made ready to run, once. `primary` takes an event, where it is a subscription. */
export type CompiledOperation = {
  /** Another for each. */
  readonly id: number
  readonly kind: OperationTypeNode
  readonly primary: FetchStep | undefined
  readonly step: Step | undefined
  readonly project: Project
  /** Where every fetch of it may be kept, and so its whole answer. */
  readonly kept: KeptOperation | undefined
}

let compiled = 0

/** Compiles the plan of the request's operation, and the projection of its answer. */
export function compileOperation(
  supergraph: Pick<LoadedSupergraph, 'apiSchema'> & PlanContext,
  planned: PlannedOperation,
  request: Pick<OperationRequest, 'document' | 'operationName'>,
): CompiledOperation {
  const { node } = planned.plan
  const operation = getOperationAST(request.document, request.operationName)
  if (!operation) throw new Error('expected an operation of the document')
  const isSubscription = node?.kind === 'Subscription'
  const step = compilePlan(supergraph, isSubscription ? node.rest : node)
  compiled += 1
  return {
    id: compiled,
    kind: operation.operation,
    primary: isSubscription ? compileFetch(supergraph, node.primary) : undefined,
    step,
    kept: operation.operation === 'query' ? keptOf(compiled, step) : undefined,
    project: compileProjection({ ...planned, ...request, schema: supergraph.apiSchema }),
  }
}

function keptOf(id: number, step: Step | undefined): KeptOperation | undefined {
  const fetches = step === undefined ? [] : fetchesOf(step)
  if (fetches.length === 0 || fetches.some(({ caching }) => caching?.kind !== 'keeps')) return undefined
  return { id, subgraphs: [...new Set(fetches.map(({ subgraph }) => subgraph.name))].toSorted() }
}

/** A run that has begun, and its answer. */
export type Begun = { run: Run; result: Promise<ExecutionResult> }

/** Begins to execute `operation` for `request`. */
export function begin(operation: CompiledOperation, parts: Pick<Run, 'request' | 'calls' | 'cache' | 'log'>): Begun {
  // What an event tells of may be newer than what is kept, and nobody would tell its subscribers again.
  const run = newRun(parts.request.event === undefined ? parts : { ...parts, cache: undefined })
  return { run, result: finish(operation, parts.request, run) }
}

async function finish(
  { primary, step, project }: CompiledOperation,
  { event, variables }: Run['request'],
  run: Run,
): Promise<ExecutionResult> {
  // Several listeners may get one event, and each merges into what it got.
  if (primary !== undefined && event !== undefined)
    takeAnswer(primary, { data: clone(event.data ?? null), errors: event.errors ?? [] }, run)
  await runStep(step, run)
  return project(run, variables)
}

/** The answer for a request that can wait for `run` no longer: what was not fetched yet is null, with an error that says so. */
export function cutShort({ step, project }: CompiledOperation, run: Run, request: OperationRequest): ExecutionResult {
  const own: Run = { ...run, request, errors: [...run.errors] }
  failRest(step, own, reasonOf(request.context.signal))
  return project(own, request.variables)
}
