import type { DocumentNode, GraphQLSchema } from 'graphql'
import { coordinatesOf } from '#platform/graphql/coordinates.ts'
import type { Running } from '#platform/runtime/lifecycle.ts'
import type { Logger } from '#platform/runtime/logger.ts'
import type { Metrics } from '#platform/runtime/metrics.ts'
import type { RequestHeaders } from '../request-headers.ts'
import { dayOf, openUsageStore, type UsageEntry } from './usage-store.ts'

/** Counts who asks for what. `record` only counts; coordinates are found and written down every few seconds. */
export type UsageRecorder = Running & {
  record(document: DocumentNode, schema: GraphQLSchema, headers: RequestHeaders): void
}

// Between two writes. A client that invents versions, or never sends the same document twice, must not fill the memory.
const MOST_COUNTS = 10_000
const LONGEST_NAME = 64
const UNKNOWN = 'unknown'

/** A recorder that writes to `location`, or undefined where there is none: nothing is counted then. */
export function startUsageRecorder(options: {
  location: string | undefined
  flushMs: number
  log: Logger
  metrics: Metrics
}): UsageRecorder | undefined {
  const { location, flushMs, log } = options
  if (location === undefined) return undefined
  const store = openUsageStore(location, log)
  const lost = options.metrics.counter({
    name: 'agora_router_usage_lost_total',
    help: 'Operations that the usage log does not have: too many different ones, or it could not be written',
  })
  const counts = createCounts(() => lost.inc())
  const flush = async () => {
    const taken = counts.take()
    if (taken.length === 0) return
    try {
      await store.add(entriesOf(taken, dayOf(Date.now())))
    } catch (error) {
      lost.inc(taken.reduce((sum, { count }) => sum + count, 0))
      log.error({ err: error }, 'the usage of fields could not be written down')
    }
  }
  const stopFlushing = repeat(flush, flushMs)
  return {
    record: counts.add,
    stop: async () => {
      await stopFlushing()
      await flush()
      await store.stop()
    },
  }
}

type Count = { client: string; version: string; document: DocumentNode; schema: GraphQLSchema; count: number }

function createCounts(onLost: () => void): { add: UsageRecorder['record']; take(): Count[] } {
  let size = 0
  let byClient = new Map<string, Map<string, Map<DocumentNode, Count>>>()
  return {
    add: (document, schema, headers) => {
      // As they came: whether they are names is looked at once, and not for each request.
      const name = headerIn(headers, NAMES)
      const version = headerIn(headers, VERSIONS)
      const versions = byClient.get(name) ?? new Map<string, Map<DocumentNode, Count>>()
      const documents = versions.get(version) ?? new Map<DocumentNode, Count>()
      const known = documents.get(document)
      if (known !== undefined) return void (known.count += 1)
      if (size >= MOST_COUNTS) return onLost()
      size += 1
      const newCount = { client: nameOf(name), version: nameOf(version), document, schema, count: 1 }
      byClient.set(name, versions.set(version, documents.set(document, newCount)))
    },
    take: () => {
      const taken = [...byClient.values()].flatMap((versions) =>
        [...versions.values()].flatMap((documents) => [...documents.values()]),
      )
      byClient = new Map()
      size = 0
      return taken
    },
  }
}

// The headers of Apollo's clients; `graphql-client-…` is what others send.
const NAMES = ['apollographql-client-name', 'graphql-client-name'] as const
const VERSIONS = ['apollographql-client-version', 'graphql-client-version'] as const

function headerIn(headers: RequestHeaders, [name, otherwise]: typeof NAMES | typeof VERSIONS): string {
  const given = headers[name] ?? headers[otherwise]
  return typeof given === 'string' ? given.slice(0, LONGEST_NAME) : ''
}

/** A tab would break the log's names apart. */
const nameOf = (given: string): string => (/^[\x20-\x7e]+$/.test(given) ? given : UNKNOWN)

function entriesOf(counts: readonly Count[], day: string): UsageEntry[] {
  const entries = new Map<string, UsageEntry>()
  for (const { client, version, document, schema, count } of counts) {
    for (const coordinate of coordinatesOf(document, schema).keys()) {
      const key = `${client}\t${version}\t${coordinate}`
      const known = entries.get(key)
      if (known === undefined) entries.set(key, { day, client, version, coordinate, count })
      else known.count += count
    }
  }
  return [...entries.values()]
}

/** One call after the other; the function that comes back ends it, after the one under way. */
function repeat(act: () => Promise<void>, everyMs: number): () => Promise<void> {
  let underWay: Promise<void> = Promise.resolve()
  const timer = setInterval(() => void (underWay = underWay.then(act)), everyMs).unref()
  return () => {
    clearInterval(timer)
    return underWay
  }
}
