import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql'

/** How large a set of selections is, fragments counted wherever they are spread. */
export type Measured = {
  /** The deepest field, and how many fields lead to it with itself. */
  depth: number
  deepest: FieldNode | undefined
  fields: number
  /** Fields of the set itself, but `__typename`. */
  width: number
  aliases: number
  directives: number
}

const NOTHING: Measured = { depth: 0, deepest: undefined, fields: 0, width: 0, aliases: 0, directives: 0 }

/** Measures the operations of one document. Each fragment is walked once, however often it is spread; one within itself counts as nothing. */
export function createMeasure(document: DocumentNode): (operation: OperationDefinitionNode) => Measured {
  const fragments = new Map(
    document.definitions
      .filter((definition) => definition.kind === Kind.FRAGMENT_DEFINITION)
      .map((fragment) => [fragment.name.value, fragment]),
  )
  const known = new Map<string, Measured>()
  const measureFragment = (name: string): Measured => {
    const fragment = fragments.get(name)
    if (fragment === undefined) return NOTHING
    const measured = known.get(name)
    if (measured !== undefined) return measured
    known.set(name, NOTHING)
    const walked = withDirectives(measure(fragment.selectionSet), fragment)
    known.set(name, walked)
    return walked
  }
  const measureSelection = (selection: SelectionNode): Measured => {
    switch (selection.kind) {
      case Kind.FIELD:
        return withDirectives(asField(selection, measure(selection.selectionSet)), selection)
      case Kind.INLINE_FRAGMENT:
        return withDirectives(measure(selection.selectionSet), selection)
      case Kind.FRAGMENT_SPREAD:
        return withDirectives(measureFragment(selection.name.value), selection)
    }
  }
  const measure = (selectionSet: SelectionSetNode | undefined): Measured =>
    selectionSet === undefined ? NOTHING : selectionSet.selections.map(measureSelection).reduce(add, NOTHING)
  return (operation) => withDirectives(measure(operation.selectionSet), operation)
}

/** A field over what is in it. Introspection nests by its nature, and its lists are bounded by validation. */
function asField(node: FieldNode, inner: Measured): Measured {
  const isIntrospection = node.name.value === '__schema' || node.name.value === '__type'
  return {
    depth: isIntrospection ? 1 : inner.depth + 1,
    deepest: isIntrospection ? node : (inner.deepest ?? node),
    fields: inner.fields + 1,
    width: node.name.value === '__typename' ? 0 : 1,
    aliases: inner.aliases + (node.alias === undefined ? 0 : 1),
    directives: inner.directives,
  }
}

const withDirectives = (
  measured: Measured,
  { directives = [] }: SelectionNode | FragmentDefinitionNode | OperationDefinitionNode,
): Measured =>
  directives.length === 0 ? measured : { ...measured, directives: measured.directives + directives.length }

const add = (one: Measured, other: Measured): Measured => ({
  depth: Math.max(one.depth, other.depth),
  deepest: other.depth > one.depth ? other.deepest : one.deepest,
  fields: one.fields + other.fields,
  width: one.width + other.width,
  aliases: one.aliases + other.aliases,
  directives: one.directives + other.directives,
})
