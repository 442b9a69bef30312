import type { GraphQLError } from 'graphql'
import { type Data, get, isData } from '../executor/json-data.ts'
import { collectFields, type DeferredFragment, type Scope } from '../executor/projection-fields.ts'
import type { Path } from '../executor/targets.ts'
import type { FoundDeferred } from './find-deferred.ts'

/** What a client gets, and where in the answer it stands. */
type Part = { shown: Data; path: Path }

/**
 * Tells the errors of a part from those of the fragments in it that are still to come, as one fetch may bring both: an error
 * goes with the fragment that its field is in, where that field is not shown yet.
 */
export function handOn(
  errors: readonly GraphQLError[],
  part: Part,
  found: readonly FoundDeferred[],
  scope: Scope,
): { errors: GraphQLError[]; found: FoundDeferred[] } {
  const later = new Map<FoundDeferred, GraphQLError[]>()
  const own = errors.filter((error) => {
    const place = placeToCome(error.path ?? [], part)
    const itsOwn = place && found.find((each) => isAt(each.path, place.path) && holdsKey(each, place.key, scope))
    if (itsOwn === undefined) return true
    later.set(itsOwn, [...(later.get(itsOwn) ?? []), error])
    return false
  })
  return { errors: own, found: found.map((each) => ({ ...each, errors: later.get(each) ?? [] })) }
}

/** The first key of a path that the object there has not; undefined where it has all of them. */
function placeToCome(path: Path, { shown, path: start }: Part): { path: Path; key: string } | undefined {
  if (!isAt(start, path.slice(0, start.length))) return undefined
  let value: unknown = shown
  for (const [index, key] of path.entries()) {
    if (index < start.length) continue
    if (Array.isArray(value)) value = value[Number(key)]
    else if (!isData(value)) return undefined
    else if (!Object.hasOwn(value, key)) return { path: path.slice(0, index), key: String(key) }
    else value = get(value, String(key))
  }
  return undefined
}

const isAt = (one: Path, other: Path): boolean =>
  one.length === other.length && one.every((key, index) => other[index] === key)

/** Whether a fragment has a field by that name, or one in it. */
function holdsKey(
  { fragment, typename }: Pick<FoundDeferred, 'fragment' | 'typename'>,
  key: string,
  scope: Scope,
): boolean {
  const nested: DeferredFragment[] = []
  const fields = collectFields([fragment], typename, scope, (inner) => void nested.push(inner))
  return (
    fields.some((field) => field.key === key) ||
    nested.some((inner) => holdsKey({ fragment: inner, typename }, key, scope))
  )
}
