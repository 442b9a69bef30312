import { getNamedType, type GraphQLError, Kind, type SelectionSetNode, visit } from 'graphql'
import { type Data, get, isData } from '../executor/json-data.ts'
import {
  type CollectedField,
  collectFields,
  type DeferredFragment,
  type Scope,
  type Selected,
} from '../executor/projection-fields.ts'
import type { Path } from '../executor/targets.ts'
import { deferOf } from './defer-directive.ts'

/** A fragment that comes later, at one place of the answer. */
export type FoundDeferred = {
  readonly fragment: DeferredFragment
  readonly path: Path
  /** Where its data is read from. */
  readonly source: Data
  readonly typename: string
  /** What is known already to have failed in it: its fetch brought what it stands in, too. */
  readonly errors: readonly GraphQLError[]
}

/** An object of the answer: what was fetched of it, and what the client got. */
export type Shown = { source: Data; shown: Data; path: Path; typename: string }

/** Finds what was deferred in the selections of an object. What the client got null for has nothing to come. */
export type FindDeferred = (selected: readonly Selected[], object: Shown) => FoundDeferred[]

type Collected = { fields: CollectedField[]; deferred: DeferredFragment[] }

/** Remembers what each selection holds; for as long as the scope is. */
export function createFindDeferred(scope: Scope): FindDeferred {
  const known = new WeakMap<readonly Selected[], Map<string, Collected>>()
  const collected = (selected: readonly Selected[], typename: string): Collected => {
    const byTypename = known.get(selected) ?? new Map<string, Collected>()
    const made = byTypename.get(typename) ?? collect(selected, typename, scope)
    known.set(selected, byTypename.set(typename, made))
    return made
  }
  const find: FindDeferred = (selected, { source, shown, path, typename }) => {
    const { fields, deferred } = collected(selected, typename)
    const here = deferred.map((fragment) => ({ fragment, path, source, typename, errors: [] }))
    const below = fields.flatMap((field) =>
      within(field, get(source, field.source), get(shown, field.key), [...path, field.key]),
    )
    return [...here, ...below]
  }
  const within = (field: CollectedField, source: unknown, shown: unknown, path: Path): FoundDeferred[] => {
    if (Array.isArray(shown) && Array.isArray(source))
      return shown.flatMap((element, index) => within(field, source[index], element, [...path, index]))
    if (!isData(shown) || !isData(source) || field.type === undefined) return []
    const { __typename: said } = source
    const typename = typeof said === 'string' ? said : getNamedType(field.type).name
    return find(field.inner, { source, shown, path, typename })
  }
  return find
}

/** Only the fields with something deferred in them. */
function collect(selected: readonly Selected[], typename: string, scope: Scope): Collected {
  const deferred: DeferredFragment[] = []
  const fields = collectFields(selected, typename, scope, (fragment) => void deferred.push(fragment))
  return { deferred, fields: fields.filter(({ inner }) => inner.some(({ selectionSet }) => holdsDefer(selectionSet))) }
}

function holdsDefer(selectionSet: SelectionSetNode): boolean {
  let isFound = false
  visit(selectionSet, {
    [Kind.INLINE_FRAGMENT]: ({ directives }) => void (isFound ||= deferOf(directives) !== undefined),
  })
  return isFound
}
