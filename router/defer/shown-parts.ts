import { type Data, get, isData } from '../executor/json-data.ts'
import type { Path } from '../executor/targets.ts'

/** What a client has got so far of an answer in parts. */
export type ShownParts = {
  add(path: Path, data: Data): void
  /** Whether a part would put null where the client has an object already. */
  isUndoneBy(path: Path, data: Data): boolean
}

/** Nothing is copied: the parts are kept by their places. */
export function createShownParts(): ShownParts {
  const byPlace = new Map<string, Data[]>()
  return {
    add: (path, data) => {
      const place = placeOf(path)
      byPlace.set(place, [...(byPlace.get(place) ?? []), data])
    },
    isUndoneBy: (path, data) =>
      [...Array(path.length + 1).keys()].some((length) =>
        (byPlace.get(placeOf(path.slice(0, length))) ?? []).some((part) => undoes(at(part, path.slice(length)), data)),
      ),
  }
}

const placeOf = (path: Path): string => path.join('.')

function at(part: unknown, path: Path): unknown {
  let value = part
  for (const key of path)
    value = Array.isArray(value) ? value[Number(key)] : isData(value) ? get(value, String(key)) : undefined
  return value
}

function undoes(shown: unknown, value: unknown): boolean {
  if (Array.isArray(shown))
    return value === null || (Array.isArray(value) && shown.some((element, index) => undoes(element, value[index])))
  if (!isData(shown)) return false
  return value === null || (isData(value) && Object.keys(value).some((key) => undoes(get(shown, key), get(value, key))))
}
