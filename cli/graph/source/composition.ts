import { composeServices, type CompositionResult } from '@apollo/composition'
import {
  printSchema,
  ROUTER_SUPPORTED_SUPERGRAPH_FEATURES,
  type ServiceDefinition,
  Supergraph,
} from '@apollo/federation-internals'
import { type ASTNode, type DocumentNode, GraphQLError, parse, Source } from 'graphql'
import type { Finding, Place } from '../report/finding.ts'
import { placesOf } from './read-elements.ts'
import { COMMON_FILE, sourceFile, type SubgraphSource } from './subgraph-source.ts'

/** What composing makes, by the path of the file that holds it, with what is worth a look; or why it can't. */
export type Composed =
  | { kind: 'composed'; files: ReadonlyMap<string, string>; hints: Finding[] }
  | { kind: 'failed'; errors: Finding[] }

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
  const hints = result.hints.map((hint) => explainHint(hint, sources))
  return { kind: 'composed', files: printFiles(sources, result), hints }
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

/** Composition names lines of the joined text, people edit the two files. */
function explain(error: GraphQLError, sources: readonly SubgraphSource[]): Finding {
  const { code } = error.extensions
  if (typeof code !== 'string')
    return { severity: 'error', rule: 'syntax', message: error.message, places: locate(error, sources) }
  return {
    severity: 'error',
    rule: 'composition',
    message: `${code}: ${error.message}`,
    places: locate(error, sources),
    hint: `https://www.apollographql.com/docs/graphos/reference/federation/errors#${code.toLowerCase()}`,
  }
}

type CompositionHint = NonNullable<CompositionResult['hints']>[number]

function explainHint(
  { definition, message, nodes = [] }: CompositionHint,
  sources: readonly SubgraphSource[],
): Finding {
  const places = distinct(nodes.flatMap((node) => placeOf(node, sources)))
  return { severity: 'note', rule: 'composition-hint', message: `${definition.code}: ${message}`, places }
}

function locate(error: GraphQLError, sources: readonly SubgraphSource[]): Place[] {
  if (error.nodes !== undefined) return distinct(error.nodes.flatMap((node) => placeOf(node, sources)))
  const line = error.locations?.[0]?.line
  if (line !== undefined && error.source !== undefined) return [place(error.source.name, line, sources)]
  return namedIn(error.message, sources)
}

/** That a field can't be reached, say, is told without a node: what the message names is looked up. */
function namedIn(message: string, sources: readonly SubgraphSource[]): Place[] {
  const definitions = placesOf(sources)
  const named = new Set([...message.matchAll(/"(\w+(?:\.\w+)?)"/g)].map(([, coordinate = '']) => coordinate))
  const places = [...named].flatMap((coordinate) => definitions.get(coordinate) ?? [])
  return distinct(places.map((at) => ({ ...at, ...ownerOf(at.file, sources) })))
}

function ownerOf(file: string, sources: readonly SubgraphSource[]): Pick<Place, 'of'> {
  const owner = sources.find(({ name }) => sourceFile(name) === file)
  return owner === undefined ? {} : { of: owner.name }
}

function placeOf(node: ASTNode, sources: readonly SubgraphSource[]): Place[] {
  const name = 'subgraph' in node ? String(node.subgraph) : node.loc?.source.name
  return node.loc === undefined || name === undefined ? [] : [place(name, node.loc.startToken.line, sources)]
}

function place(name: string, line: number, sources: readonly SubgraphSource[]): Place {
  const commonSdl = sources.find((source) => source.name === name)?.commonSdl ?? ''
  const commonLines = commonSdl.split('\n').length
  const [file, ownLine] = line <= commonLines ? [COMMON_FILE, line] : [sourceFile(name), line - commonLines]
  return { file, line: ownLine, of: name }
}

const distinct = (places: readonly Place[]): Place[] => [
  ...new Map(places.map((at) => [`${at.file}:${at.line} ${at.of}`, at])).values(),
]
