import type { GraphQLError } from 'graphql'
import type { Logger } from '#platform/runtime/logger.ts'
import type { FetchCache } from '../caching/fetch-cache.ts'
import type { FetchCaching } from '../caching/fetch-caching.ts'
import type { KeptPart } from '../caching/kept-answers.ts'
import type { Batch } from './batch.ts'
import type { FetchStep, Step } from './compile-plan.ts'
import type { OperationRequest } from './executor.ts'
import { type ContextGroup, groupByContext } from './context-values.ts'
import { answerErrors, failureErrors, missingErrors } from './fetch-errors.ts'
import { findTargets, forget, type Found, nothingFound, noteMerged } from './found.ts'
import { clone, type Data, isData, merge, mergeInto } from './json-data.ts'
import { type Piece, piecesOf } from './pieces.ts'
import { type Answer, cloneAnswer } from './subgraph-answer.ts'
import type { SubgraphCalls } from './subgraph-calls.ts'

/** One execution of a plan: what was found and what failed so far. */
export type Run = {
  readonly data: Data
  readonly errors: GraphQLError[]
  readonly request: Pick<OperationRequest, 'variables' | 'context' | 'event'>
  readonly calls: SubgraphCalls
  readonly log: Logger
  /** Answers of this request's queries that another fetch of its plan may ask for again. */
  readonly memo: Map<string, Promise<Answer>>
  /** The fetches that are over. */
  readonly done: Set<FetchStep>
  /** What is known of the objects of `data`. */
  readonly found: Found
  /** Whether any call was answered, or failed. */
  hasAnswers: boolean
  /** What was kept of former answers, where any is. */
  readonly cache?: FetchCache | undefined
  /** What of it is kept, or was; undefined where a part of it may not be. */
  parts: KeptPart[] | undefined
  /** Until when an equal request would have been answered the same of what is kept. */
  keptUntilMs: number
}

/** A run that has fetched nothing yet. */
export const newRun = (parts: Pick<Run, 'request' | 'calls' | 'cache' | 'log'>): Run => ({
  ...parts,
  data: {},
  errors: [],
  memo: new Map(),
  done: new Set(),
  found: nothingFound(),
  hasAnswers: false,
  parts: [],
  keptUntilMs: Number.POSITIVE_INFINITY,
})

/** Runs a compiled plan; resolves when all of it was fetched. What fails is in `run.errors`, the rest goes on. */
export function runStep(step: Step | undefined, run: Run): Promise<unknown> {
  if (step === undefined) return NOTHING
  if (step.kind === 'fetch') return runFetch(step, run)
  if (step.kind === 'condition')
    return runStep(run.request.variables[step.variable] === true ? step.met : step.otherwise, run)
  if (step.kind === 'parallel') return Promise.all(step.steps.map((inner) => runStep(inner, run)))
  return runSequence(step.steps, run)
}

const NOTHING: Promise<unknown> = Promise.resolve()

async function runSequence(steps: readonly Step[], run: Run): Promise<void> {
  for (const step of steps) await runStep(step, run)
}

/** Notes, in `run.errors`, that nothing of what is not done yet will be fetched. */
export function failRest(step: Step | undefined, run: Run, reason: Error): void {
  if (step === undefined) return
  if (step.kind === 'condition')
    return failRest(run.request.variables[step.variable] === true ? step.met : step.otherwise, run, reason)
  if (step.kind !== 'fetch') return step.steps.forEach((inner) => failRest(inner, run, reason))
  if (run.done.has(step)) return
  for (const { step: asked, batch } of piecesOf(step, targetsOf(step, run), run))
    run.errors.push(...failureErrors(reason, { step: asked, run, batch }))
}

/** Takes an answer to a fetch of root fields for its result, as the event of a subscription is one. */
export function takeAnswer(step: FetchStep, answer: Answer, run: Run): void {
  run.errors.push(...answerErrors(answer.errors, { step, run, batch: undefined }))
  if (answer.data === null) return
  step.rewriteOutput?.(answer.data)
  const targets = targetsOf(step, run)
  forget(run.found)
  for (const target of targets) {
    step.keepTypes?.(target, answer.data)
    merge(target, step.isCopied ? clone(answer.data) : answer.data)
  }
}

async function runFetch(step: FetchStep, run: Run): Promise<void> {
  const { contextOf, paths } = step
  if (contextOf === undefined) await fetchFor(step, { targets: targetsOf(step, run), values: NO_VALUES }, run)
  else {
    const groups = groupByContext(run.data, paths, contextOf)
    await Promise.all(groups.map((group) => fetchFor(step, group, run)))
  }
  run.done.add(step)
}

const NO_VALUES: Data = {}

/** One promise for the one call that there mostly is: of the layers around a call each costs a third of a microsecond. */
function fetchFor(step: FetchStep, { targets, values }: ContextGroup, run: Run): Promise<unknown> {
  const pieces = piecesOf(step, targets, run)
  const [first] = pieces
  if (first !== undefined && pieces.length === 1) return fetchPiece(first, values, run)
  return Promise.all(pieces.map((piece) => fetchPiece(piece, values, run)))
}

