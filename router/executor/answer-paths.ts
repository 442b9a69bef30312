import { type FieldNode, getOperationAST, type OperationDefinitionNode, type DocumentNode, Kind } from 'graphql'
import { fragmentsOf } from './projection-fields.ts'
import type { Path } from './targets.ts'

/** Names a path in the data as the client's answer has it. */
export type ToClientPath = (path: Path) => Path

/** Knows the client's names for keys that the plan delivers under aliases of its own. */
export function compilePaths(
  document: DocumentNode,
  operation: OperationDefinitionNode | null | undefined = getOperationAST(document),
  sourceKeys: ReadonlyMap<FieldNode, string> = new Map(),
): ToClientPath {
  if (sourceKeys.size === 0 || !operation) return (path) => path
  const fragments = fragmentsOf(document)
  const fieldsIn = (selections: OperationDefinitionNode['selectionSet']['selections']): FieldNode[] =>
    selections.flatMap((selection) => {
      if (selection.kind === Kind.FIELD) return [selection]
      const inner = selection.kind === Kind.INLINE_FRAGMENT ? selection : fragments.get(selection.name.value)
      return fieldsIn(inner?.selectionSet.selections ?? [])
    })
  return (path) => {
    let selections = [operation.selectionSet]
    return path.map((element) => {
      if (typeof element === 'number') return element
      const nodes = selections
        .flatMap((selectionSet) => fieldsIn(selectionSet.selections))
        .filter((node) => (sourceKeys.get(node) ?? keyOf(node)) === element)
      selections = nodes.flatMap(({ selectionSet }) => selectionSet ?? [])
      const [node] = nodes
      return node === undefined ? element : keyOf(node)
    })
  }
}

const keyOf = (node: FieldNode): string => node.alias?.value ?? node.name.value
