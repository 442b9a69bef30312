import type { FetchNode } from '@apollo/query-planner'
import {
  type DocumentNode,
  type FieldNode,
  getNamedType,
  isCompositeType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  parse,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql'
import type { LoadedSupergraph } from '../supergraph/load-supergraph.ts'
import type { CacheHints } from './cache-hints.ts'
import { entitiesWithin, fieldOf, fieldPolicy } from './field-policy.ts'
import { ANYTHING, listTag } from './tags.ts'

/** What the hints say of one fetch. */
export type FetchRules = {
  /** For so long its answer may be kept at most; 0: not at all. */
  maxAgeS: number
  /** What its answer depends on beside the entities in it. */
  tags: readonly string[]
  /** Root fields of one entity: where it is null, it depends on all entities of that type. */
  ifNull: readonly { responseName: string; tag: string }[]
}

type Supergraph = Pick<LoadedSupergraph, 'schema' | 'accessRules'>
type Around = 'root' | 'entity' | 'plain'
type Walk = {
  hints: CacheHints
  subgraph: string
  supergraph: Supergraph
  document: DocumentNode
  maxAgeS: number
  tags: Set<string>
  ifNull: { responseName: string; tag: string }[]
}

/**
 * Reads one fetch of a plan. What needs rights or is private may not be kept, nor what goes through an interface or a
 * union, since which entities stand there can't be told before.
 */
export function readFetchRules(
  { operation, operationKind, serviceName }: Pick<FetchNode, 'operation' | 'operationKind' | 'serviceName'>,
  hints: CacheHints,
  supergraph: Supergraph,
): FetchRules {
  const document = parse(operation, { noLocation: true })
  const walk: Walk = {
    hints,
    subgraph: serviceName,
    supergraph,
    document,
    maxAgeS: operationKind === 'query' ? Number.POSITIVE_INFINITY : 0,
    tags: new Set(),
    ifNull: [],
  }
  const root = document.definitions.find((definition) => definition.kind === Kind.OPERATION_DEFINITION)
  if (walk.maxAgeS > 0 && root !== undefined) walkRoot(root, walk)
  return { maxAgeS: Number.isFinite(walk.maxAgeS) ? walk.maxAgeS : 0, tags: [...walk.tags], ifNull: walk.ifNull }
}

function walkRoot({ selectionSet }: OperationDefinitionNode, walk: Walk): void {
  const query = walk.supergraph.schema.getQueryType()
  const entities = selectionSet.selections.find((selection) => isField(selection, '_entities'))
  if (entities === undefined) return walkSelections(selectionSet, query?.name ?? 'Query', 'root', walk)
  for (const { typeCondition, selectionSet: inner } of fragmentsOf(entities, walk)) {
    const type = typeCondition ?? ''
    restrict(walk, walk.hints.hints.get(type) ?? { maxAgeS: 0, isPrivate: false })
    walkSelections(inner, type, 'entity', walk)
  }
}

function walkSelections(selectionSet: SelectionSetNode, typename: string, around: Around, walk: Walk): void {
  const { schema, accessRules } = walk.supergraph
  const type = schema.getType(typename)
  if (accessRules.has(typename) || !isObjectType(type) || isUnnameable(typename, walk)) return forbid(walk)
  for (const selection of selectionSet.selections) {
    if (selection.kind === Kind.FIELD) {
      walkField(selection, typename, around, walk)
      continue
    }
    const { typeCondition = typename, selectionSet: inner } = fragmentOf(selection, walk)
    walkSelections(inner, typeCondition, around, walk)
  }
}

function walkField(node: FieldNode, typename: string, around: Around, walk: Walk): void {
  const { schema, accessRules } = walk.supergraph
  const field = fieldOf(schema.getType(typename), node.name.value)
  if (field === undefined) return node.name.value === '__typename' ? undefined : forbid(walk)
  const coordinate = `${typename}.${field.name}`
  if (accessRules.has(coordinate)) return forbid(walk)
  restrict(walk, fieldPolicy(walk.hints, coordinate, field, around === 'root'))
  if (walk.maxAgeS === 0) return
  const inner = getNamedType(field.type).name
  addTags(node, { inner, around, isList: isList(field.type) }, walk)
  if (node.selectionSet !== undefined)
    walkSelections(node.selectionSet, inner, isEntity(inner, walk) ? 'entity' : 'plain', walk)
}

type Place = { inner: string; around: Around; isList: boolean }

/**
 * An event names the entity in whose list one stands, as an order names its own lines: such a list is dropped by that
 * entity's key. Any other list may gain or lose by a change of anything in it, and anything may come where nothing was.
 */
function addTags(node: FieldNode, { inner, around, isList: isMany }: Place, walk: Walk): void {
  const { schema } = walk.supergraph
  if (isEntity(inner, walk)) {
    if (around === 'entity') return
    if (around === 'plain' || isMany) walk.tags.add(listTag(inner))
    else walk.ifNull.push({ responseName: node.alias?.value ?? node.name.value, tag: listTag(inner) })
    return
  }
  if (around === 'root' && !isCompositeType(schema.getType(inner))) walk.tags.add(ANYTHING)
  for (const entity of entitiesWithin(schema.getTypeMap(), inner, (type) => isEntity(type, walk)))
    walk.tags.add(listTag(entity))
}

const isEntity = (type: string, { hints, subgraph }: Walk): boolean => hints.keys.get(type)?.has(subgraph) === true

/** An entity whose key no event can name: its fields are nested. */
const isUnnameable = (type: string, { hints, subgraph }: Walk): boolean =>
  hints.keys.get(type)?.get(subgraph)?.length === 0

function restrict(walk: Walk, { maxAgeS, isPrivate }: { maxAgeS: number | undefined; isPrivate: boolean }): void {
  if (isPrivate) walk.maxAgeS = 0
  else if (maxAgeS !== undefined) walk.maxAgeS = Math.min(walk.maxAgeS, maxAgeS)
}

const forbid = (walk: Walk): void => void (walk.maxAgeS = 0)

const isList = (type: unknown): boolean => (isNonNullType(type) ? isListType(type.ofType) : isListType(type))

const isField = (selection: SelectionNode, name: string): boolean =>
  selection.kind === Kind.FIELD && selection.name.value === name

type Fragment = { typeCondition: string | undefined; selectionSet: SelectionSetNode }

function fragmentOf(selection: Exclude<SelectionNode, FieldNode>, { document }: Walk): Fragment {
  if (selection.kind === Kind.INLINE_FRAGMENT)
    return { typeCondition: selection.typeCondition?.name.value, selectionSet: selection.selectionSet }
  const named = document.definitions.find(
    (definition) => definition.kind === Kind.FRAGMENT_DEFINITION && definition.name.value === selection.name.value,
  )
  if (named?.kind !== Kind.FRAGMENT_DEFINITION)
    throw new Error(`expected the fragment ${selection.name.value} in the plan's fetch`)
  return { typeCondition: named.typeCondition.name.value, selectionSet: named.selectionSet }
}

const fragmentsOf = (entities: SelectionNode, walk: Walk): Fragment[] =>
  entities.kind !== Kind.FIELD
    ? []
    : (entities.selectionSet?.selections ?? []).flatMap((selection) =>
        selection.kind === Kind.FIELD ? [] : [fragmentOf(selection, walk)],
      )
