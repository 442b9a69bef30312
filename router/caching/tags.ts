import type { EntityKey } from '#schema/events/changed-entities.ts'
import { type Data, get, isData } from '../executor/json-data.ts'

/** On every answer of a subgraph: to drop all of it. */
export const EVERYTHING = '*'
/** On answers that may depend on anything that their subgraph knows. */
export const ANYTHING = '?'

/** On answers with lists of `typename`, or with null where one may come. */
export const listTag = (typename: string): string => `${typename}*`

/** On answers that show this entity. `fields` are those of the key, in order. */
export const entityTag = (typename: string, fields: readonly string[], object: Data): string | undefined => {
  const values = fields.map((field) => get(object, field))
  return values.includes(undefined) ? undefined : `${typename}:${JSON.stringify(values)}`
}

/** By type, the fields of its key in one subgraph. */
export type KeyFields = ReadonlyMap<string, readonly string[]>

/** Adds the tag of each entity in `value`, wherever it stands: what has a type with a key, and the key. */
export function collectEntities(value: unknown, keys: KeyFields, tags: Set<string>): void {
  if (Array.isArray(value)) {
    for (const element of value) collectEntities(element, keys, tags)
    return
  }
  if (!isData(value)) return
  const { __typename: typename } = value
  const fields = typeof typename === 'string' ? keys.get(typename) : undefined
  const tag = fields && entityTag(String(typename), fields, value)
  if (tag !== undefined) tags.add(tag)
  for (const key of Object.keys(value)) collectEntities(get(value, key), keys, tags)
}

/** What is dropped where `entity` has changed: all that shows it, all lists of its type. */
export const tagsOfChange = ({ typename, key }: EntityKey): string[] => [
  `${typename}:${JSON.stringify(
    Object.keys(key)
      .toSorted()
      .map((field) => key[field]),
  )}`,
  listTag(typename),
]
