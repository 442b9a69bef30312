import { buildSchema, type GraphQLSchema } from 'graphql'
import { z } from 'zod'
import { GraphError } from '../graph-error.ts'
import type { Finding } from '../report/finding.ts'
import { API_FILE, type Composed, composeSupergraph, SUPERGRAPH_FILE } from './composition.ts'
import type { Files } from './files.ts'
import { COMMON_FILE, sourceFile, type SubgraphSource } from './subgraph-source.ts'
import { readYaml } from './yaml.ts'

/** A graph that composes. */
export type Graph = { api: GraphQLSchema; supergraphSdl: string; hints: readonly Finding[] }

const roverConfig = z.object({ subgraphs: z.record(z.string(), z.object({ routing_url: z.url() })) })

/** What `supergraph.yaml` names, with the SDL of each. Throws {@link GraphError} where a file is missing or malformed. */
export async function readSources(files: Files): Promise<SubgraphSource[]> {
  const config = roverConfig.safeParse(readYaml(await need(files, 'supergraph.yaml'), 'supergraph.yaml'))
  if (!config.success)
    throw new GraphError(
      `supergraph.yaml: expected subgraphs with a routing_url each: ${z.prettifyError(config.error)}`,
    )
  const commonSdl = (await files.read(COMMON_FILE)) ?? ''
  return Promise.all(
    Object.entries(config.data.subgraphs).map(async ([name, { routing_url }]) => {
      return { name, url: routing_url, sdl: await need(files, sourceFile(name)), commonSdl }
    }),
  )
}

/** Composes what is in `files`: the graph, or the errors. */
export async function readGraph(files: Files): Promise<Graph | { errors: Finding[] }> {
  const composed = composeSupergraph(await readSources(files))
  return composed.kind === 'failed' ? { errors: composed.errors } : graphOf(composed)
}

/** The schemas of what was composed. */
export const graphOf = ({ files, hints }: Extract<Composed, { kind: 'composed' }>): Graph => ({
  api: buildSchema(files.get(API_FILE) ?? '', { assumeValidSDL: true }),
  supergraphSdl: files.get(SUPERGRAPH_FILE) ?? '',
  hints,
})

async function need(files: Files, path: string): Promise<string> {
  const text = await files.read(path)
  if (text === undefined) throw new GraphError(`${path} is not there`)
  return text
}
