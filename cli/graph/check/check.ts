import { isDeepStrictEqual } from 'node:util'
import { validate } from 'graphql'
import { lint } from '../lint/lint.ts'
import type { Finding, Place } from '../report/finding.ts'
import { changedPlaces } from '../source/changed-places.ts'
import { type Files, filesAt } from '../source/files.ts'
import { type ClientDocument, readManifest, readOperations } from '../source/operations.ts'
import { type Graph, readGraph, readSources } from '../source/read-graph.ts'
import { readUsageLog } from '../usage/usage-log.ts'
import { compare } from './compare.ts'
import { contractChanges } from './contract-changes.ts'

/** What a check takes: the graph now, the commit to compare it with, and where to learn who uses it. */
export type CheckOptions = {
  root: string
  now: Files
  base: string
  manifests: readonly string[]
  /** Where routers recorded who asks for what, and since which day that counts. */
  usage: { location: string; sinceDay: string } | undefined
}

/**
 * Whether the graph may replace the one at `base`: every subgraph builds, all compose, no operation that clients are known
 * to send breaks, and what goes was announced.
 */
export async function check(options: CheckOptions): Promise<Finding[]> {
  const { root, now, base } = options
  const after = await readGraph(now)
  if ('errors' in after) return after.errors
  const filesBefore = filesAt(root, base)
  // Most commits leave the schemas as they are: nothing to compose a second time, and nothing to compare.
  const [sources, sourcesBefore] = await Promise.all([readSources(now), readSources(filesBefore)])
  const isSame = isDeepStrictEqual(sources, sourcesBefore)
  const before = isSame ? after : await readGraph(filesBefore)
  if ('errors' in before) return [unreadableBase(base, before.errors)]
  const [own, theirs, log] = await Promise.all([
    readOperations(now),
    readOperations(filesBefore),
    options.usage && readUsageLog(options.usage.location, options.usage.sinceDay),
  ])
  const manifests = await Promise.all(options.manifests.map((file) => readManifest(now, file)))
  const sent = distinct([...own.documents, ...theirs.documents, ...manifests.flat()])
  const knowing = { sent, log, places: changedPlaces(sourcesBefore, sources) }
  const [whole, contracts, undated] = await Promise.all([
    compare(before.api, after.api, knowing),
    contractChanges({ graph: before, files: filesBefore }, { graph: after, files: now }, knowing),
    undatedDeprecations(now),
  ])
  // What the whole graph is told about already need not be told for each variant.
  const told = new Set(whole.map(({ message }) => message))
  const more = contracts.filter(({ message }) => !told.has(message.replace(/^contract \S+: /, '')))
  return [...own.findings, ...invalid(own.documents, after), ...undated, ...whole, ...more]
}

/** Whoever must move on has to know since when, and where to: without that no deprecation counts as one. */
const undatedDeprecations = async (files: Files): Promise<Finding[]> =>
  (await lint(files)).filter(({ rule }) => rule === 'deprecation-dated')

/** The working tree's own operations must fit its graph, whatever was before. */
const invalid = (documents: readonly ClientDocument[], { api }: Graph): Finding[] =>
  documents.flatMap(({ name, file, document }) =>
    validate(api, document).map(({ message, locations }): Finding => {
      const place: Place = { file, line: locations?.[0]?.line ?? 1, of: name }
      return { severity: 'error', rule: 'operation-invalid', message, places: [place] }
    }),
  )

/** What a client sends did not change because a file was touched: equal texts of one file count once. */
function distinct(documents: readonly ClientDocument[]): ClientDocument[] {
  const byText = new Map<string, ClientDocument>()
  for (const document of documents) {
    const key = `${document.file}\n${document.document.loc?.source.body}`
    if (!byText.has(key)) byText.set(key, document)
  }
  return [...byText.values()]
}

const unreadableBase = (base: string, [first]: readonly Finding[]): Finding => ({
  severity: 'error',
  rule: 'base-composition',
  message: `the graph at ${base.slice(0, 12)} can't be composed, so nothing can be compared with it: ${first?.message}`,
  places: [],
  hint: '--against REF names another revision',
})
