import type { QueryPlanSelectionNode } from '@apollo/query-planner'
import type { GraphQLSchema } from 'graphql'
import type { Rewrite } from './data-rewrites.ts'
import { type Data, get } from './json-data.ts'
import { textOfValue } from './json-text.ts'
import { compileRepresentation } from './representations.ts'
import { isOfType } from './type-conditions.ts'

/** What an entity is asked for by. */
export type RepresentationText = {
  /** As JSON; undefined where the entity has not all that is needed. */
  textOf(entity: Data): string | undefined
  /**
   * The one scalar that tells entities of the same `__typename` apart: equal for equal texts. Undefined where there is more
   * to it. It saves the text of an entity that is there many times, a tenth of the CPU of a heavy query.
   */
  keyOf(entity: Data): Key | undefined
}

export type Key = string | number

type Options = {
  schema: GraphQLSchema
  requires: readonly QueryPlanSelectionNode[]
  rewrite: Rewrite | undefined
}

/**
 * The planner's `requires` as a function. Nearly all of them are a type and one or two scalars: their text is written
 * without an object in between, which is a third of the work. Whatever is nested, rewritten or missing goes the long way.
 */
export function compileRepresentationText({ schema, requires, rewrite }: Options): RepresentationText {
  const represent = compileRepresentation(schema, requires)
  const theLongWay = (entity: Data): string | undefined => {
    const representation = represent(entity)
    if (representation === undefined) return undefined
    rewrite?.(representation)
    return JSON.stringify(representation)
  }
  if (rewrite !== undefined) return { textOf: theLongWay, keyOf: () => undefined }
  const byTypename = new Map<string, readonly Member[]>()
  const membersFor = (typename: string): readonly Member[] => {
    const members = byTypename.get(typename) ?? membersOf(requires, typename, schema)
    // Only types that are there, whatever a subgraph says.
    if (schema.getType(typename) !== undefined) byTypename.set(typename, members)
    return members
  }
  return {
    textOf: (entity) => {
      const { __typename: typename } = entity
      return typeof typename === 'string' ? (textOf(membersFor(typename), entity) ?? theLongWay(entity)) : undefined
    },
    keyOf: (entity) => {
      const { __typename: typename } = entity
      return typeof typename === 'string' ? keyOf(membersFor(typename), entity) : undefined
    },
  }
}

/** A key, and the JSON up to its value. */
type Member = { key: string; before: string }

/** None where something is nested, or the type is not among the keys. */
function membersOf(
  requires: readonly QueryPlanSelectionNode[],
  typename: string,
  schema: GraphQLSchema,
): readonly Member[] {
  const keys = new Set<string>()
  for (const fragment of requires) {
    if (fragment.kind === 'Field') return []
    if (!isOfType(schema, typename, fragment.typeCondition ?? '')) continue
    for (const field of fragment.selections) {
      if (field.kind !== 'Field' || field.selections !== undefined) return []
      keys.add(field.alias ?? field.name)
    }
  }
  if (!keys.has('__typename')) return []
  return [...keys].map((key, index) => ({ key, before: `${index === 0 ? '{' : ','}${JSON.stringify(key)}:` }))
}

function textOf(members: readonly Member[], entity: Data): string | undefined {
  if (members.length === 0) return undefined
  let text = ''
  for (const { key, before } of members) {
    const value = get(entity, key)
    if (value === undefined) return undefined
    text += before + textOfValue(value)
  }
  return `${text}}`
}

function keyOf(members: readonly Member[], entity: Data): Key | undefined {
  const [one, other] = members
  if (members.length !== 2 || one === undefined || other === undefined) return undefined
  const value = get(entity, one.key === '__typename' ? other.key : one.key)
  return typeof value === 'string' || typeof value === 'number' ? value : undefined
}
