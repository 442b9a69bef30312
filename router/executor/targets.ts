import { type Data, get, isData } from './json-data.ts'

/** Where an object stands in the data. */
export type Path = readonly (string | number)[]

/** The objects at the end of `path` (keys, and `@` for each element of a list), null ones left out. */
export function targetsAt(data: Data, path: readonly string[]): Data[] {
  const found: Data[] = []
  collect(data, path, 0, found)
  return found
}

function collect(value: unknown, path: readonly string[], depth: number, found: Data[]): void {
  if (typeof value !== 'object' || value === null) return
  if (Array.isArray(value)) {
    // Where lists are in lists the path has an `@` for each.
    const next = path[depth] === '@' ? depth + 1 : depth
    for (const element of value) collect(element, path, next, found)
    return
  }
  const key = path[depth]
  if (key === undefined) found.push(value as Data)
  else if (key !== '@') collect(get(value as Data, key), path, depth + 1, found)
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
