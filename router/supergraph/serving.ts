import type { ApolloServer } from '@apollo/server'
import { GraphQLError } from 'graphql'
import { type Config, subgraphUrls } from '#platform/runtime/config.ts'
import type { Logger } from '#platform/runtime/logger.ts'
import type { Metrics } from '#platform/runtime/metrics.ts'
import type { Caching } from '../caching/caching.ts'
import type { DocumentRequest, PersistedDocuments, ResolvedDocument } from '../documents/persisted-documents.ts'
import { createCompiledExecutor } from '../executor/compiled-executor.ts'
import { createHttpPools } from '../executor/http-pools.ts'
import { createSubgraphCalls } from '../executor/subgraph-calls.ts'
import { createResponseRules } from '../headers/response-rules.ts'
import type { Executor } from '../executor/executor.ts'
import { startApollo } from '../http/apollo.ts'
import { createDocumentStore, type DocumentStore } from '../http/document-store.ts'
import { createKnownDocuments, type KnownDocuments } from '../http/known-documents.ts'
import { createDocumentLimits } from '../limits/document-limits.ts'
import { createOperationLimits } from '../limits/operation-limits.ts'
import { countRefusals } from '../limits/refusals.ts'
import type { Traffic } from '../limits/traffic.ts'
import { countSharedRuns, countUnparsed, measureOperations } from '../operations/measured-operations.ts'
import { createOperations, type Operations } from '../operations/operations.ts'
import { createParser, type ParseOperation } from '../operations/parse-operation.ts'
import type { RouterOptions } from '../options/router-options.ts'
import { namedSubgraphs } from '../options/headers.ts'
import { mayIntrospect } from '../options/security.ts'
import { createPlanner, type Planner } from '../planner/planner.ts'
import { showPlanner } from '../planner/planner-metrics.ts'
import { type RouterReadiness, watchSubgraphs } from '../readiness.ts'
import type { RequestContext } from '../request-context.ts'
import { countSharedCalls } from '../resilience/guard-metrics.ts'
import { guardTransport } from '../resilience/guarded-transport.ts'
import type { Guards } from '../resilience/guards.ts'
import { recordOperations } from '../usage/recorded-operations.ts'
import type { UsageRecorder } from '../usage/usage-recorder.ts'
import { traceOperations, tracePlanner, traceTransport } from '../tracing.ts'
import { type LoadedSupergraph, loadSupergraph, loadSupergraphApart } from './load-supergraph.ts'

/** Everything that is made of one supergraph. A request keeps to the one that it began with. */
export type Serving = {
  readonly supergraph: LoadedSupergraph
  readonly planner: Planner
  readonly executor: Pick<Executor, 'warm'>
  readonly documentStore: DocumentStore
  readonly operations: Operations
  readonly parse: ParseOperation
  /** The text of a request's document, whichever way the request names it; every transport asks here before it parses. */
  resolveDocument(request: DocumentRequest): ResolvedDocument | Promise<ResolvedDocument>
  readonly apollo: ApolloServer<RequestContext>
  readonly known: KnownDocuments
  readonly readiness: RouterReadiness
  /** Aborted, with an error for subscribers, once another has taken over. */
  readonly replaced: AbortSignal
  /** Holds it while something is answered; the function that comes back lets go. */
  hold(): () => void
  /** Ends its subscriptions, and stops it when everything under way is answered. */
  retire(): Promise<void>
  stop(): Promise<void>
}

/** What serving a supergraph takes of the router. */
export type ServingParts = {
  config: Config
  options: RouterOptions
  log: Logger
  metrics: Metrics
  guards: Guards
  traffic: Traffic
  usage?: UsageRecorder | undefined
  caching: Caching
  documents: PersistedDocuments
}

type Parts = ServingParts & { servedBefore: boolean }

