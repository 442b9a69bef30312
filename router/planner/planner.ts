import type { QueryPlan } from '@apollo/query-planner'
import { type DocumentNode, GraphQLError, Kind, print, separateOperations, stripIgnoredCharacters } from 'graphql'
import { createCache } from '../caches.ts'
import type { LoadedSupergraph } from '../supergraph/load-supergraph.ts'
import { type AliasedOperation, aliasFields } from './alias-fields.ts'
import { bareIntrospection } from './bare-introspection.ts'
import { aroundObjects } from './conditional-objects.ts'
import { relevantLabels } from './override-labels.ts'
import { createPlanWorkers, type PlanWorkersOptions } from './plan-workers.ts'
import type { PlannedOperation } from './planned-operation.ts'
import type { PlanFailure, PlanRequest } from './plan-operation.ts'

/** Whether the `@override` with this label is on for the request. It must not change its mind within one. */
export type IsOverridden = (label: string) => boolean

/** How often what happened; all of it only grows, but `size`, `characters` and `waiting`, which are what is held now. */
export type PlannerCounters = {
  /** Answered from memory. */
  hits: number
  /** Planned. */
  planned: number
  /** Waited for the plan that another asked for. */
  joined: number
  /** Could not be planned. */
  failed: number
  /** Forgotten, to make room. */
  evicted: number
  /** Plans that are held, and the length of their texts. */
  size: number
  characters: number
  /** Operations that wait for a thread. */
  waiting: number
  /** Threads that an operation took down. */
  lostThreads: number
}

/** Plans operations off the thread that asks, each once, and remembers the plans. */
export type Planner = {
  /** At once where the plan is known. Throws, or rejects with, `QUERY_PLANNING_FAILED`. */
  plan(
    document: DocumentNode,
    operationName: string | undefined,
    isOverridden: IsOverridden,
  ): PlannedOperation | Promise<PlannedOperation>
  /** What was planned, the latest used first: enough to plan it again. */
  recent(): PlanRequest[]
  /** Plans ahead of the first request. What can't be planned is left out. */
  warm(requests: readonly PlanRequest[]): Promise<void>
  counters(): PlannerCounters
  stop(): Promise<void>
}

export type PlannerOptions = PlanWorkersOptions & { maxPlans?: number; maxCharacters?: number }

// Clients send the same documents again and again; a shop has hundreds of them.
const REMEMBERED_PLANS = 2_000
// A plan is 1 to 100 KB as text, and about five times that as objects.
const REMEMBERED_CHARACTERS = 32_000_000
const REMEMBERED_REFUSALS = 200

/** The plan of one operation, and the planned operations made of it: one for each document that has it. */
type Entry = {
  request: PlanRequest
  plan: QueryPlan
  unanswerable: ReadonlySet<string>
  byDocument: WeakMap<DocumentNode, PlannedOperation>
  characters: number
}
/** What is known of a document without its plan. */
type Prepared = AliasedOperation & { text: string; labels: readonly string[] }

