import type { FetchNode, QueryPlanSelectionNode } from '@apollo/query-planner'
import {
  type DocumentNode,
  type FieldNode,
  Kind,
  parse,
  print,
  type SelectionNode,
  type SelectionSetNode,
  visit,
} from 'graphql'
import { withDocument, withoutSpreads } from './fetch-documents.ts'
import type { MendedSupergraph } from './mend-supergraph.ts'
import { readPaths } from './read-paths.ts'

/** Fields of one fetch that can be given to one representation, the conditions that they share, and what they read of it. */
type Part = { conditions: string; fields: Set<FieldNode>; needs: Set<string> }
type EntityField = { field: FieldNode; typeName: string; conditions: string }

/**
 * A fetch becomes several where one representation can't serve all of its fields:
 * - its fields `@requires` one field with different arguments, and it would need two values under one name;
 * - some of its fields are under `@skip` or `@include`, and so is what they require: where that is left out, the
 *   representation is not complete, and the other fields would not be asked for either;
 * - what an interface object requires for one of its types only, the planner has read of all of them.
 */
export function splitFetch(fetch: FetchNode, supergraph: MendedSupergraph): FetchNode[] {
  const read = readPaths(fetch.requires ?? [])
  const isApart = isOfSomeTypes(fetch.requires ?? [], supergraph)
  if (!isApart && !isInConflict(read, supergraph) && !/@(?:skip|include)\b/.test(fetch.operation)) return [fetch]
  const document = withoutSpreads(parse(fetch.operation, { noLocation: true }))
  const fields = entityFields(document)
  const parts = partition(fields, fetch.serviceName, supergraph, isApart)
  const [first, ...others] = parts
  if (first === undefined || others.length === 0) return [fetch]
  const keys = new Set(fields.flatMap(({ typeName }) => supergraph.keys.get(`${fetch.serviceName} ${typeName}`) ?? []))
  const needed = new Set(parts.flatMap(({ needs }) => [...needs]))
  return parts.map((part, index) => {
    // What no field is known to need is no business of this.
    const isRead = (path: string) => part.needs.has(path) || keys.has(path) || !needed.has(path)
    return partOf(fetch, document, part, { isRead, index })
  })
}

const isOfSomeTypes = (requires: readonly QueryPlanSelectionNode[], { interfaces }: MendedSupergraph): boolean =>
  requires.length > 1 &&
  requires.some((selection) => selection.kind === 'InlineFragment' && interfaces.has(selection.typeCondition ?? ''))

/** Two stand-ins of one name, wherever they are: to split once too often costs a fetch, and no answer. */
function isInConflict(paths: Iterable<string>, { standIns }: MendedSupergraph): boolean {
  const names = new Set([...paths].flatMap((path) => path.split('.')).filter((name) => standIns.has(name)))
  return new Set([...names].map((name) => standIns.get(name)?.name)).size < names.size
}

/**
 * Each field into the first part in which it conflicts with none and whose conditions are its own. What requires nothing,
 * or nothing beyond what is there in any case, is with the fields that have no conditions. `isApart`: a part for each need.
 */
function partition(
  fields: readonly EntityField[],
  subgraph: string,
  supergraph: MendedSupergraph,
  isApart: boolean,
): Part[] {
  const parts: Part[] = [{ conditions: '', fields: new Set(), needs: new Set() }]
  const withNeeds = fields.map(({ field, typeName, conditions }) => {
    const needs = supergraph.needs.get(`${subgraph} ${typeName}.${field.name.value}`) ?? []
    const own = isApart ? `${conditions} ${needs.toSorted().join(' ')}` : conditions
    return { field, needs, conditions: needs.length === 0 ? '' : own }
  })
  for (const { field, needs, conditions } of withNeeds.toSorted((one, other) => order(one) - order(other))) {
    let part = parts.find(
      (candidate) =>
        (candidate.conditions === conditions ||
          (candidate.conditions === '' && needs.every((path) => candidate.needs.has(path)))) &&
        !isInConflict([...candidate.needs, ...needs], supergraph),
    )
    if (part === undefined) parts.push((part = { conditions, fields: new Set(), needs: new Set() }))
    part.fields.add(field)
    for (const need of needs) part.needs.add(need)
  }
  return parts.filter((part) => part.fields.size > 0)
}

const order = ({ conditions }: { conditions: string }): number => (conditions === '' ? 0 : 1)

/** The fields that are asked of the entities themselves, with the type they are asked of. */
export function entityFields(document: DocumentNode): EntityField[] {
  const walk = (selectionSet: SelectionSetNode | undefined, typeName: string, above: string): EntityField[] =>
    (selectionSet?.selections ?? []).flatMap((selection) => {
      const conditions = [above, ...conditionsOf(selection)].filter((text) => text !== '').join(' ')
      if (selection.kind === Kind.FIELD) return [{ field: selection, typeName, conditions }]
      return selection.kind === Kind.INLINE_FRAGMENT
        ? walk(selection.selectionSet, selection.typeCondition?.name.value ?? typeName, conditions)
        : []
    })
  const [operation] = document.definitions
  if (operation?.kind !== Kind.OPERATION_DEFINITION) return []
  return operation.selectionSet.selections.flatMap((root) =>
    root.kind === Kind.FIELD && root.name.value === '_entities' ? walk(root.selectionSet, '', '') : [],
  )
}

const conditionsOf = ({ directives }: SelectionNode): string[] =>
  (directives ?? [])
    .filter(({ name }) => name.value === 'skip' || name.value === 'include')
    .map(print)
    .toSorted()

/** The fetch for the fields of `part` alone, which reads what `isRead` says. */
export function partOf(
  fetch: FetchNode,
  document: DocumentNode,
  part: Part,
  { isRead, index }: { isRead: (path: string) => boolean; index: number },
): FetchNode {
  const own = new Set(part.fields)
  const others = new Set(entityFields(document).map(({ field }) => field))
  const kept = visit(document, {
    Field: (field) => (others.has(field) && !own.has(field) ? null : undefined),
    InlineFragment: { leave: (fragment) => (fragment.selectionSet.selections.length === 0 ? null : undefined) },
  })
  return {
    ...withDocument(fetch, kept),
    ...(fetch.id !== undefined && { id: index === 0 ? fetch.id : `${fetch.id}.${index}` }),
    requires: readOnly(fetch.requires ?? [], isRead),
  }
}

function readOnly(
  selections: readonly QueryPlanSelectionNode[],
  isRead: (path: string) => boolean,
  path = '',
): QueryPlanSelectionNode[] {
  return selections.flatMap((selection): QueryPlanSelectionNode[] => {
    const here = selection.kind === 'Field' ? `${path}${selection.name}` : path
    if (selection.selections === undefined)
      return selection.kind === 'InlineFragment' || selection.name === '__typename' || isRead(here) ? [selection] : []
    const inner = readOnly(selection.selections, isRead, selection.kind === 'Field' ? `${here}.` : path)
    // An object of which nothing is needed is not needed.
    const isNeeded = selection.kind === 'InlineFragment' || readsData(inner) || !readsData(selection.selections)
    return isNeeded ? [{ ...selection, selections: inner }] : []
  })
}

const readsData = (selections: readonly QueryPlanSelectionNode[]): boolean =>
  readPaths(selections).some((leaf) => !/(?:^|\.)__typename$/.test(leaf))