async function fetchPiece({ step, batch }: Piece, values: Data, run: Run): Promise<void> {
  if (run.cache !== undefined && step.caching !== undefined)
    return fetchThrough(run.cache, { step, caching: step.caching, batch, values }, run)
  const answer = await ask(step, { batch, values }, run)
  if (answer !== undefined) take(step, answer, batch, run)
}

function take(step: FetchStep, answer: Answer, batch: Batch | undefined, run: Run): void {
  if (batch === undefined) takeAnswer(step, answer, run)
  else takeEntities(step, answer, batch, run)
}

type Cacheable = { step: FetchStep; caching: FetchCaching; batch: Batch | undefined; values: Data }

const fetchThrough = (cache: FetchCache, { step, caching, batch, values }: Cacheable, run: Run): Promise<void> =>
  cache.fetch(
    { caching, batch, variables: variablesOf(step, values, run).join(','), context: run.request.context },
    {
      ask: (missing, since) => ask(step, { batch: missing, values, changes: since.changes }, run),
      take: (answer, part) => take(step, answer, part, run),
      note: (parts) => noteParts(parts, run),
    },
  )

function noteParts(parts: readonly KeptPart[] | undefined, run: Run): void {
  if (parts === undefined) run.parts = undefined
  else run.parts?.push(...parts)
  for (const { untilMs } of parts ?? []) run.keptUntilMs = Math.min(run.keptUntilMs, untilMs)
}

const targetsOf = ({ pathTree }: FetchStep, { data, found }: Run): readonly Data[] => findTargets(data, pathTree, found)

/** `changes`: how many were known when it was asked for, where its answer may be kept. */
type Asked = { batch: Batch | undefined; values: Data; changes?: number }

/** Undefined where there was no answer: the errors are noted then. */
async function ask(step: FetchStep, asked: Asked, run: Run): Promise<Answer | undefined> {
  const { batch } = asked
  try {
    const answer = await send(step, bodyOf(step, asked, run), asked.changes, run)
    run.hasAnswers = true
    if (batch !== undefined && answer.data !== null) expectEntities(answer.data, batch, step)
    return answer
  } catch (error) {
    run.hasAnswers = true
    run.errors.push(...failureErrors(error, { step, run, batch }))
    return undefined
  }
}

function bodyOf(step: FetchStep, { batch, values }: Asked, run: Run): string {
  const members = batch === undefined ? [] : [`"representations":[${batch.map(({ text }) => text).join(',')}]`]
  return `${step.bodyStart},"variables":{${[...members, ...variablesOf(step, values, run)].join(',')}}}`
}

function variablesOf({ node }: FetchStep, values: Data, { request: { variables } }: Run): string[] {
  const members: string[] = []
  for (const name of node.variableUsages ?? []) {
    const value = values[name] ?? variables[name]
    if (value !== undefined) members.push(`${JSON.stringify(name)}:${JSON.stringify(value)}`)
  }
  return members
}

function send(
  { node, subgraph, isRepeated }: FetchStep,
  body: string,
  changes: number | undefined,
  run: Run,
): Promise<Answer> {
  const isQuery = node.operationKind === 'query'
  const call = { subgraph, body, isQuery, context: run.request.context, changes }
  if (!isRepeated || !isQuery) return run.calls.ask(call)
  const key = `${changes} ${subgraph.name} ${body}`
  const known = run.memo.get(key) ?? run.calls.ask(call)
  run.memo.set(key, known)
  return known.then(cloneAnswer)
}

function expectEntities({ _entities: entities }: Data, batch: Batch, { subgraph }: FetchStep): void {
  if (Array.isArray(entities) && entities.length === batch.length) return
  throw new Error(
    `expected ${batch.length} entities of ${subgraph.name}, got ${JSON.stringify(entities)?.slice(0, 200)}`,
  )
}

function takeEntities(step: FetchStep, answer: Answer, batch: Batch, run: Run): void {
  run.errors.push(...answerErrors(answer.errors, { step, run, batch }))
  if (answer.data === null) return
  const { isCopied, rewriteOutput, keepTypes } = step
  const entities = answer.data['_entities'] as unknown[]
  run.errors.push(...missingErrors(entities, answer.errors, { step, run, batch }))
  for (const [index, { targets }] of batch.entries()) {
    const entity = entities[index]
    if (!isData(entity)) continue
    // The rewrites ask for the type, which is that of the object it is for.
    entity['__typename'] ??= targets[0]?.['__typename']
    rewriteOutput?.(entity)
    if (keepTypes !== undefined) for (const target of targets) keepTypes(target, entity)
    if (isCopied) for (const target of targets) merge(target, clone(entity))
    else mergeInto(targets, entity)
    noteMerged(entity, isCopied ? [] : targets, run.found)
  }
}