/** The planner for one supergraph. */
export function createPlanner({ mended }: Pick<LoadedSupergraph, 'mended'>, options: PlannerOptions): Planner {
  const workers = createPlanWorkers(mended, options)
  const counted = { hits: 0, planned: 0, joined: 0, failed: 0, evicted: 0 }
  const prepared = new WeakMap<DocumentNode, Map<string, Prepared>>()
  const underWay = new Map<string, Promise<Entry>>()
  // So that asking again for what can't be planned keeps no thread busy.
  const refused = createCache<string, GraphQLError>('refused_plans', { max: REMEMBERED_REFUSALS })
  const entries = createCache<string, Entry>('plans', {
    max: options.maxPlans ?? REMEMBERED_PLANS,
    maxSize: options.maxCharacters ?? REMEMBERED_CHARACTERS,
    sizeCalculation: ({ characters }) => characters,
    dispose: (_entry, _key, reason) => void (reason === 'evict' && (counted.evicted += 1)),
  })
  const pathNames = new Map([...mended.standIns].map(([key, { name }]) => [key, name]))

  const prepare = (document: DocumentNode, operationName: string | undefined): Prepared => {
    const byName = prepared.get(document) ?? new Map<string, Prepared>()
    const known = byName.get(operationName ?? '')
    if (known !== undefined) return known
    const aliased = aliasFields(document, mended.readNames)
    const made = {
      ...aliased,
      text: textOf(aroundObjects(bareIntrospection(aliased.document)), operationName),
      labels: relevantLabels(document, mended),
    }
    prepared.set(document, byName.set(operationName ?? '', made))
    return made
  }
  const planOnce = (key: string, request: PlanRequest): Promise<Entry> => {
    const waiting = underWay.get(key)
    if (waiting !== undefined) {
      counted.joined += 1
      return waiting
    }
    const asked = workers.plan(request).then((answer) => {
      underWay.delete(key)
      if ('failure' in answer) {
        counted.failed += 1
        const error = planningFailed(answer)
        if (answer.isFinal) refused.set(key, error)
        throw error
      }
      counted.planned += 1
      const entry = entryOf(request, answer, key)
      entries.set(key, entry)
      return entry
    })
    underWay.set(key, asked)
    return asked
  }
  return {
    plan: (document, operationName, isOverridden) => {
      const operation = prepare(document, operationName)
      const labels = operation.labels.filter(isOverridden)
      const key = keyOf(operation.text, labels)
      const toPlanned = (entry: Entry) => plannedOf(entry, document, operation, pathNames)
      const known = entries.get(key)
      if (known !== undefined) {
        counted.hits += 1
        return toPlanned(known)
      }
      const refusal = refused.get(key)
      if (refusal !== undefined) throw refusal
      return planOnce(key, { text: operation.text, labels }).then(toPlanned)
    },
    recent: () => [...entries.values()].map(({ request }) => request),
    warm: async (requests) => {
      await Promise.allSettled(requests.map((request) => planOnce(keyOf(request.text, request.labels), request)))
    },
    counters: () => ({
      ...counted,
      size: entries.size,
      characters: entries.calculatedSize,
      waiting: workers.waiting(),
      lostThreads: workers.lost(),
    }),
    stop: workers.stop,
  }
}

/** The error of an operation that has no plan. */
export const planningFailed = ({ failure, reason }: PlanFailure): GraphQLError =>
  new GraphQLError(`the operation can't be planned: ${failure}`, {
    extensions: { code: 'QUERY_PLANNING_FAILED' },
    ...(reason !== undefined && { originalError: new Error(reason) }),
  })

/** That an operation can't be planned is an answer to its client, not a fault of the router. */
export const isPlanningFailure = (error: unknown): error is GraphQLError =>
  error instanceof GraphQLError && error.extensions['code'] === 'QUERY_PLANNING_FAILED'

/** The same for all documents with the operation: without the others in the document, comments and layout. */
function textOf(document: DocumentNode, operationName: string | undefined): string {
  const count = document.definitions.filter(({ kind }) => kind === Kind.OPERATION_DEFINITION).length
  const own = count > 1 ? separateOperations(document)[operationName ?? ''] : document
  return stripIgnoredCharacters(print(own ?? document))
}

const keyOf = (text: string, labels: readonly string[]): string =>
  labels.length === 0 ? text : `${JSON.stringify(labels)}${text}`

const entryOf = (
  request: PlanRequest,
  answer: { plan: string; unanswerable: readonly string[] },
  key: string,
): Entry => ({
  request,
  plan: JSON.parse(answer.plan) as QueryPlan,
  unanswerable: new Set(answer.unanswerable),
  byDocument: new WeakMap(),
  characters: answer.plan.length + key.length,
})

function plannedOf(
  entry: Entry,
  given: DocumentNode,
  { document, sourceKeys, givenAliases }: Prepared,
  pathNames: ReadonlyMap<string, string>,
): PlannedOperation {
  const known = entry.byDocument.get(given)
  if (known !== undefined) return known
  const names = givenAliases.size === 0 ? pathNames : new Map([...pathNames, ...givenAliases])
  const planned = { plan: entry.plan, document, sourceKeys, pathNames: names, unanswerable: entry.unanswerable }
  entry.byDocument.set(given, planned)
  return planned
}
