import { watchRevocations } from '../auth/revocations.ts'
import { startConsumer } from '../events/consumer.ts'
import { createDeliveryCounter } from '../events/event-metrics.ts'
import { withHousekeeping } from '../jobs/housekeeping.ts'
import { countAttempts, showJobs } from '../jobs/job-metrics.ts'
import { startJobs } from '../jobs/worker.ts'
import { messageOf } from '../kernel/errors.ts'
import { createBlockingRedis } from '../live/redis.ts'
import type { ConfigWith } from '../runtime/config.ts'
import { answerJson, close, type HttpHandler, listen } from '../runtime/http.ts'
import { createLifecycle, type Running } from '../runtime/lifecycle.ts'
import type { Logger } from '../runtime/logger.ts'
import { createMetrics } from '../runtime/metrics.ts'
import { type SubgraphName, SUBGRAPHS } from '../runtime/names.ts'
import { answerHealth, answerReady, createReadiness } from '../runtime/readiness.ts'
import { traceRequests } from '../telemetry/trace-requests.ts'
import { createContextFactory, createVerifier } from './context.ts'
import { createRuntime, type Startup } from './create-runtime.ts'
import type { Runtime, Subgraph, SubgraphDefinition } from './define-subgraph.ts'
import { buildSchema } from './schema.ts'
import { graphqlHandler, startApolloServer } from './serve-http.ts'
import { serveWebSocket } from './serve-websocket.ts'

/** The environment that every subgraph needs. */
export const SUBGRAPH_VARIABLES = ['POSTGRES_URL', 'REDIS_URL', 'JWKS_URL', 'SERVICE_KEY', 'SERVICE_JWKS'] as const

/** The configuration of a subgraph. */
export type SubgraphConfig = ConfigWith<(typeof SUBGRAPH_VARIABLES)[number]>

/** How to start a subgraph. `onStatement` hears of every SQL statement of its requests (tests count them). */
export type StartOptions = { config: SubgraphConfig; log: Logger; onStatement?: (text: string) => void }

/** A subgraph that listens. `ready` resolves once it can serve; until then /graphql answers 503. */
export type RunningSubgraph = Running & { name: SubgraphName; url: string; ready: Promise<Runtime> }

type Definition = SubgraphDefinition<unknown, unknown>
type Listening = Awaited<ReturnType<typeof listen>> & { paths: Record<string, HttpHandler> }

/**
 * Starts one subgraph: listens at once, then connects to PostgreSQL (migrating its database) and Redis, trying until they
 * are there, and serves. Throws where the port is taken.
 */
export async function startSubgraph({ definition }: Subgraph, options: StartOptions): Promise<RunningSubgraph> {
  const stopping = new AbortController()
  const startup = {
    lifecycle: createLifecycle(options.log),
    readiness: createReadiness(['graph']),
    metrics: createMetrics(),
    stopped: stopping.signal,
  }
  const paths: Record<string, HttpHandler> = {
    '/health': answerHealth,
    '/ready': answerReady(startup.readiness),
    '/metrics': startup.metrics.answer,
    '/graphql': notReady,
  }
  const at = { host: options.config.HOST, port: options.config.PORT ?? 0 }
  const listening = { ...(await listen({ paths, otherwise: notFound, log: options.log }, at)), paths }
  const ready = serve(definition, options, startup, listening)
  // Whoever awaits `ready` hears of a failure; nobody has to, and then /ready and the log tell.
  ready.catch((error: unknown) => fail(error, options.log, startup))
  const stop = async () => {
    stopping.abort(new Error('stopping'))
    await Promise.allSettled([ready])
    startup.readiness.report('graph', 'stopping')
    await startup.lifecycle.stop()
    // The server of one that never became ready is still open.
    await close(listening.server)
  }
  return { name: definition.name, url: `${listening.url}/graphql`, ready, stop }
}

async function serve(
  subgraph: Definition,
  options: StartOptions,
  startup: Startup,
  listening: Listening,
): Promise<Runtime> {
  const { lifecycle, readiness } = startup
  const { config, log } = options
  const runtime = await createRuntime(subgraph, options, startup)
  const services = await subgraph.services(runtime)
  const schema = await buildSchema(subgraph.name, subgraph.resolvers)
  const revocations = watchRevocations(config.REDIS_URL, log)
  lifecycle.add('revocations', () => revocations.stop())
  const createContext = createContextFactory(subgraph, runtime, {
    services,
    verify: createVerifier(subgraph.name, config, revocations),
  })
  await startBackgroundWork(subgraph, { runtime, services, startup })
  const apollo = await startApolloServer(schema, log, runtime.metrics)
  lifecycle.add('graphql', () => apollo.stop())
  // Before everything that requests need: it waits for those under way, which Apollo does not.
  lifecycle.add('http', () => close(listening.server))
  Object.assign(listening.paths, subgraph.routes?.(runtime, services), {
    '/graphql': traceRequests(graphqlHandler(apollo, createContext), { 'agora.subgraph': subgraph.name }),
  })
  // Before the server, which waits for all its sockets.
  const sockets = serveWebSocket({ server: listening.server, schema, createContext, log })
  lifecycle.add('websocket', () => sockets.stop())
  readiness.report('graph', null)
  log.info({ url: listening.url }, 'ready')
  return runtime
}

async function startBackgroundWork(
  subgraph: Definition,
  parts: { runtime: Runtime; services: unknown; startup: Startup },
): Promise<void> {
  const { runtime, services, startup } = parts
  const { config, log, redis } = runtime
  if (subgraph.persistence !== undefined) {
    const { name, database } = runtime
    const jobs = withHousekeeping(subgraph.jobs?.(runtime, services), { name, database, redis })
    const running = await startJobs({ database, jobs, log, onAttempt: countAttempts(runtime.metrics) })
    startup.lifecycle.add('jobs', () => running.stop())
    startup.lifecycle.add('job metrics', showJobs(runtime))
  }
  const countDeliveries = createDeliveryCounter(runtime.metrics)
  const consumed = subgraph.consumes?.(runtime, services) ?? {}
  for (const source of SUBGRAPHS) {
    const handlers = consumed[source]
    if (handlers === undefined) continue
    const blocking = createBlockingRedis(config.REDIS_URL ?? '', log)
    const onDelivery = countDeliveries(source)
    const consumer = startConsumer({ blocking, redis, source, group: subgraph.name, handlers, log, onDelivery })
    startup.lifecycle.add(`events of ${source}`, () => consumer.stop())
  }
}

function fail(error: unknown, log: Logger, startup: Startup): void {
  if (startup.stopped.aborted) return
  startup.readiness.report('graph', messageOf(error))
  log.fatal({ err: error }, 'could not start')
}

const notReady: HttpHandler = (_request, response) =>
  answerJson(response, 503, {
    errors: [{ message: 'not ready yet, see /ready', extensions: { code: 'DOWNSTREAM_SERVICE_ERROR' } }],
  })

const notFound: HttpHandler = (_request, response) =>
  answerJson(response, 404, {
    errors: [{ message: 'there is /graphql, /health, /ready and /metrics', extensions: { code: 'NOT_FOUND' } }],
  })
