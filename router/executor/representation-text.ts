import type { QueryPlanSelectionNode } from '@apollo/query-planner'
import type { GraphQLSchema } from 'graphql'
import type { Rewrite } from './data-rewrites.ts'
import { type Data, get } from './json-data.ts'
import { compileRepresentation } from './representations.ts'
import { isOfType } from './type-conditions.ts'

/** What an entity is asked for by, as JSON; undefined where it has not all that is needed. */
export type RepresentationText = (entity: Data) => string | undefined

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
  const theLongWay: RepresentationText = (entity) => {
    const representation = represent(entity)
    if (representation === undefined) return undefined
    rewrite?.(representation)
    return JSON.stringify(representation)
  }
  if (rewrite !== undefined) return theLongWay
  const byTypename = new Map<string, readonly Member[]>()
  return (entity) => {
    const { __typename: typename } = entity
    if (typeof typename !== 'string') return undefined
    const members = byTypename.get(typename) ?? membersOf(requires, typename, schema)
    // Only types that are there, whatever a subgraph says.
    if (schema.getType(typename) !== undefined) byTypename.set(typename, members)
    return textOf(members, entity) ?? theLongWay(entity)
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
    text += before + JSON.stringify(value)
  }
  return `${text}}`
}
