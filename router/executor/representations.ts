import type { QueryPlanSelectionNode } from '@apollo/query-planner'
import type { GraphQLSchema } from 'graphql'
import { type Data, get, isData, merge, put } from './json-data.ts'
import { isOfType } from './type-conditions.ts'

/** What an entity is asked for by; undefined where it has not all that is needed. */
export type Represent = (entity: Data) => Data | undefined

/** The planner's `requires` as a function. */
export function compileRepresentation(schema: GraphQLSchema, requires: readonly QueryPlanSelectionNode[]): Represent {
  const select = compileSelections(schema, requires)
  return (entity) => {
    const representation = select(entity)
    return representation !== undefined && typeof representation['__typename'] === 'string' ? representation : undefined
  }
}

/** Puts what it selects into `into`; false where something is not there. */
type Select = (source: Data, into: Data) => boolean

function compileSelections(
  schema: GraphQLSchema,
  selections: readonly QueryPlanSelectionNode[],
): (source: Data) => Data | undefined {
  const steps = selections.map((selection): Select => {
    if (selection.kind === 'InlineFragment') return compileFragment(schema, selection)
    const key = selection.alias ?? selection.name
    const inner = selection.selections === undefined ? undefined : compileSelections(schema, selection.selections)
    return (source, into) => {
      const value = get(source, key)
      if (value === undefined) return false
      put(into, key, inner === undefined ? value : selectIn(value, inner))
      return true
    }
  })
  return (source) => {
    const into: Data = {}
    for (const step of steps) if (!step(source, into)) return undefined
    return into
  }
}

/** A fragment that has not all it needs adds nothing, and the rest of the representation stands. */
function compileFragment(
  schema: GraphQLSchema,
  { typeCondition, selections }: Extract<QueryPlanSelectionNode, { kind: 'InlineFragment' }>,
): Select {
  const inner = compileSelections(schema, selections)
  const verdicts = new Map<string, boolean>()
  const applies = (typename: string): boolean => {
    const verdict = verdicts.get(typename) ?? isOfType(schema, typename, typeCondition ?? typename)
    verdicts.set(typename, verdict)
    return verdict
  }
  return (source, into) => {
    const { __typename: typename } = source
    if (typeof typename !== 'string' || !applies(typename)) return true
    const part = inner(source)
    if (part !== undefined) merge(into, part)
    return true
  }
}

function selectIn(value: unknown, inner: (source: Data) => Data | undefined): unknown {
  if (Array.isArray(value)) return value.map((element) => selectIn(element, inner))
  return isData(value) ? (inner(value) ?? null) : value
}
