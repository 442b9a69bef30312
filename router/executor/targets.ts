import { type Data, get, isData } from './json-data.ts'

/** Where an object stands in the data. */
export type Path = readonly (string | number)[]

/** Whether one path leads through the other. An error without a path may be the cause of anything. */
export const isAlong = (one: Path | undefined, other: Path | undefined): boolean =>
  (one ?? []).every((element, index) => other?.[index] === undefined || other[index] === element)

/** Paths with what they have in common told once: keys, of lists too. */
export type PathTree = { isEnd: boolean; readonly branches: { key: string; paths: PathTree }[] }

/** The tree of `paths` (keys, and `@` for each element of a list). */
export function pathTreeOf(paths: readonly (readonly string[])[]): PathTree {
  const root = leaf()
  for (const path of paths) {
    let at = root
    for (const key of path) if (key !== '@') at = branchOf(at, key)
    at.isEnd = true
  }
  return root
}

const leaf = (): PathTree => ({ isEnd: false, branches: [] })

function branchOf({ branches }: PathTree, key: string): PathTree {
  const known = branches.find((branch) => branch.key === key)
  if (known !== undefined) return known.paths
  const paths = leaf()
  branches.push({ key, paths })
  return paths
}

/**
 * The objects at the ends of `paths`, each once, null ones left out. Where a shared answer was merged one object stands in
 * many places: goes level by level then, so that it is walked through once. In a tree each has one place, and telling them
 * apart would be a tenth of the CPU of a heavy query.
 */
export function targetsAt(data: Data, paths: PathTree, isTree: boolean): readonly Data[] {
  const targets: Data[] = []
  if (isTree) collectInTree(data, paths, targets)
  else collectByLevel([data], paths, targets)
  return isTree ? targets : unique(targets)
}

function collectInTree(value: unknown, paths: PathTree, targets: Data[]): void {
  if (typeof value !== 'object' || value === null) return
  if (Array.isArray(value)) {
    for (const element of value) collectInTree(element, paths, targets)
    return
  }
  if (paths.isEnd) targets.push(value as Data)
  for (const { key, paths: rest } of paths.branches) collectInTree(get(value as Data, key), rest, targets)
}

function collectByLevel(level: readonly Data[], { isEnd, branches }: PathTree, targets: Data[]): void {
  if (isEnd) for (const object of level) targets.push(object)
  for (const { key, paths } of branches) {
    const next: Data[] = []
    for (const object of level) collect(get(object, key), next)
    collectByLevel(unique(next), paths, targets)
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
