import type { GraphQLError } from 'graphql'
import type { Logger } from '#platform/runtime/logger.ts'
import type { FetchStep, Step } from './compile-plan.ts'
import type { OperationRequest } from './executor.ts'
import { type ContextGroup, groupByContext } from './context-values.ts'
import { answerErrors, failureErrors, missingErrors } from './fetch-errors.ts'
import { clone, type Data, isData, merge } from './json-data.ts'
import { type Answer, cloneAnswer } from './subgraph-answer.ts'
import type { SubgraphCalls } from './subgraph-calls.ts'
import { targetsAt } from './targets.ts'

/** One execution of a plan: what was found and what failed so far. */
export type Run = {
  readonly data: Data
  readonly errors: GraphQLError[]
  readonly request: Pick<OperationRequest, 'variables' | 'context'>
  readonly calls: SubgraphCalls
  readonly log: Logger
  /** Answers of this request's queries that another fetch of its plan may ask for again. */
  readonly memo: Map<string, Promise<Answer>>
}

/** Runs a compiled plan; resolves when all of it was fetched. What fails is in `run.errors`, the rest goes on. */
export async function runStep(step: Step | undefined, run: Run): Promise<void> {
  if (step === undefined) return
  if (step.kind === 'fetch') return runFetch(step, run)
  if (step.kind === 'condition')
    return runStep(run.request.variables[step.variable] === true ? step.met : step.otherwise, run)
  if (step.kind === 'parallel') return void (await Promise.all(step.steps.map((inner) => runStep(inner, run))))
  for (const inner of step.steps) await runStep(inner, run)
}

/** Takes an answer to a fetch of root fields for its result, as the event of a subscription is one. */
export function takeAnswer(step: FetchStep, answer: Answer, run: Run): void {
  run.errors.push(...answerErrors(answer.errors, { step, run, batch: undefined }))
  if (answer.data === null) return
  step.rewriteOutput?.(answer.data)
  for (const target of targetsOf(step, run)) merge(target, step.isCopied ? clone(answer.data) : answer.data)
}

/** The entities of one fetch: each representation once, and for every target which of them is its own. */
export type Batch = {
  /** The representations as JSON, and the first target of each. */
  texts: string[]
  representations: Data[]
  owners: Data[]
  targets: Data[]
  indexes: number[]
}

async function runFetch(step: FetchStep, run: Run): Promise<void> {
  const { contextOf, paths } = step
  if (contextOf === undefined) return fetchFor(step, { targets: targetsOf(step, run), values: NO_VALUES }, run)
  const groups = groupByContext(run.data, paths, contextOf)
  await Promise.all(groups.map((group) => fetchFor(step, group, run)))
}

const NO_VALUES: Data = {}

async function fetchFor(step: FetchStep, { targets, values }: ContextGroup, run: Run): Promise<void> {
  if (targets.length === 0) return
  const batch = step.represent && batchOf(step, targets)
  if (batch?.texts.length === 0) return
  const answer = await ask(step, { batch, values }, run)
  if (answer === undefined) return
  if (batch === undefined) takeAnswer(step, answer, run)
  else takeEntities(step, answer, batch, run)
}

const targetsOf = ({ paths }: FetchStep, { data }: Run): Data[] => paths.flatMap((path) => targetsAt(data, path))

function batchOf({ represent, rewriteInput }: FetchStep, targets: readonly Data[]): Batch {
  const batch: Batch = { texts: [], representations: [], owners: [], targets: [], indexes: [] }
  const known = new Map<string, number>()
  for (const target of targets) {
    const representation = represent?.(target)
    if (representation === undefined) continue
    rewriteInput?.(representation)
    const text = JSON.stringify(representation)
    let index = known.get(text)
    if (index === undefined) {
      index = batch.texts.push(text) - 1
      batch.representations.push(representation)
      batch.owners.push(target)
      known.set(text, index)
    }
    batch.targets.push(target)
    batch.indexes.push(index)
  }
  return batch
}

type Asked = { batch: Batch | undefined; values: Data }

/** Undefined where there was no answer: the errors are noted then. */
async function ask(step: FetchStep, asked: Asked, run: Run): Promise<Answer | undefined> {
  const { batch } = asked
  try {
    const answer = await send(step, bodyOf(step, asked, run), run)
    if (batch !== undefined && answer.data !== null) expectEntities(answer.data, batch, step)
    return answer
  } catch (error) {
    run.errors.push(...failureErrors(error, { step, run, batch }))
    return undefined
  }
}

function bodyOf({ bodyStart, node }: FetchStep, { batch, values }: Asked, { request: { variables } }: Run): string {
  const members = batch === undefined ? [] : [`"representations":[${batch.texts.join(',')}]`]
  for (const name of node.variableUsages ?? []) {
    const value = values[name] ?? variables[name]
    if (value !== undefined) members.push(`${JSON.stringify(name)}:${JSON.stringify(value)}`)
  }
  return `${bodyStart},"variables":{${members.join(',')}}}`
}

async function send({ node, subgraph, isRepeated }: FetchStep, body: string, run: Run): Promise<Answer> {
  const isQuery = node.operationKind === 'query'
  const call = { subgraph, body, isQuery, context: run.request.context }
  if (!isRepeated || !isQuery) return run.calls.ask(call)
  const key = `${subgraph.name} ${body}`
  const known = run.memo.get(key) ?? run.calls.ask(call)
  run.memo.set(key, known)
  return cloneAnswer(await known)
}

function expectEntities({ _entities: entities }: Data, { texts }: Batch, { subgraph }: FetchStep): void {
  if (Array.isArray(entities) && entities.length === texts.length) return
  throw new Error(
    `expected ${texts.length} entities of ${subgraph.name}, got ${JSON.stringify(entities)?.slice(0, 200)}`,
  )
}

function takeEntities(step: FetchStep, answer: Answer, batch: Batch, run: Run): void {
  run.errors.push(...answerErrors(answer.errors, { step, run, batch }))
  if (answer.data === null) return
  const { isCopied } = step
  const entities = answer.data['_entities'] as unknown[]
  run.errors.push(...missingErrors(entities, answer.errors, { step, run, batch }))
  const ready = entities.map((entity, index) => prepare(entity, batch, index, step))
  for (const [position, target] of batch.targets.entries()) {
    const entity = ready[batch.indexes[position] ?? -1]
    if (entity !== undefined) merge(target, isCopied ? clone(entity) : entity)
  }
}

function prepare(entity: unknown, batch: Batch, index: number, { rewriteOutput }: FetchStep): Data | undefined {
  if (!isData(entity)) return undefined
  // The rewrites ask for the type, which is that of the object it is for.
  entity['__typename'] ??= batch.owners[index]?.['__typename']
  rewriteOutput?.(entity)
  return entity
}
