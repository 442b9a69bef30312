import { setTimeout as wait } from 'node:timers/promises'
import { type Revocations, watchRevocations } from '#platform/auth/revocations.ts'
import { type Config, ConfigError } from '#platform/runtime/config.ts'
import { answerJson, close, type HttpHandler, listen } from '#platform/runtime/http.ts'
import { createLifecycle, type Lifecycle, type Running } from '#platform/runtime/lifecycle.ts'
import type { Logger } from '#platform/runtime/logger.ts'
import { createMetrics, type Metrics } from '#platform/runtime/metrics.ts'
import { answerHealth } from '#platform/runtime/readiness.ts'
import { showCaches } from './caches.ts'
import { createCaching } from './caching/caching.ts'
import { createClientAddress } from './client-address.ts'
import { createPersistedDocuments } from './documents/persisted-documents.ts'
import { createRequestRules } from './headers/request-rules.ts'
import { createResponseRules, type ResponseRules } from './headers/response-rules.ts'
import { type Cors, createCors } from './http/cors.ts'
import { createDraining } from './http/draining.ts'
import { graphqlHandler } from './http/graphql-handler.ts'
import { protect } from './http/protect.ts'
import { countRequests } from './http/request-metrics.ts'
import { createTraffic } from './limits/traffic.ts'
import { readRouterOptions, type RouterOptions, type RouterOptionsInput } from './options/router-options.ts'
import { type Pages, servePages } from './pages/serve-pages.ts'
import { createGuards } from './resilience/guards.ts'
import { startAuthentication } from './security/start-authentication.ts'
import { type Streaming, startStreaming, type StreamingParts } from './subscriptions/start-streaming.ts'
import { type Reloading, startReloading } from './supergraph/reloading.ts'
import type { ServingParts } from './supergraph/serving.ts'
import { traceHttp } from './tracing.ts'
import { startUsageRecorder } from './usage/usage-recorder.ts'

/** A router that listens. `reload` as {@link Reloading} has it. */
export type Router = Running & {
  readonly url: string
  readonly wsUrl: string
  /** The files of its persisted documents; `reloadDocuments` reads them again, and changes nothing where it throws. */
  readonly manifests: readonly string[]
  reloadDocuments(): Promise<void>
} & Pick<Reloading, 'reload'>

const DEFAULT_PORT = 4000

/**
 * Serves a supergraph at `/graphql` over HTTP (with event streams and multipart) and WebSocket, with `/health` and `/ready`. Throws where the SDL is no
 * supergraph, an option is wrong, or the port is taken. `port` and `host` beat the configuration, `options` its file.
 */
export async function startRouter(start: {
  config: Config
  supergraphSdl: string
  log: Logger
  options?: RouterOptionsInput
  port?: number
  host?: string
  /** Answers `/metrics` otherwise than with those of this router alone. */
  answerMetrics?: (own: Metrics) => HttpHandler
}): Promise<Router> {
  const { config, log } = start
  const lifecycle = createLifecycle(log)
  try {
    const options = await readRouterOptions(config, start.options)
    refuseLongDelay(options, config)
    // A checkout waits for a payment: a call may last as long as its request.
    const timeoutMs = config.REQUEST_TIMEOUT_MS
    const metrics = createMetrics()
    showCaches(metrics)
    const guards = createGuards({ options: options.subgraphs, timeoutMs, log, metrics })
    const traffic = createTraffic({ config, options, log, metrics })
    lifecycle.add('rate limits', traffic.stop)
    const usage = startUsageRecorder({ location: options.usage.log, flushMs: options.usage.flushMs, log, metrics })
    if (usage !== undefined) lifecycle.add('usage', usage.stop)
    const caching = createCaching({ options: options.caching, redisUrl: config.REDIS_URL, metrics, log })
    lifecycle.add('cache', caching.stop)
    const documents = createPersistedDocuments({ config, options, log, metrics })
    lifecycle.add('persisted documents', async () => documents.stop())
    const base = { config, options, log, metrics, guards, traffic, usage, caching, documents }
    const reloading = await startReloading(start.supergraphSdl, base)
    lifecycle.add('supergraph', reloading.stop)
    const answerMetrics = start.answerMetrics?.(metrics) ?? metrics.answer
    const parts = { ...prepare(reloading, base, lifecycle), answerMetrics }
    const at = { host: start.host ?? config.HOST, port: start.port ?? config.PORT ?? DEFAULT_PORT }
    const url = await serve(parts, at, lifecycle)
    return {
      url: `${url}/graphql`,
      wsUrl: `${url.replace(/^http/, 'ws')}/graphql`,
      reload: reloading.reload,
      reloadDocuments: documents.reload,
      manifests: options.persistedDocuments.manifests,
      stop: lifecycle.stop,
    }
  } catch (error) {
    await lifecycle.stop()
    throw error
  }
}

