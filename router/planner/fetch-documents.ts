import type { FetchNode } from '@apollo/query-planner'
import {
  type DocumentNode,
  type FragmentDefinitionNode,
  type InlineFragmentNode,
  Kind,
  print,
  type SelectionNode,
  stripIgnoredCharacters,
  visit,
} from 'graphql'

/** The fetch with another document, and what that uses of its variables: subgraphs refuse operations that define others. */
export function withDocument(fetch: FetchNode, document: DocumentNode): FetchNode {
  const { operation, variables } = withUsedVariables(document)
  const { variableUsages } = fetch
  return {
    ...fetch,
    operation,
    ...(variableUsages && { variableUsages: variableUsages.filter((name) => variables.has(name)) }),
  }
}

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
export function withoutSpreads(document: DocumentNode): DocumentNode {
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
