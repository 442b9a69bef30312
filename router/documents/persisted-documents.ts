import { GraphQLError, type GraphQLSchema } from 'graphql'
import { LRUCache } from 'lru-cache'
import type { Config } from '#platform/runtime/config.ts'
import type { Logger } from '#platform/runtime/logger.ts'
import type { Metrics } from '#platform/runtime/metrics.ts'
import type { RouterOptions } from '../options/router-options.ts'
import { type AutomaticDocuments, createAutomaticDocuments } from './automatic.ts'
import { type DocumentId, documentIdOf } from './document-id.ts'
import { countDocuments, type Outcome } from './document-metrics.ts'
import { type Manifest, readManifests, sha256 } from './manifest.ts'

/** What a request says of its document, whichever transport it came by. */
export type DocumentRequest = {
  readonly query?: unknown
  readonly documentId?: unknown
  readonly extensions?: unknown
  readonly operationName?: unknown
}

/** The text of a document (undefined: the request has none), or why it is not served. */
export type ResolvedDocument = { readonly query: string | undefined } | { readonly refusal: GraphQLError }

/** Documents that clients name instead of sending them. */
export type PersistedDocuments = {
  /** The document of a request, at once where it names none. `isValid` says whether the graph allows a text. */
  resolve(request: DocumentRequest, isValid: (text: string) => boolean): ResolvedDocument | Promise<ResolvedDocument>
  /** Reads the manifests for a graph; the ones before hold where it throws. */
  load(graph: GraphQLSchema): Promise<void>
  /** The same for the graph of the last time. */
  reload(): Promise<void>
  stop(): void
}

type Parts = {
  config: Pick<Config, 'REDIS_URL'>
  options: Pick<RouterOptions, 'persistedDocuments'>
  log: Logger
  metrics: Metrics
}

const LOGGED_DOCUMENTS = 1_000

/** The persisted documents of these options. Nothing is listed before `load`. */
export function createPersistedDocuments(parts: Parts): PersistedDocuments {
  const { mode, manifests } = parts.options.persistedDocuments
  const { outcome, redisFailure } = countDocuments(parts.metrics)
  const automatic = automaticOf(parts, redisFailure)
  const noteUnlisted = createNotes(parts.log)
  let manifest: Manifest = { byId: new Map(), texts: new Set() }
  let graph: GraphQLSchema | undefined
  const load = async (wanted: GraphQLSchema): Promise<void> => {
    manifest = await readManifests(manifests, wanted)
    graph = wanted
  }
  const found = (how: Outcome, query: string): ResolvedDocument => {
    outcome(how)
    return { query }
  }
  const refuse = (how: Outcome, code: string, message: string): ResolvedDocument => {
    outcome(how)
    return { refusal: new GraphQLError(message, { extensions: { code } }) }
  }
  const byText = (query: string, operationName: unknown): ResolvedDocument => {
    if (mode === 'off') return { query }
    if (manifest.texts.has(query)) return found('manifest', query)
    if (mode === 'only') return refuse('refused', 'QUERY_NOT_IN_SAFELIST', `query: ${NO_OTHER}`)
    noteUnlisted(query, operationName)
    return found('unlisted', query)
  }
  const byHash = async (hash: string, operationName: unknown): Promise<ResolvedDocument> => {
    // These messages are part of Apollo's protocol: clients send the document along when they read them.
    if (automatic === undefined) return refuse('unknown', 'PERSISTED_QUERY_NOT_SUPPORTED', 'PersistedQueryNotSupported')
    const text = await automatic.find(hash)
    if (text === undefined) return refuse('unknown', 'PERSISTED_QUERY_NOT_FOUND', 'PersistedQueryNotFound')
    outcome('automatic')
    return byText(text, operationName)
  }
  const byId = (id: DocumentId, query: string | undefined): ResolvedDocument | undefined => {
    const listed = manifest.byId.get(id.name) ?? (id.hash === undefined ? undefined : manifest.byId.get(id.hash))
    if (listed === undefined)
      return mode === 'only' ? refuse('refused', 'PERSISTED_QUERY_NOT_IN_LIST', `documentId: ${NO_OTHER}`) : undefined
    return query === undefined || query === listed
      ? found('manifest', listed)
      : refuse('refused', 'BAD_REQUEST', `query: expected the document with the id ${id.name}, or none`)
  }
  return {
    resolve: (request, isValid) => {
      const { operationName } = request
      const query = typeof request.query === 'string' && request.query !== '' ? request.query : undefined
      const id = documentIdOf(request)
      if (id === undefined) return query === undefined ? { query } : byText(query, operationName)
      if ('refusal' in id) return id
      const listed = byId(id, query)
      if (listed !== undefined) return listed
      const { hash } = id
      if (hash === undefined) return refuse('unknown', 'PERSISTED_QUERY_NOT_FOUND', 'PersistedQueryNotFound')
      if (query === undefined) return byHash(hash, operationName)
      if (sha256(query) !== hash)
        return refuse('refused', 'BAD_REQUEST', 'query: expected what the given SHA-256 is of')
      // Only what the graph allows is kept: nobody fills the memory with nonsense.
      if (automatic !== undefined && isValid(query)) {
        automatic.add(hash, query)
        outcome('registered')
      }
      return byText(query, operationName)
    },
    load,
    reload: async () => {
      if (graph !== undefined) await load(graph)
    },
    stop: () => automatic?.stop(),
  }
}

const NO_OTHER = 'expected a document of the manifest: this router serves no other'

function automaticOf({ config, options, log }: Parts, onFailure: () => void): AutomaticDocuments | undefined {
  const { mode, automatic, automaticTtlS } = options.persistedDocuments
  if (!automatic || mode === 'only') return undefined
  return createAutomaticDocuments({ redisUrl: config.REDIS_URL, ttlS: automaticTtlS, onFailure, log })
}

/** A line for each document that is not listed, once: what has to be added before the mode can be `only`. */
function createNotes(log: Logger): (query: string, operationName: unknown) => void {
  const known = new LRUCache<string, true>({ max: LOGGED_DOCUMENTS })
  return (query, operationName) => {
    const id = sha256(query)
    if (known.get(id) === true) return
    known.set(id, true)
    const name = typeof operationName === 'string' ? operationName : undefined
    log.warn({ id, operationName: name }, 'a document that is not in the manifest was served')
  }
}
