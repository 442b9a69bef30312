import {
  type FieldNode,
  type FragmentDefinitionNode,
  getNamedType,
  type GraphQLSchema,
  isObjectType,
  Kind,
  parse,
  print,
  type SelectionNode,
  type SelectionSetNode,
  stripIgnoredCharacters,
  visit,
} from 'graphql'
import { fieldOf } from './field-policy.ts'
import type { KeyFields } from './tags.ts'

/**
 * The operation of a fetch, asking for type and key of every entity on its way, so that its answer tells which entities
 * it shows. Undefined where the client has given one of these names to something else.
 */
export function withKeys(operation: string, schema: GraphQLSchema, keys: KeyFields): string | undefined {
  const document = parse(operation, { noLocation: true })
  const names = new Set(['__typename', ...[...keys.values()].flat()])
  let isTaken = false
  visit(document, {
    Field: ({ alias, name }) => {
      if (alias !== undefined && alias.value !== name.value && names.has(alias.value)) isTaken = true
    },
  })
  if (isTaken) return undefined
  const add = adder(schema, keys)
  const definitions = document.definitions.map((definition) => {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) return withSelections(definition, add)
    if (definition.kind !== Kind.OPERATION_DEFINITION) return definition
    const { operation: kind, selectionSet } = definition
    const root = kind === 'query' ? schema.getQueryType() : schema.getMutationType()
    return { ...definition, selectionSet: add(selectionSet, root?.name ?? '') }
  })
  return stripIgnoredCharacters(print({ ...document, definitions }))
}

type Add = (selectionSet: SelectionSetNode, typename: string) => SelectionSetNode

const withSelections = (fragment: FragmentDefinitionNode, add: Add): FragmentDefinitionNode => ({
  ...fragment,
  selectionSet: add(fragment.selectionSet, fragment.typeCondition.name.value),
})

function adder(schema: GraphQLSchema, keys: KeyFields): Add {
  const addWithin = (selection: SelectionNode, typename: string): SelectionNode => {
    if (selection.kind === Kind.FRAGMENT_SPREAD || selection.selectionSet === undefined) return selection
    const inner = typeWithin(selection, typename, schema)
    return { ...selection, selectionSet: add(selection.selectionSet, inner) }
  }
  const add: Add = (selectionSet, typename) => {
    const selections = selectionSet.selections.map((selection) => addWithin(selection, typename))
    const fields = isObjectType(schema.getType(typename)) ? keys.get(typename) : undefined
    const wanted = fields === undefined || fields.length === 0 ? [] : ['__typename', ...fields]
    const missing = wanted.filter((name) => !selections.some((selection) => isPlain(selection, name)))
    return { ...selectionSet, selections: [...selections, ...missing.map(fieldNode)] }
  }
  return add
}

/** The type of what is selected; of `_entities`, whose type no supergraph has, each fragment names its own. */
function typeWithin(
  selection: Exclude<SelectionNode, { kind: Kind.FRAGMENT_SPREAD }>,
  typename: string,
  schema: GraphQLSchema,
): string {
  if (selection.kind === Kind.INLINE_FRAGMENT) return selection.typeCondition?.name.value ?? typename
  const field = fieldOf(schema.getType(typename), selection.name.value)
  return field === undefined ? '' : getNamedType(field.type).name
}

/** Whether `name` is selected as it is, whatever the variables say. */
const isPlain = (selection: SelectionNode, name: string): boolean =>
  selection.kind === Kind.FIELD &&
  selection.name.value === name &&
  selection.alias === undefined &&
  (selection.directives ?? []).length === 0

const fieldNode = (name: string): FieldNode => ({ kind: Kind.FIELD, name: { kind: Kind.NAME, value: name } })