/** Serves the supergraph of `sdl`. Throws where it is none. `servedBefore`: ready at once, whichever subgraphs are there. */
export async function createServing(
  sdl: string,
  { config, options, log, metrics, guards, traffic, usage, caching, documents, servedBefore }: Parts,
): Promise<Serving> {
  const load = servedBefore ? loadSupergraphApart : loadSupergraph
  const supergraph = await load(sdl, subgraphUrls(config))
  const { unsupported } = supergraph
  if (unsupported.length > 0)
    log.warn({ unsupported }, 'the supergraph uses features that this router does not execute')
  await documents.load(supergraph.apiSchema)
  const planner = tracePlanner(createPlanner(supergraph, { log }))
  const hidePlanner = showPlanner(planner, metrics)
  const pools = createHttpPools((subgraph) => guards.of(subgraph).policy)
  const transport = traceTransport(guardTransport(pools, guards))
  warnOfUnknown(namedSubgraphs(options.headers), supergraph, log)
  const isPersonal = createResponseRules(options.headers)?.isPersonal ?? (() => false)
  const calls = createSubgraphCalls({
    transport,
    shareInFlight: options.sharing.inFlight,
    isPersonal,
    onShared: countSharedCalls(metrics),
  })
  // Whole runs may ask any subgraph: one that answers everybody for himself, and none is shared.
  const sharing = supergraph.subgraphs.some(({ name }) => isPersonal(name))
    ? undefined
    : { ...options.sharing, onShared: countSharedRuns(metrics) }
  const executor = createCompiledExecutor(supergraph, {
    planner,
    calls,
    sharing,
    caching: caching.for(supergraph),
    log,
  })
  const served = createOperations(supergraph, executor, {
    log,
    policies: options.authorization.policies,
    limits: createOperationLimits(supergraph, { options, metrics, traffic }),
  })
  const recorded = recordOperations(served, supergraph.apiSchema, usage)
  const operations = traceOperations(measureOperations(recorded, metrics))
  const security = { ...options.security, introspection: mayIntrospect(options.security, config) }
  const limits = createDocumentLimits(options.limits, {
    countRefusal: countRefusals(metrics),
    rateLimiter: traffic.rateLimiter,
  })
  const documentStore = createDocumentStore()
  const known = createKnownDocuments()
  const apollo = await orElse(
    startApollo({ supergraph, operations, documentStore, known, limits, security, config, log, metrics }),
    () => Promise.all([planner.stop(), calls.stop()]),
  )
  const parse = createParser(supergraph.apiSchema, { limits, introspection: security.introspection })
  const readiness = watchSubgraphs(supergraph.subgraphs, log, { servedBefore })
  const replaced = new AbortController()
  const underWay = createCount()
  const stop = async () => {
    hidePlanner()
    await Promise.all([readiness.stop(), apollo.stop(), planner.stop(), calls.stop()])
  }
  return {
    supergraph,
    planner,
    executor,
    documentStore,
    operations,
    apollo,
    known,
    readiness,
    parse: countUnparsed(parse, metrics),
    resolveDocument: (request) => documents.resolve(request, (text) => !('errors' in parse(text, undefined))),
    replaced: replaced.signal,
    hold: underWay.hold,
    retire: async () => {
      replaced.abort(schemaReload())
      await underWay.none()
      await stop()
    },
    stop,
  }
}

/** Not refused: a subgraph may come with the next supergraph. */
function warnOfUnknown(named: readonly string[], { subgraphs }: LoadedSupergraph, log: Logger): void {
  const unknown = named.filter((name) => !subgraphs.some((subgraph) => subgraph.name === name))
  if (unknown.length > 0)
    log.warn({ unknown }, 'headers: the options name subgraphs that this supergraph does not have')
}

/** What was started before stops, where the next can't start. */
async function orElse<Started>(starting: Promise<Started>, stop: () => Promise<unknown>): Promise<Started> {
  try {
    return await starting
  } catch (error) {
    await stop()
    throw error
  }
}

const schemaReload = (): GraphQLError =>
  new GraphQLError('the graph has changed: subscribe again', { extensions: { code: 'SUBSCRIPTION_SCHEMA_RELOAD' } })

/** Counts what is under way. */
function createCount(): { hold(): () => void; none(): Promise<void> } {
  let count = 0
  const reached = Promise.withResolvers<void>()
  let isAwaited = false
  const check = () => {
    if (isAwaited && count === 0) reached.resolve()
  }
  return {
    hold: () => {
      count += 1
      let isHeld = true
      return () => {
        if (!isHeld) return
        isHeld = false
        count -= 1
        check()
      }
    },
    none: () => {
      isAwaited = true
      check()
      return reached.promise
    },
  }
}
