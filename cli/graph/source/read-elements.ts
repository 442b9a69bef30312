import { type DocumentNode, GraphQLError, Kind, parse, Source } from 'graphql'
import type { Finding, Place } from '../report/finding.ts'
import { type Element, elementsOf } from './elements.ts'
import { COMMON_FILE, sourceFile, type SubgraphSource } from './subgraph-source.ts'

/** Every element of the schemas by hand; or why they can't be read. */
export function readElements(sources: readonly SubgraphSource[]): { elements: Element[] } | { errors: Finding[] } {
  const common = parseFile(sources[0]?.commonSdl ?? '', COMMON_FILE)
  const own = sources.map(({ name, sdl }) => ({ file: sourceFile(name), document: parseFile(sdl, sourceFile(name)) }))
  const errors = [common, ...own.map(({ document }) => document)].filter((one) => 'rule' in one)
  if ('rule' in common || errors.length > 0) return { errors }
  const ofSubgraphs = own.flatMap(({ file, document }) =>
    'rule' in document ? [] : elementsOf(document, file, [common]),
  )
  return { elements: [...elementsOf(common, COMMON_FILE, []), ...ofSubgraphs] }
}

/** Where each element is defined, by its coordinate: in several files, where subgraphs share it. None where a file can't be read. */
export function placesOf(sources: readonly SubgraphSource[]): ReadonlyMap<string, readonly Place[]> {
  const read = readElements(sources)
  const elements = 'errors' in read ? [] : read.elements
  const byCoordinate = Map.groupBy(elements, ({ coordinate }) => coordinate)
  return new Map([...byCoordinate].map(([coordinate, all]) => [coordinate, all.map(({ place }) => place)]))
}

const NOTHING: DocumentNode = { kind: Kind.DOCUMENT, definitions: [] }

function parseFile(text: string, file: string): DocumentNode | Finding {
  if (text.trim() === '') return NOTHING
  try {
    return parse(new Source(text, file))
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error
    const line = error.locations?.[0]?.line ?? 1
    return { severity: 'error', rule: 'syntax', message: error.message, places: [{ file, line }] }
  }
}
