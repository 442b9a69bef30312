import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  getNamedType,
  getNullableType,
  type GraphQLOutputType,
  type GraphQLSchema,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  GraphQLList,
  GraphQLNonNull,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
  TypeNameMetaFieldDef,
} from 'graphql'
import { deferOf, labelOf } from '../defer/defer-directive.ts'
import { isIncluded } from '../operations/is-included.ts'
import type { Denials } from '../security/denial-error.ts'
import { isOfType } from './type-conditions.ts'

/** What a projection is made for: one operation, and one set of values that `@skip` and `@include` ask for. */
export type Scope = {
  schema: GraphQLSchema
  fragments: ReadonlyMap<string, FragmentDefinitionNode>
  variables: Readonly<Record<string, unknown>>
  sourceKeys: ReadonlyMap<FieldNode, string>
  /** What the viewer may not see; nothing where it is left out. */
  denials?: Denials
}

/** Selections of one object, and the type that they were written for. */
export type Selected = { selectionSet: SelectionSetNode; type: string }

/** All selections of one key of the answer, merged. */
export type CollectedField = {
  key: string
  /** Where its value stands in the data. */
  source: string
  name: string
  nodes: FieldNode[]
  /** Undefined for `__schema` and `__type`. */
  type: GraphQLOutputType | undefined
  inner: Selected[]
  /** The type that a message names. */
  parent: string
}

/** A fragment that comes later, by our label. */
export type DeferredFragment = Selected & { label: string }

/**
 * The fields that an object of the type `typename` has in the answer, in the order in which the client wrote them. Those
 * in a fragment with `@defer` are not among them: `onDeferred` is told of the fragment.
 */
export function collectFields(
  selected: readonly Selected[],
  typename: string,
  scope: Scope,
  onDeferred?: (fragment: DeferredFragment) => void,
): CollectedField[] {
  const fields = new Map<string, CollectedField>()
  const walk = ({ selectionSet, type }: Selected, parent: string): void => {
    for (const selection of selectionSet.selections) {
      if (!isIncluded(selection, scope.variables)) continue
      if (selection.kind === Kind.FIELD) add(fields, selection, { type, parent }, scope)
      else {
        const fragment = fragmentOf(selection, type, scope)
        if (fragment === undefined || !isOfType(scope.schema, typename, fragment.type)) continue
        const defer = deferOf(selection.directives)
        if (defer !== undefined) onDeferred?.({ ...fragment, label: labelOf(defer) ?? '' })
        else walk(fragment, fragment.type === type ? parent : fragment.type)
      }
    }
  }
  for (const part of selected) walk(part, typename)
  return [...fields.values()]
}

function fragmentOf(
  selection: Exclude<SelectionNode, FieldNode>,
  type: string,
  { fragments }: Scope,
): Selected | undefined {
  if (selection.kind === Kind.INLINE_FRAGMENT)
    return { selectionSet: selection.selectionSet, type: selection.typeCondition?.name.value ?? type }
  const fragment = fragments.get(selection.name.value)
  return fragment && { selectionSet: fragment.selectionSet, type: fragment.typeCondition.name.value }
}

function add(
  fields: Map<string, CollectedField>,
  node: FieldNode,
  at: { type: string; parent: string },
  { schema, sourceKeys }: Scope,
): void {
  const key = node.alias?.value ?? node.name.value
  const type = typeOf(schema, at.type, node.name.value)
  const inner = node.selectionSet && type ? [{ selectionSet: node.selectionSet, type: getNamedType(type).name }] : []
  const source = sourceKeys.get(node)
  const known = fields.get(key)
  if (known === undefined) {
    fields.set(key, {
      key,
      source: source ?? key,
      name: node.name.value,
      nodes: [node],
      type,
      inner,
      parent: at.parent,
    })
    return
  }
  known.nodes.push(node)
  known.inner.push(...inner)
  if (source !== undefined) known.source = source
  if (type !== undefined && known.type !== undefined) known.type = strictest(known.type, type)
}

function typeOf(schema: GraphQLSchema, parent: string, field: string): GraphQLOutputType | undefined {
  if (field === '__typename') return TypeNameMetaFieldDef.type
  const type = schema.getType(parent)
  return isObjectType(type) || isInterfaceType(type) ? type.getFields()[field]?.type : undefined
}

/** Where an interface allows null and its implementation does not, the one that does not counts. */
function strictest(one: GraphQLOutputType, other: GraphQLOutputType): GraphQLOutputType {
  if (String(one) === String(other)) return one
  const [left, right] = [getNullableType(one), getNullableType(other)]
  const inner = isListType(left) && isListType(right) ? new GraphQLList(strictest(left.ofType, right.ofType)) : left
  return isNonNullType(one) || isNonNullType(other) ? new GraphQLNonNull(inner) : inner
}

/** The fragments of a document, by name. */
export const fragmentsOf = (document: DocumentNode): Map<string, FragmentDefinitionNode> =>
  new Map(
    document.definitions
      .filter((definition) => definition.kind === Kind.FRAGMENT_DEFINITION)
      .map((fragment) => [fragment.name.value, fragment]),
  )
