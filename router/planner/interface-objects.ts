import type { FetchNode } from '@apollo/query-planner'
import {
  type ConstDirectiveNode,
  type DefinitionNode,
  type FieldNode,
  Kind,
  parse,
  print,
  type SelectionSetNode,
  stripIgnoredCharacters,
} from 'graphql'
import { argumentOf } from './directive-arguments.ts'
import { withoutSpreads } from './fetch-documents.ts'

/** The interfaces that are objects to a subgraph (`@interfaceObject`), as `subgraph Type`. */
export function interfaceObjectsOf(
  definitions: readonly DefinitionNode[],
  graphNames: ReadonlyMap<string, string>,
): Set<string> {
  const found = definitions.flatMap((definition) =>
    definition.kind === Kind.INTERFACE_TYPE_DEFINITION
      ? (definition.directives ?? [])
          .filter((directive) => isInterfaceObject(directive))
          .map((directive) => `${graphNames.get(argumentOf(directive, 'graph') ?? '')} ${definition.name.value}`)
      : [],
  )
  return new Set(found)
}

const isInterfaceObject = (directive: ConstDirectiveNode): boolean =>
  directive.name.value === 'join__type' && argumentOf(directive, 'isInterfaceObject') === 'true'

/**
 * A subgraph knows an interface object by the name of the interface only. Asked for its type it would say that one, and whatever
 * is told apart by type after that would be lost. Who asks for entities knows their type already, so it is not asked for.
 */
export function withoutInterfaceTypename(fetch: FetchNode, interfaceObjects: ReadonlySet<string>): FetchNode {
  const isMeant = (type: string) => interfaceObjects.has(`${fetch.serviceName} ${type}`)
  if (fetch.requires === undefined || interfaceObjects.size === 0) return fetch
  const document = withoutSpreads(parse(fetch.operation, { noLocation: true }))
  let isMended = false
  const mendEntity = (set: SelectionSetNode): SelectionSetNode => ({
    ...set,
    selections: set.selections.map((part) => {
      if (part.kind !== Kind.INLINE_FRAGMENT || !isMeant(part.typeCondition?.name.value ?? '')) return part
      const selectionSet = untyped(part.selectionSet)
      isMended ||= selectionSet !== part.selectionSet
      return { ...part, selectionSet }
    }),
  })
  const definitions = document.definitions.map((definition) =>
    definition.kind === Kind.OPERATION_DEFINITION
      ? { ...definition, selectionSet: mendRoot(definition.selectionSet, mendEntity) }
      : definition,
  )
  return isMended ? { ...fetch, operation: stripIgnoredCharacters(print({ ...document, definitions })) } : fetch
}

/** The same, of whatever `@skip` and `@include` stand at too: an interface object has no fragments on other types. */
function untyped(set: SelectionSetNode): SelectionSetNode {
  const others = set.selections.filter((selection) => !isTypename(selection))
  // Nothing but the type: something must be asked for.
  if (others.length === 0) return { ...set, selections: [UNREAD] }
  const within = others.map((selection) => {
    if (selection.kind !== Kind.INLINE_FRAGMENT) return selection
    const selectionSet = untyped(selection.selectionSet)
    return selectionSet === selection.selectionSet ? selection : { ...selection, selectionSet }
  })
  const isSame = within.length === set.selections.length && within.every((one, index) => one === set.selections[index])
  return isSame ? set : { ...set, selections: within }
}

// By a name that no client gives to anything.
const UNREAD: FieldNode = {
  kind: Kind.FIELD,
  alias: { kind: Kind.NAME, value: 'typeNobodyReads' },
  name: { kind: Kind.NAME, value: '__typename' },
}

const mendRoot = (set: SelectionSetNode, mend: (set: SelectionSetNode) => SelectionSetNode): SelectionSetNode => ({
  ...set,
  selections: set.selections.map((field) =>
    field.kind === Kind.FIELD && field.name.value === '_entities' && field.selectionSet !== undefined
      ? { ...field, selectionSet: mend(field.selectionSet) }
      : field,
  ),
})

const isTypename = (selection: SelectionSetNode['selections'][number]): boolean =>
  selection.kind === Kind.FIELD && selection.name.value === '__typename' && selection.alias === undefined
