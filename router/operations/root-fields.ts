import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql'

/** Every selection at the root of an operation, through fragments: the fragments themselves and the fields in them. */
export function rootSelections(document: DocumentNode, operation: OperationDefinitionNode): SelectionNode[] {
  const fragments = fragmentsOf(document)
  const visited = new Set<string>()
  const walk = (selectionSet: SelectionSetNode): SelectionNode[] =>
    selectionSet.selections.flatMap((selection): SelectionNode[] => {
      if (selection.kind === Kind.FIELD) return [selection]
      if (selection.kind === Kind.INLINE_FRAGMENT) return [selection, ...walk(selection.selectionSet)]
      const fragment = fragments.get(selection.name.value)
      if (fragment === undefined || visited.has(selection.name.value)) return [selection]
      visited.add(selection.name.value)
      return [selection, ...walk(fragment.selectionSet)]
    })
  return walk(operation.selectionSet)
}

/** The fields at the root of an operation that `isWanted` lets in, where it lets in every fragment around them. */
export function rootFields(
  document: DocumentNode,
  operation: OperationDefinitionNode,
  isWanted: (selection: SelectionNode) => boolean,
): FieldNode[] {
  const fragments = fragmentsOf(document)
  const walk = (selectionSet: SelectionSetNode | undefined): FieldNode[] =>
    (selectionSet?.selections ?? []).filter(isWanted).flatMap((selection) => {
      if (selection.kind === Kind.FIELD) return [selection]
      return walk(
        selection.kind === Kind.INLINE_FRAGMENT
          ? selection.selectionSet
          : fragments.get(selection.name.value)?.selectionSet,
      )
    })
  return walk(operation.selectionSet)
}

const fragmentsOf = (document: DocumentNode): Map<string, FragmentDefinitionNode> =>
  new Map(
    document.definitions
      .filter((definition) => definition.kind === Kind.FRAGMENT_DEFINITION)
      .map((fragment) => [fragment.name.value, fragment]),
  )
