import { type Data, get, isData } from './json-data.ts'

/** Where an object stands in the data. */
export type Path = readonly (string | number)[]

/** Whether one path leads through the other. An error without a path may be the cause of anything. */
export const isAlong = (one: Path | undefined, other: Path | undefined): boolean =>
  (one ?? []).every((element, index) => other?.[index] === undefined || other[index] === element)

/** Paths with what they have in common told once: keys, of lists too. */
export type PathTree = { isEnd: boolean; readonly branches: Map<string, PathTree> }

/** The tree of `paths` (keys, and `@` for each element of a list). */
export function pathTreeOf(paths: readonly (readonly string[])[]): PathTree {
  const root: PathTree = { isEnd: false, branches: new Map() }
  for (const path of paths) {
    let at = root
    for (const key of path) {
      if (key === '@') continue
      const next: PathTree = at.branches.get(key) ?? { isEnd: false, branches: new Map() }
      at.branches.set(key, next)
      at = next
    }
    at.isEnd = true
  }
  return root
}

/**
 * The objects at the ends of `paths`, each once, null ones left out. Goes level by level: where a shared answer was merged
 * one object stands in many places, and is walked through once. In a tree each has one place, and telling them apart would
 * be a tenth of the CPU of a heavy query.
 */
export function targetsAt(data: Data, paths: PathTree, isTree: boolean): readonly Data[] {
  const targets: Data[] = []
  collectTargets([data], paths, isTree, targets)
  return isTree ? targets : unique(targets)
}

function collectTargets(level: readonly Data[], { isEnd, branches }: PathTree, isTree: boolean, targets: Data[]): void {
  if (isEnd) for (const object of level) targets.push(object)
  for (const [key, branch] of branches) {
    const next: Data[] = []
    for (const object of level) collect(get(object, key), next)
    collectTargets(isTree ? next : unique(next), branch, isTree, targets)
  }
}

const unique = (objects: readonly Data[]): Data[] => [...new Set(objects)]

function collect(value: unknown, found: Data[]): void {
  if (typeof value !== 'object' || value === null) return
  if (Array.isArray(value)) for (const element of value) collect(element, found)
  else found.push(value as Data)
}

/** Every place of each of these objects: one object stands in several where a shared answer was merged. */
export function placesAt(data: Data, path: readonly string[], places = new Map<Data, Path[]>()): Map<Data, Path[]> {
  locate(data, path, 0, [], places)
  return places
}

function locate(value: unknown, path: readonly string[], depth: number, at: Path, places: Map<Data, Path[]>): void {
  if (Array.isArray(value)) {
    const next = path[depth] === '@' ? depth + 1 : depth
    for (const [index, element] of value.entries()) locate(element, path, next, [...at, index], places)
    return
  }
  if (!isData(value)) return
  const key = path[depth]
  if (key === undefined) places.set(value, [...(places.get(value) ?? []), at])
  else if (key !== '@') locate(get(value, key), path, depth + 1, [...at, key], places)
}
