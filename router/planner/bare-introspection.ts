import { type DocumentNode, type FieldNode, Kind, visit } from 'graphql'

const TYPENAME: FieldNode = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } }

/**
 * The document without what is asked of `__schema` and `__type`, which no plan has a part in: the executor answers them from
 * the schema that clients see. Apollo's planner refuses what is newer than itself in it, such as `isOneOf`.
 */
export function bareIntrospection(document: DocumentNode): DocumentNode {
  return visit(document, {
    // These types are met nowhere else.
    FragmentDefinition: ({ typeCondition }) => (typeCondition.name.value.startsWith('__') ? null : undefined),
    Field: (field) =>
      field.name.value === '__schema' || field.name.value === '__type'
        ? { ...field, selectionSet: { kind: Kind.SELECTION_SET, selections: [TYPENAME] } }
        : undefined,
  })
}