/** Work under way needs some of the grace that is left then. */
function refuseLongDelay({ shutdown }: RouterOptions, { SHUTDOWN_GRACE_MS }: Config): void {
  if (shutdown.delayMs === 0 || shutdown.delayMs < SHUTDOWN_GRACE_MS) return
  throw new ConfigError(
    `router options: shutdown.delayMs: expected less than SHUTDOWN_GRACE_MS (${SHUTDOWN_GRACE_MS}), got ${shutdown.delayMs}`,
  )
}

/** What every part of the router is made with. */
type Base = ServingParts
type Parts = StreamingParts & Base & { streaming: Streaming; cors: Cors; responseRules: ResponseRules | undefined }
type Served = Parts & { answerMetrics: HttpHandler }

function prepare(reloading: Reloading, base: Base, lifecycle: Lifecycle): Parts {
  const { config, options, log } = base
  const revocations = startRevocations(config, log)
  if (revocations !== undefined) lifecycle.add('revocations', revocations.stop)
  const parts = {
    ...base,
    serving: reloading.current,
    revocations,
    authenticate: startAuthentication(base, revocations),
    timeoutMs: config.REQUEST_TIMEOUT_MS,
    overrides: options.overrides,
    requestRules: createRequestRules(options.headers.request),
    responseRules: createResponseRules(options.headers),
    clientAddressOf: createClientAddress(options.clientAddress.trustedProxies),
    cors: createCors(options.cors, { isDevelopment: config.NODE_ENV === 'development' }),
    longestMessageBytes: options.limits.bodyBytes,
  }
  const streaming = startStreaming(parts)
  lifecycle.add('subscriptions', streaming.stop)
  return { ...parts, streaming }
}

async function serve(parts: Served, at: { host: string; port: number }, lifecycle: Lifecycle): Promise<string> {
  const draining = createDraining()
  const wrap = (handle: HttpHandler) =>
    draining.watch(protect(handle, { security: parts.options.security, cors: parts.cors }))
  const paths = Object.entries(pathsOf(parts, await servePages(parts))).map(([path, handle]): [string, HttpHandler] => [
    path,
    wrap(handle),
  ])
  const { server, url } = await listen({ paths: Object.fromEntries(paths), otherwise: wrap(answerUnknown) }, at)
  parts.streaming.serve(server)
  lifecycle.add('server', async () => {
    parts.serving().readiness.drain()
    // A balancer that looked a moment ago still sends requests: they are served as before.
    await wait(parts.options.shutdown.delayMs)
    draining.start()
    await Promise.all([close(server), parts.streaming.drain()])
  })
  return url
}

function startRevocations(config: Config, log: Logger): Revocations | undefined {
  if (config.JWKS_URL === undefined) return undefined
  if (config.REDIS_URL === undefined) {
    log.warn('REDIS_URL is not set: a session that ended is seen as such only when its token expires')
    return undefined
  }
  return watchRevocations(config.REDIS_URL, log)
}

function pathsOf(parts: Served, pages: Pages): Record<string, HttpHandler> {
  const ready: HttpHandler = (request, response) => parts.serving().readiness.answer(request, response)
  return {
    ...pages.paths,
    '/graphql': pages.orPage(traceHttp(countRequests(parts.streaming.handle(graphqlHandler(parts)), parts.metrics))),
    '/ready': ready,
    '/health': answerHealth,
    '/metrics': parts.answerMetrics,
  }
}

const answerUnknown: HttpHandler = (_request, response) =>
  answerJson(response, 404, { errors: [{ message: 'the graph is at /graphql', extensions: { code: 'NOT_FOUND' } }] })
