import type { FetchNode, QueryPlanSelectionNode } from '@apollo/query-planner'
import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type InlineFragmentNode,
  Kind,
  parse,
  print,
  type SelectionNode,
  type SelectionSetNode,
  stripIgnoredCharacters,
  visit,
} from 'graphql'
import type { MendedSupergraph } from './mend-supergraph.ts'

/** Fields of one fetch that can be given to one representation. */
type Part = { standIns: Set<string>; fields: Set<FieldNode> }

/**
 * A fetch whose representations would need two values under one name, as its fields `@requires` one field with different
 * arguments, becomes one fetch for each.
 */
export function splitFetch(fetch: FetchNode, supergraph: MendedSupergraph): FetchNode[] {
  const read = standInsIn(fetch.requires ?? [], supergraph)
  if (!isInConflict(read, supergraph)) return [fetch]
  const document = withoutSpreads(parse(fetch.operation, { noLocation: true }))
  const parts = partition(document, fetch.serviceName, supergraph)
  if (parts.length < 2) return [fetch]
  // What no field is known to need goes with the first.
  const needed = new Set(parts.flatMap(({ standIns }) => [...standIns]))
  return parts.map((part, index) => {
    const isRead = (name: string) =>
      !supergraph.standIns.has(name) || part.standIns.has(name) || (index === 0 && !needed.has(name))
    return partOf(fetch, document, part, { isRead, index })
  })
}

const standInsIn = (selections: readonly QueryPlanSelectionNode[], supergraph: MendedSupergraph): string[] =>
  selections.flatMap((selection) => [
    ...(selection.kind === 'Field' && supergraph.standIns.has(selection.name) ? [selection.name] : []),
    ...standInsIn(selection.selections ?? [], supergraph),
  ])

/** Two stand-ins of one name, wherever they are: to split once too often costs a fetch, and no answer. */
function isInConflict(standIns: Iterable<string>, supergraph: MendedSupergraph): boolean {
  const distinct = [...new Set(standIns)]
  return new Set(distinct.map((standIn) => supergraph.standIns.get(standIn)?.name)).size < distinct.length
}

/** Each field into the first part in which it conflicts with none; those that need no stand-in into the first. */
function partition(document: DocumentNode, subgraph: string, supergraph: MendedSupergraph): Part[] {
  const first: Part = { standIns: new Set(), fields: new Set() }
  const parts = [first]
  for (const { field, typeName } of entityFields(document)) {
    const needs = supergraph.needs.get(`${subgraph} ${typeName}.${field.name.value}`) ?? []
    let part = parts.find(({ standIns }) => !isInConflict([...standIns, ...needs], supergraph))
    if (part === undefined) parts.push((part = { standIns: new Set(), fields: new Set() }))
    part.fields.add(field)
    for (const need of needs) part.standIns.add(need)
  }
  return parts
}

/** The fields that are asked of the entities themselves, with the type they are asked of. */
function entityFields(document: DocumentNode): { field: FieldNode; typeName: string }[] {
  const walk = (
    selectionSet: SelectionSetNode | undefined,
    typeName: string,
  ): { field: FieldNode; typeName: string }[] =>
    (selectionSet?.selections ?? []).flatMap((selection) => {
      if (selection.kind === Kind.FIELD) return [{ field: selection, typeName }]
      return selection.kind === Kind.INLINE_FRAGMENT
        ? walk(selection.selectionSet, selection.typeCondition?.name.value ?? typeName)
        : []
    })
  const [operation] = document.definitions
  if (operation?.kind !== Kind.OPERATION_DEFINITION) return []
  return operation.selectionSet.selections.flatMap((root) =>
    root.kind === Kind.FIELD ? walk(root.selectionSet, '') : [],
  )
}

function partOf(
  fetch: FetchNode,
  document: DocumentNode,
  part: Part,
  { isRead, index }: { isRead: (name: string) => boolean; index: number },
): FetchNode {
  const own = new Set(part.fields)
  const others = new Set(entityFields(document).map(({ field }) => field))
  const kept = visit(document, {
    Field: (field) => (others.has(field) && !own.has(field) ? null : undefined),
    InlineFragment: { leave: (fragment) => (fragment.selectionSet.selections.length === 0 ? null : undefined) },
  })
  const { operation, variables } = withUsedVariables(kept)
  return {
    ...fetch,
    ...(fetch.id !== undefined && { id: index === 0 ? fetch.id : `${fetch.id}.${index}` }),
    operation,
    ...(fetch.variableUsages && { variableUsages: fetch.variableUsages.filter((name) => variables.has(name)) }),
    requires: readOnly(fetch.requires ?? [], isRead),
  }
}

function readOnly(
  selections: readonly QueryPlanSelectionNode[],
  isRead: (name: string) => boolean,
): QueryPlanSelectionNode[] {
  return selections.flatMap((selection): QueryPlanSelectionNode[] => {
    if (selection.kind === 'Field' && !isRead(selection.name)) return []
    if (selection.selections === undefined) return [selection]
    const inner = readOnly(selection.selections, isRead)
    // An object of which nothing is needed is not needed.
    return inner.length === 0 ? [] : [{ ...selection, selections: inner }]
  })
}

/** Subgraphs refuse operations that define variables they don't use. */
function withUsedVariables(document: DocumentNode): { operation: string; variables: Set<string> } {
  const variables = new Set<string>()
  visit(document, {
    VariableDefinition: () => false,
    Variable: ({ name }) => void variables.add(name.value),
  })
  const used = visit(document, {
    VariableDefinition: (definition) => (variables.has(definition.variable.name.value) ? false : null),
  })
  return { operation: stripIgnoredCharacters(print(used)), variables }
}

/** The same operation with its named fragments written out where they are used. */
function withoutSpreads(document: DocumentNode): DocumentNode {
  const fragments = new Map(
    document.definitions
      .filter((definition): definition is FragmentDefinitionNode => definition.kind === Kind.FRAGMENT_DEFINITION)
      .map((fragment) => [fragment.name.value, fragment]),
  )
  if (fragments.size === 0) return document
  const inline = (selection: SelectionNode): SelectionNode => {
    const fragment = selection.kind === Kind.FRAGMENT_SPREAD ? fragments.get(selection.name.value) : undefined
    if (fragment === undefined) return selection
    const { typeCondition, selectionSet } = fragment
    const written: InlineFragmentNode = {
      kind: Kind.INLINE_FRAGMENT,
      typeCondition,
      selectionSet,
      directives: selection.directives ?? [],
    }
    return written
  }
  const definitions = document.definitions.filter(({ kind }) => kind === Kind.OPERATION_DEFINITION)
  return visit(
    { ...document, definitions },
    { SelectionSet: (set) => ({ ...set, selections: set.selections.map(inline) }) },
  )
}
