import { composeServices } from '@apollo/composition'
import { Supergraph } from '@apollo/federation-internals'
import {
  concatAST,
  type ConstDirectiveNode,
  type ConstValueNode,
  execute,
  type FieldDefinitionNode,
  type GraphQLSchema,
  Kind,
  parse,
  parseConstValue,
  print,
  type TypeNode,
  visit,
} from 'graphql'
import { allUsers, firstProducts, userById } from './data.ts'
import { SDL } from './schemas.ts'

/** Composes the four subgraphs, each at its path under `origin`. */
export function composeSupergraph(origin: string): string {
  const composed = composeServices(
    Object.entries(SDL).map(([name, sdl]) => ({ name, url: `${origin}/${name}`, typeDefs: parse(sdl) })),
  )
  if (composed.errors) throw new Error(composed.errors.map((error) => error.message).join('\n'))
  return composed.supergraphSdl
}

// What composition adds for subgraphs that import `@listSize`.
const LIST_SIZE = parse(`
  extend schema @link(url: "https://specs.apollo.dev/cost/v0.1", import: ["@listSize"])
  directive @listSize(assumedSize: Int, slicingArguments: [String!], sizedFields: [String!], requireOneSlicingArgument: Boolean = true) on FIELD_DEFINITION
`)

/** The same supergraph with a size for each of its lists, so that operations have a cost. */
export function withSizes(supergraphSdl: string): string {
  const size = parseConstValue('10')
  const sized = visit(parse(supergraphSdl), {
    FieldDefinition: (field): FieldDefinitionNode | undefined =>
      isList(field.type)
        ? { ...field, directives: [...(field.directives ?? []), directive('listSize', { assumedSize: size })] }
        : undefined,
  })
  return print(concatAST([sized, LIST_SIZE]))
}

const isList = (type: TypeNode): boolean =>
  type.kind === Kind.LIST_TYPE || (type.kind === Kind.NON_NULL_TYPE && isList(type.type))

const directive = (name: string, values: Readonly<Record<string, ConstValueNode>>): ConstDirectiveNode => ({
  kind: Kind.DIRECTIVE,
  name: { kind: Kind.NAME, value: name },
  arguments: Object.entries(values).map(([argument, value]) => ({
    kind: Kind.ARGUMENT,
    name: { kind: Kind.NAME, value: argument },
    value,
  })),
})

/** What clients of `supergraphSdl` see. */
export const apiSchemaOf = (supergraphSdl: string): GraphQLSchema =>
  Supergraph.build(supergraphSdl).apiSchema().toGraphQLJSSchema()

/** The answer that is right, found without any gateway: one schema over all the data, by graphql-js. */
export async function expectedAnswer(
  apiSchema: GraphQLSchema,
  { query, variables }: { query: string; variables?: Record<string, unknown> },
): Promise<string> {
  const rootValue = {
    me: () => userById('1'),
    user: ({ id }: { id: string }) => userById(id),
    users: allUsers,
    topProducts: ({ first }: { first: number }) => firstProducts(first),
    catalogue: ({ first }: { first: number }) => firstProducts(first),
  }
  const { data, errors } = await execute({
    schema: apiSchema,
    document: parse(query),
    rootValue,
    ...(variables && { variableValues: variables }),
  })
  if (errors?.[0]) throw errors[0]
  return JSON.stringify({ data })
}
