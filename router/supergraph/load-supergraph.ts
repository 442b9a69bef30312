import { setImmediate } from 'node:timers/promises'
import { buildASTSchema, type GraphQLSchema, parse } from 'graphql'
import { type ReadSupergraph, readSupergraph } from './read-supergraph.ts'
import { readInThread } from './read-thread.ts'

export type { SubgraphAddress } from './read-supergraph.ts'

/** A supergraph, read once: everything that serving it needs. */
export type LoadedSupergraph = ReadSupergraph & {
  /** What clients see. */
  readonly apiSchema: GraphQLSchema
  /** With the fields that clients don't see, for the executor. */
  readonly schema: GraphQLSchema
}

type Urls = Readonly<Record<string, string | undefined>>

/** Reads a supergraph's SDL. `urls` override the addresses in it, by subgraph. Throws where it is not a supergraph. */
export function loadSupergraph(sdl: string, urls: Urls = {}): LoadedSupergraph {
  const read = readSupergraph(sdl)
  return withSchemas(read, urls, schemaOf(read.apiSdl), schemaOf(sdl))
}

/**
 * The same for a router that serves meanwhile: reads in another thread, which keeps this one free for all but the making of
 * each schema of its text, a tenth of the work.
 */
export async function loadSupergraphApart(sdl: string, urls: Urls = {}): Promise<LoadedSupergraph> {
  const read = await readInThread(sdl)
  const apiSchema = schemaOf(read.apiSdl)
  await setImmediate()
  const schema = schemaOf(sdl)
  await setImmediate()
  return withSchemas(read, urls, apiSchema, schema)
}

/** The schema of a text that was found valid before. */
export const schemaOf = (sdl: string): GraphQLSchema =>
  buildASTSchema(parse(sdl, { noLocation: true }), { assumeValid: true, assumeValidSDL: true })

const withSchemas = (
  read: ReadSupergraph,
  urls: Urls,
  apiSchema: GraphQLSchema,
  schema: GraphQLSchema,
): LoadedSupergraph => ({
  ...read,
  apiSchema,
  schema,
  subgraphs: read.subgraphs.map(({ name, url }) => ({ name, url: urls[name] ?? url })),
})
