import {
  executeSync,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  Kind,
  OperationTypeNode,
  type OperationDefinitionNode,
  visit,
} from 'graphql'
import { type Data, put } from './json-data.ts'

/** Answers `__schema` and `__type` of an operation from the schema that clients see. */
export type Introspect = (variables: Readonly<Record<string, unknown>>) => Data

/** Prepares the answer to the introspection `fields` at an operation's root. */
export function compileIntrospection(
  schema: GraphQLSchema,
  fields: readonly FieldNode[],
  operation: OperationDefinitionNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
): Introspect {
  if (fields.length === 0) return () => NOTHING
  const document = documentOf(fields, operation, [...fragments.values()])
  return (variables) => {
    const { data, errors } = executeSync({ schema, document, variableValues: variables })
    if (!data) throw new Error(`expected introspection to be answered: ${errors?.map(({ message }) => message).join()}`)
    const plain: Data = {}
    for (const [key, value] of Object.entries(data)) put(plain, key, value)
    return plain
  }
}

const NOTHING: Data = {}

function documentOf(
  selections: readonly FieldNode[],
  { variableDefinitions = [] }: OperationDefinitionNode,
  fragments: readonly FragmentDefinitionNode[],
) {
  const used = new Set<string>()
  visit({ kind: Kind.SELECTION_SET, selections }, { Variable: ({ name }) => void used.add(name.value) })
  for (const fragment of fragments) visit(fragment, { Variable: ({ name }) => void used.add(name.value) })
  return {
    kind: Kind.DOCUMENT,
    definitions: [
      {
        kind: Kind.OPERATION_DEFINITION,
        operation: OperationTypeNode.QUERY,
        variableDefinitions: variableDefinitions.filter(({ variable }) => used.has(variable.name.value)),
        selectionSet: { kind: Kind.SELECTION_SET, selections },
      },
      ...fragments,
    ],
  } as const
}
