import type { FetchNode } from '@apollo/query-planner'
import {
  type ConstDirectiveNode,
  type DefinitionNode,
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
      const { selections } = part.selectionSet
      const others = selections.filter((field) => !isTypename(field))
      if (others.length === 0 || others.length === selections.length) return part
      isMended = true
      return { ...part, selectionSet: { ...part.selectionSet, selections: others } }
    }),
  })
  const definitions = document.definitions.map((definition) =>
    definition.kind === Kind.OPERATION_DEFINITION
      ? { ...definition, selectionSet: mendRoot(definition.selectionSet, mendEntity) }
      : definition,
  )
  return isMended ? { ...fetch, operation: stripIgnoredCharacters(print({ ...document, definitions })) } : fetch
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
