import { composeServices } from '@apollo/composition'
import { Supergraph } from '@apollo/federation-internals'
import { execute, type GraphQLSchema, parse } from 'graphql'
import { allUsers, firstProducts, userById } from './data.ts'
import { SDL } from './schemas.ts'

/** Composes the four subgraphs, each at its path under `origin`. */
export function composeSupergraph(origin: string, sdl: Readonly<Record<string, string>> = SDL): string {
  const composed = composeServices(
    Object.entries(sdl).map(([name, text]) => ({ name, url: `${origin}/${name}`, typeDefs: parse(text) })),
  )
  if (composed.errors) throw new Error(composed.errors.map((error) => error.message).join('\n'))
  return composed.supergraphSdl
}

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
