import { composeServices, type CompositionResult } from '@apollo/composition'
import {
  printSchema,
  ROUTER_SUPPORTED_SUPERGRAPH_FEATURES,
  type ServiceDefinition,
  Supergraph,
} from '@apollo/federation-internals'
import { type DocumentNode, GraphQLError, parse, Source } from 'graphql'

/** One subgraph to compose: its name, its address, its own SDL and the SDL that all share. */
export type SubgraphSource = { name: string; url: string; sdl: string; commonSdl: string }

/** What composing makes, by the path of the file that holds it; or why it can't, one readable line each. */
export type Composed = { kind: 'composed'; files: ReadonlyMap<string, string> } | { kind: 'failed'; errors: string[] }

export const SUPERGRAPH_FILE = 'schema/supergraph.graphql'
export const API_FILE = 'schema/api.graphql'

/** The file that holds a subgraph's whole SDL. */
export const subgraphFile = (name: string): string => `schema/subgraphs/${name}.graphql`

/** Composes the subgraphs into the supergraph (for the router) and the API schema (what clients see). Writes nothing. */
export function composeSupergraph(sources: readonly SubgraphSource[]): Composed {
  const services: ServiceDefinition[] = []
  for (const source of sources) {
    const typeDefs = parseSubgraph(source)
    if (typeDefs instanceof GraphQLError) return { kind: 'failed', errors: [explain(typeDefs, sources)] }
    services.push({ name: source.name, url: source.url, typeDefs })
  }
  const result = composeServices(services)
  if (result.errors !== undefined)
    return { kind: 'failed', errors: result.errors.map((error) => explain(error, sources)) }
  return { kind: 'composed', files: printFiles(sources, result) }
}

const HEADER = '# Made by `npm run compose` from schema/*.graphql: change those instead.\n\n'

function printFiles(
  sources: readonly SubgraphSource[],
  result: CompositionResult & { errors?: undefined },
): Map<string, string> {
  const supergraph = Supergraph.build(result.supergraphSdl, { supportedFeatures: ROUTER_SUPPORTED_SUPERGRAPH_FEATURES })
  return new Map([
    ...sources.map((source): [string, string] => [subgraphFile(source.name), HEADER + joinSdl(source)]),
    [SUPERGRAPH_FILE, `${HEADER}${result.supergraphSdl.trimEnd()}\n`],
    [API_FILE, `${HEADER}${printSchema(supergraph.apiSchema())}\n`],
  ])
}

const joinSdl = (source: SubgraphSource): string => `${source.commonSdl}\n${source.sdl}`

function parseSubgraph(source: SubgraphSource): DocumentNode | GraphQLError {
  try {
    return parse(new Source(joinSdl(source), source.name))
  } catch (error) {
    if (error instanceof GraphQLError) return error
    throw error
  }
}

/** `schema/orders.graphql:12 (orders): …`: composition names lines of the joined text, people edit the two files. */
function explain(error: GraphQLError, sources: readonly SubgraphSource[]): string {
  const places = [...new Set(locate(error, sources))]
  const where = places.length === 0 ? 'schema' : places.join(', ')
  const { code } = error.extensions
  return `${where}: ${typeof code === 'string' ? code : 'SYNTAX'}: ${error.message}`
}

function locate(error: GraphQLError, sources: readonly SubgraphSource[]): string[] {
  if (error.nodes === undefined) {
    const line = error.locations?.[0]?.line
    return line === undefined || error.source === undefined ? [] : [place(error.source.name, line, sources)]
  }
  return error.nodes.flatMap((node) => {
    const name = 'subgraph' in node ? String(node.subgraph) : node.loc?.source.name
    return node.loc === undefined || name === undefined ? [] : [place(name, node.loc.startToken.line, sources)]
  })
}

function place(name: string, line: number, sources: readonly SubgraphSource[]): string {
  const commonSdl = sources.find((source) => source.name === name)?.commonSdl ?? ''
  const commonLines = commonSdl.split('\n').length
  const [file, ownLine] = line <= commonLines ? ['common', line] : [name, line - commonLines]
  return `schema/${file}.graphql:${ownLine} (${name})`
}
