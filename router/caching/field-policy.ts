import { getNamedType, type GraphQLField, isCompositeType, isObjectType } from 'graphql'
import type { CacheHints } from './cache-hints.ts'

type Field = GraphQLField<unknown, unknown>

/** How long a field's value may be kept: undefined where the field around it decides. */
export type FieldPolicy = { readonly maxAgeS: number | undefined; readonly isPrivate: boolean }

/** The rules of Apollo Server: a field's hint beats its type's, and without one a root field or an object is not kept. */
export function fieldPolicy({ hints }: CacheHints, coordinate: string, field: Field, isRoot: boolean): FieldPolicy {
  const type = getNamedType(field.type)
  const isComposite = isCompositeType(type)
  const ofType = isComposite ? hints.get(type.name) : undefined
  const ofField = hints.get(coordinate)
  const inherits = ofField?.inherits === true ? ofType?.maxAgeS === undefined : ofType?.inherits === true
  const maxAgeS = ofField?.maxAgeS ?? ofType?.maxAgeS
  const isUnsaid = maxAgeS === undefined && (isRoot || (isComposite && !inherits))
  return { maxAgeS: isUnsaid ? 0 : maxAgeS, isPrivate: ofType?.isPrivate === true || ofField?.isPrivate === true }
}

/** The field of an object type or an interface, by its name; undefined for `__typename`. */
export const fieldOf = (type: unknown, name: string): Field | undefined =>
  isCompositeType(type) && 'getFields' in type ? type.getFields()[name] : undefined

/** The entity types whose objects may stand in an object of type `name` without an entity in between. */
export function entitiesWithin(
  types: Readonly<Record<string, unknown>>,
  name: string,
  isEntity: (type: string) => boolean,
  visited = new Set<string>(),
): ReadonlySet<string> {
  const found = new Set<string>()
  if (visited.has(name)) return found
  visited.add(name)
  const type = types[name]
  if (!isObjectType(type)) return found
  for (const field of Object.values(type.getFields())) {
    const inner = getNamedType(field.type).name
    if (isEntity(inner)) found.add(inner)
    else for (const entity of entitiesWithin(types, inner, isEntity, visited)) found.add(entity)
  }
  return found
}
