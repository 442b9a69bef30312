import { type Data, get, isData } from './json-data.ts'

/** Where an object stands in the data. */
export type Path = readonly (string | number)[]

/** Whether one path leads through the other. An error without a path may be the cause of anything. */
export const isAlong = (one: Path | undefined, other: Path | undefined): boolean =>
  (one ?? []).every((element, index) => other?.[index] === undefined || other[index] === element)

/**
 * The objects at the end of `paths` (keys, and `@` for each element of a list), each once, null ones left out. Goes level
 * by level: where a shared answer was merged one object stands in many places, and is walked through once.
 */
export function targetsAt(data: Data, paths: readonly (readonly string[])[]): Set<Data> {
  const targets = new Set<Data>()
  for (const path of paths) {
    let level = new Set([data])
    for (const key of path) {
      if (key === '@') continue
      const next = new Set<Data>()
      for (const object of level) collect(get(object, key), next)
      level = next
    }
    for (const object of level) targets.add(object)
  }
  return targets
}

function collect(value: unknown, found: Set<Data>): void {
  if (typeof value !== 'object' || value === null) return
  if (Array.isArray(value)) for (const element of value) collect(element, found)
  else found.add(value as Data)
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
