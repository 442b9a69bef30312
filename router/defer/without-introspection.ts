import { type DocumentNode, type FieldNode, Kind, type SelectionNode, type SelectionSetNode, visit } from 'graphql'

const TYPENAME: FieldNode = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } }
const known = new WeakMap<DocumentNode, DocumentNode>()

/**
 * The operation without `__schema` and `__type`, which no subgraph is asked for: the planner fails on them in a fragment
 * with `@defer`. The same one for one document; its fields are those of the document, and all fragments are still there.
 */
export function withoutIntrospection(document: DocumentNode): DocumentNode {
  const stripped = known.get(document) ?? strip(document)
  known.set(document, stripped)
  return stripped
}

const strip = (document: DocumentNode): DocumentNode =>
  visit(document, {
    Field: (field) => (isIntrospection(field) ? undefined : false),
    SelectionSet: (set): SelectionSetNode | undefined => {
      if (!set.selections.some(isIntrospection)) return undefined
      const selections = set.selections.filter((selection) => !isIntrospection(selection))
      return { ...set, selections: selections.length > 0 ? selections : [TYPENAME] }
    },
  })

const isIntrospection = (selection: SelectionNode): boolean =>
  selection.kind === Kind.FIELD && (selection.name.value === '__schema' || selection.name.value === '__type')
