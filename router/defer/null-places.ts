import { type Data, get, isData } from '../executor/json-data.ts'
import type { Path } from '../executor/targets.ts'

/** Whether a part of the answer, which stands at `place`, has null on the way to `path`. */
export function isNullAt(part: Data, place: Path, path: Path): boolean {
  if (path.length <= place.length || place.some((key, index) => path[index] !== key)) return false
  let value: unknown = part
  for (const key of path.slice(place.length)) {
    value = Array.isArray(value) ? value[Number(key)] : isData(value) ? get(value, String(key)) : undefined
    if (value === null) return true
  }
  return false
}
