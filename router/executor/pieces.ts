import { type Batch, batchOf } from './batch.ts'
import type { FetchStep } from './compile-plan.ts'
import type { Data } from './json-data.ts'
import type { Run } from './run-plan.ts'
import { isAlong, type Path, placesAt } from './targets.ts'

/** What one fetch asks for: entities each once, or root fields. */
export type Piece = { step: FetchStep; batch: Batch | undefined }

/** The calls that a fetch makes for `targets`: one for those that have all it needs, one for those that lack what only some of its fields require. */
export function piecesOf(step: FetchStep, targets: readonly Data[], run: Run): Piece[] {
  if (targets.length === 0) return []
  const batch = batchOf(step, targets, run.found)
  const pieces = batch?.length === 0 ? [] : [{ step, batch }]
  const { otherwise } = step
  if (otherwise === undefined || batch === undefined || countOf(batch) === targets.length) return pieces
  const lesser = batchOf(otherwise, incompleteOf(step, targets, run), run.found)
  return lesser === undefined || lesser.length === 0 ? pieces : [...pieces, { step: otherwise, batch: lesser }]
}

const countOf = (batch: Batch): number => batch.reduce((sum, { targets }) => sum + targets.length, 0)

/** Those of which something was not read. What could not be read has an error, and nobody waits for more of it. */
function incompleteOf({ represent, paths }: FetchStep, targets: readonly Data[], run: Run): readonly Data[] {
  const incomplete = targets.filter((target) => represent?.textOf(target) === undefined)
  if (run.errors.length === 0) return incomplete
  const places = new Map<Data, Path[]>()
  for (const path of paths) placesAt(run.data, path, places)
  const isExplained = (target: Data) =>
    (places.get(target) ?? []).some((place) => run.errors.some(({ path }) => isAlong(path, place)))
  return incomplete.filter((target) => !isExplained(target))
}
