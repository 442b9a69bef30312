import { readFile } from 'node:fs/promises'
import { buildSubgraphSchema } from '@apollo/subgraph'
import type { GraphQLResolverMap } from '@apollo/subgraph'
import { type DocumentNode, type GraphQLSchema, parse } from 'graphql'
import type { SubgraphName } from '../runtime/names.ts'
import type { ResolverMap } from './define-subgraph.ts'
import { guardSchema } from './guards.ts'
import { SCALARS } from './scalars.ts'

const SCHEMA_FOLDER = new URL('../../schema/', import.meta.url)

/** The SDL of a subgraph: common.graphql plus its own. */
export async function readSubgraphSdl(name: SubgraphName): Promise<DocumentNode> {
  const files = await Promise.all(
    ['common', name].map((file) => readFile(new URL(`${file}.graphql`, SCHEMA_FOLDER), 'utf8')),
  )
  return parse(files.join('\n'))
}

/** The executable, guarded schema of a subgraph. */
export async function buildSchema(name: SubgraphName, resolvers: ResolverMap): Promise<GraphQLSchema> {
  const typeDefs = await readSubgraphSdl(name)
  return guardSchema(
    buildSubgraphSchema([{ typeDefs, resolvers: { ...SCALARS, ...resolvers } as GraphQLResolverMap<unknown> }]),
  )
}
