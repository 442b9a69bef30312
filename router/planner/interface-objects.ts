import type { FetchNode } from '@apollo/query-planner'
import {
  type ConstDirectiveNode,
  type DefinitionNode,
  type InlineFragmentNode,
  Kind,
  parse,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql'
import { argumentOf } from './directive-arguments.ts'
import { withDocument, withoutSpreads } from './fetch-documents.ts'

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
 * is told apart by type after that would be lost. Who asks for entities knows their type already, so it is not asked for;
 * undefined where nothing else was.
 */
export function withoutInterfaceTypename(
  fetch: FetchNode,
  interfaceObjects: ReadonlySet<string>,
): FetchNode | undefined {
  const isMeant = (type: string) => interfaceObjects.has(`${fetch.serviceName} ${type}`)
  if (fetch.requires === undefined || interfaceObjects.size === 0) return fetch
  const document = withoutSpreads(parse(fetch.operation, { noLocation: true }))
  let isMended = false
  const withoutTypename = (selection: SelectionNode): SelectionNode[] => {
    if (isTypename(selection)) {
      isMended = true
      return []
    }
    // What is asked of it under a condition is asked of it, too.
    return selection.kind === Kind.INLINE_FRAGMENT ? mendFragment(selection) : [selection]
  }
  const mendFragment = (part: InlineFragmentNode): SelectionNode[] => {
    const selections = part.selectionSet.selections.flatMap(withoutTypename)
    return selections.length === 0 ? [] : [{ ...part, selectionSet: { ...part.selectionSet, selections } }]
  }
  const mendEntity = (part: SelectionNode): SelectionNode[] =>
    part.kind === Kind.INLINE_FRAGMENT && isMeant(part.typeCondition?.name.value ?? '') ? mendFragment(part) : [part]
  const definitions = document.definitions.map((definition) =>
    definition.kind === Kind.OPERATION_DEFINITION
      ? { ...definition, selectionSet: mendRoot(definition.selectionSet, mendEntity) }
      : definition,
  )
  if (!isMended) return fetch
  const asksNothing = definitions.some((part) => 'selectionSet' in part && part.selectionSet.selections.length === 0)
  return asksNothing ? undefined : withDocument(fetch, { ...document, definitions })
}

const mendRoot = (set: SelectionSetNode, mend: (part: SelectionNode) => SelectionNode[]): SelectionSetNode => ({
  ...set,
  selections: set.selections.flatMap((field) => {
    if (field.kind !== Kind.FIELD || field.name.value !== '_entities' || field.selectionSet === undefined)
      return [field]
    const selections = field.selectionSet.selections.flatMap(mend)
    return selections.length === 0 ? [] : [{ ...field, selectionSet: { ...field.selectionSet, selections } }]
  }),
})

const isTypename = (selection: SelectionNode): boolean =>
  selection.kind === Kind.FIELD && selection.name.value === '__typename' && selection.alias === undefined
