import type { Place } from '../report/finding.ts'
import { placesOf } from './read-elements.ts'
import type { SubgraphSource } from './subgraph-source.ts'

/** Where a change is seen in the schemas by hand, by its path: `Type.field.argument`. */
export type ChangedPlaces = (path: string | undefined) => Place[]

/** The line of what changed; of what is gone, the line of what it was part of, in the file that it was in. */
export function changedPlaces(before: readonly SubgraphSource[], after: readonly SubgraphSource[]): ChangedPlaces {
  const [was, is] = [placesOf(before), placesOf(after)]
  return (path = '') => {
    const coordinates = coordinatesOf(path)
    const files = new Set(was.get(coordinates[0] ?? '')?.map(({ file }) => file))
    for (const coordinate of coordinates) {
      const places = (is.get(coordinate) ?? []).filter(({ file }) => files.size === 0 || files.has(file))
      if (places.length > 0) return places
    }
    return [...files].map((file) => ({ file, line: 1 }))
  }
}

/** What a path names, and what that is part of. */
function coordinatesOf(path: string): string[] {
  const [type = '', field, argument] = path.split('.')
  return [
    ...(argument === undefined ? [] : [`${type}.${field}(${argument}:)`]),
    ...(field === undefined ? [] : [`${type}.${field}`]),
    type,
  ]
}
