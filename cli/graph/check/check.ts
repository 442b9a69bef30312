import { isDeepStrictEqual } from 'node:util'
import { type Change, diff } from '@graphql-inspector/core'
import { type GraphQLSchema, validate } from 'graphql'
import { contractApi, readContracts } from '../contract/contracts.ts'
import type { Finding, Place } from '../report/finding.ts'
import { type Files, filesAt } from '../source/files.ts'
import { type ClientDocument, readManifest, readOperations } from '../source/operations.ts'
import { type Graph, readGraph, readSources } from '../source/read-graph.ts'
import { readUsageLog, type UsageLog } from '../usage/usage-log.ts'
import { brokenBy, coordinateOf, known } from './affected.ts'
import { judge } from './judge.ts'

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
  const isSame = isDeepStrictEqual(await readSources(now), await readSources(filesBefore))
  const before = isSame ? after : await readGraph(filesBefore)
  if ('errors' in before) return [unreadableBase(base, before.errors)]
  const [own, theirs, log] = await Promise.all([
    readOperations(now),
    readOperations(filesBefore),
    options.usage && readUsageLog(options.usage.location, options.usage.sinceDay),
  ])
  const manifests = await Promise.all(options.manifests.map((file) => readManifest(now, file)))
  const sent = distinct([...own.documents, ...theirs.documents, ...manifests.flat()])
  const [whole, contracts] = await Promise.all([
    changes({ before: before.api, after: after.api, sent, log }),
    contractChanges({ before, after, sent, log, filesBefore, now }),
  ])
  // What the whole graph is told about already need not be told for each variant.
  const told = new Set(whole.map(({ message }) => message))
  const more = contracts.flatMap(({ name, findings }) =>
    findings
      .filter(({ severity, message }) => severity === 'error' && !told.has(message))
      .map((finding) => ({ ...finding, message: `contract ${name}: ${finding.message}` })),
  )
  return [...own.findings, ...invalid(own.documents, after), ...whole, ...more]
}

type Known = { sent: readonly ClientDocument[]; log: UsageLog | undefined }
type Comparison = Known & { before: GraphQLSchema; after: GraphQLSchema }

async function changes({ before, after, sent, log }: Comparison): Promise<Finding[]> {
  if (before === after) return []
  const valid = sent.filter(({ document }) => validate(before, document).length === 0)
  const documents = valid.map((document) => known(document, before, after))
  const usage = {
    brokenBy: (change: Change) => brokenBy(change, documents),
    usedOfLate: (change: Change) => [...(log?.uses.get(coordinateOf(change)) ?? [])],
  }
  return (await diff(before, after)).filter(isAboutClients).map((change) => judge(change, usage))
}

/** The same for each contract that there was: its clients must not lose what they see, though the whole still has it. */
async function contractChanges(
  comparison: Known & { before: Graph; after: Graph; filesBefore: Files; now: Files },
): Promise<{ name: string; findings: Finding[] }[]> {
  const { before, after, sent, log, filesBefore, now } = comparison
  const [contractsBefore, contracts] = await Promise.all([readContracts(filesBefore), readContracts(now)])
  return Promise.all(
    [...contracts].map(async ([name, contract]) => {
      const previous = contractsBefore.get(name)
      const api = contractApi(after.supergraphSdl, name, contract)
      if (previous === undefined) return { name, findings: [] }
      const isSame = before === after && isDeepStrictEqual(previous, contract)
      const apiBefore = isSame ? api : contractApi(before.supergraphSdl, name, previous)
      return { name, findings: await changes({ before: apiBefore, after: api, sent, log }) }
    }),
  )
}

/** What directives on the schema do is the router's business, which has read it from the supergraph. */
const isAboutClients = ({ type }: Change): boolean => !type.startsWith('DIRECTIVE_USAGE_')

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
