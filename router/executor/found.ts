import type { Batch } from './batch.ts'
import type { Data } from './json-data.ts'
import type { RepresentationText } from './representation-text.ts'
import { type PathTree, targetsAt } from './targets.ts'

/**
 * What the fetches of a run have found in its data, for those that look in the same places before it changes: the walk to
 * the entities was a tenth of the CPU of a heavy query.
 */
export type Found = {
  /** Whether each object stands in one place: it does until an entity that has objects was merged into several. */
  isTree: boolean
  /** Until objects come. */
  readonly targets: Map<PathTree, readonly Data[]>
  /** Of these targets, until anything comes. */
  readonly batches: Map<RepresentationText, { targets: readonly Data[]; batch: Batch }>
}

/** Nothing is known of no data. */
export const nothingFound = (): Found => ({ isTree: true, targets: new Map(), batches: new Map() })

/** The objects at the ends of `paths`, each once, null ones left out. */
export function findTargets(data: Data, paths: PathTree, found: Found): readonly Data[] {
  const known = found.targets.get(paths)
  if (known !== undefined) return known
  const targets = targetsAt(data, paths, found.isTree)
  found.targets.set(paths, targets)
  return targets
}

/** The batch that `gather` makes of `targets`. */
export function findBatch(
  represent: RepresentationText,
  targets: readonly Data[],
  { batches }: Found,
  gather: () => Batch,
): Batch {
  const known = batches.get(represent)
  if (known?.targets === targets) return known.batch
  const batch = gather()
  batches.set(represent, { targets, batch })
  return batch
}

/** Objects come. */
export function forget({ targets, batches }: Found): void {
  targets.clear()
  batches.clear()
}

/** `entity` was merged into `targets`. */
export function noteMerged(entity: Data, targets: readonly Data[], found: Found): void {
  if (isFlat(entity)) return found.batches.clear()
  forget(found)
  if (targets.length > 1 && Object.values(entity).some(isObject)) found.isTree = false
}

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null

/** Whether it has nothing but scalars: null may stand for an object. */
function isFlat(entity: Data): boolean {
  for (const key in entity) if (typeof entity[key] === 'object') return false
  return true
}
