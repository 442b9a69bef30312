import { GraphQLError, type GraphQLFormattedError } from 'graphql'
import { newId } from '#platform/kernel/ids.ts'
import { maskSubgraphErrors } from '../errors.ts'
import { SubgraphUnavailableError, unavailableError } from '../resilience/unavailable.ts'
import type { Batch } from './batch.ts'
import type { FetchStep } from './compile-plan.ts'
import { renamePath } from './data-rewrites.ts'
import type { Data } from './json-data.ts'
import type { Run } from './run-plan.ts'
import { type Path, placesAt } from './targets.ts'
import { unreachableErrors } from './unreachable-errors.ts'

/** The fetch that errors belong to; `batch` where it asked for entities. */
export type Fetched = { step: FetchStep; run: Run; batch: Batch | undefined }

/** What a subgraph reported, masked and logged, with the paths of the client's answer. */
export function answerErrors(errors: readonly GraphQLFormattedError[], fetched: Fetched): GraphQLError[] {
  if (errors.length === 0) return []
  const { step, run } = fetched
  const at = { log: run.log, requestId: run.request.context.requestId }
  const masked = maskSubgraphErrors(errors, step.subgraph.name, at)
  return locate(
    masked.map((error) => withService(error, step.subgraph.name)),
    fetched,
  )
}

/** Where a subgraph failed its name helps; where the caller is at fault it says nothing. */
const withService = (error: GraphQLFormattedError, serviceName: string): GraphQLFormattedError =>
  error.extensions?.['code'] === 'DOWNSTREAM_SERVICE_ERROR'
    ? { ...error, extensions: { ...error.extensions, serviceName } }
    : error

/** The errors of a fetch that brought nothing, logged once: one for each field that stays empty. */
export function failureErrors(error: unknown, fetched: Fetched): GraphQLError[] {
  const { step, run, batch } = fetched
  const variables = {
    ...run.request.variables,
    ...(batch && { representations: batch.map(({ text }) => JSON.parse(text)) }),
  }
  return locate(unreachableErrors({ query: step.node.operation, variables }, failureOf(error, fetched)), fetched)
}

function failureOf(
  error: unknown,
  { step: { subgraph }, run }: Fetched,
): Pick<GraphQLFormattedError, 'message' | 'extensions'> {
  // Not asked, so that it recovers: its breaker has logged that once, and a line for each request would be a flood.
  if (error instanceof SubgraphUnavailableError) return unavailableError(error, subgraph.name)
  const errorId = newId()
  const { requestId, signal } = run.request.context
  // A client that left, or waited too long for all of it, is no fault of this subgraph.
  const level = signal.aborted ? 'info' : 'error'
  run.log[level]({ err: error, errorId, requestId, subgraph: subgraph.name }, 'a subgraph could not be asked')
  return {
    message: `the ${subgraph.name} subgraph could not be asked`,
    extensions: { code: 'DOWNSTREAM_SERVICE_ERROR', serviceName: subgraph.name, errorId },
  }
}

/** An entity that its subgraph does not know, and said nothing about. */
export function missingErrors(
  entities: readonly unknown[],
  errors: readonly GraphQLFormattedError[],
  fetched: Fetched,
): GraphQLError[] {
  const missing = entities.flatMap((entity, index) => (entity === null || entity === undefined ? [index] : []))
  if (missing.length === 0 || errors.some(({ path }) => typeof path?.[1] !== 'number')) return []
  const explained = new Set(errors.map(({ path }) => path?.[1]))
  const { step, batch } = fetched
  const unexplained = missing
    .filter((index) => !explained.has(index))
    .map((index) => ({
      message: `the ${step.subgraph.name} subgraph does not know this ${String(batch?.[index]?.targets[0]?.['__typename'])}`,
      path: ['_entities', index],
      extensions: { code: 'NOT_FOUND' },
    }))
  return locate(unexplained, fetched)
}

function locate(errors: readonly GraphQLFormattedError[], { step, run, batch }: Fetched): GraphQLError[] {
  if (errors.length === 0) return []
  const places = new Map<Data, Path[]>()
  for (const path of step.paths) placesAt(run.data, path, places)
  return errors.flatMap(({ message, path, extensions }) =>
    pathsOf(path, { step, batch, places }).map((client) => new GraphQLError(message, { path: client, extensions })),
  )
}

type Places = { step: FetchStep; batch: Batch | undefined; places: ReadonlyMap<Data, Path[]> }

function pathsOf(path: Path | undefined, { step, batch, places }: Places): (Path | undefined)[] {
  if (path === undefined) return [undefined]
  const { outputRewrites } = step.node
  if (batch === undefined)
    return [...places.values()].flat().map((place) => [...place, ...renamePath(path, outputRewrites)])
  const [, index, ...rest] = path
  // All of the entities: what they have in common is the way to the first list.
  if (typeof index !== 'number') return step.paths.map((common) => common.slice(0, firstList(common)))
  const within = renamePath(rest, outputRewrites)
  const targets = batch[index]?.targets ?? []
  return targets.flatMap((target) => (places.get(target) ?? []).map((place) => [...place, ...within]))
}

const firstList = (path: readonly string[]): number => (path.includes('@') ? path.indexOf('@') : path.length)
