import { readSigningKey } from '../auth/keys.ts'
import { type Database, openDatabase } from '../db/database.ts'
import { showPools } from '../db/pool-metrics.ts'
import { transaction } from '../db/transaction.ts'
import { countPublished } from '../events/event-metrics.ts'
import { type Relay, startRelay } from '../events/relay.ts'
import { messageOf } from '../kernel/errors.ts'
import { createLiveBus } from '../live/bus.ts'
import { createRedis } from '../live/redis.ts'
import { subgraphUrls } from '../runtime/config.ts'
import type { Lifecycle } from '../runtime/lifecycle.ts'
import type { Metrics } from '../runtime/metrics.ts'
import { pause } from '../runtime/pause.ts'
import type { Readiness } from '../runtime/readiness.ts'
import type { Runtime, SubgraphDefinition } from './define-subgraph.ts'
import { createNeighbours } from './neighbours.ts'
import type { StartOptions } from './start-subgraph.ts'

const RETRY_MS = 500

/** What a subgraph's parts report to while it starts, and what stops the waiting. */
export type Startup = { lifecycle: Lifecycle; readiness: Readiness; metrics: Metrics; stopped: AbortSignal }

/** Connects to PostgreSQL and Redis, waiting for PostgreSQL as long as it takes. */
export async function createRuntime(
  subgraph: SubgraphDefinition<unknown, unknown>,
  options: StartOptions,
  startup: Startup,
): Promise<Runtime> {
  const { config, log } = options
  const { lifecycle, readiness, metrics } = startup
  const redis = createRedis(config.REDIS_URL, log)
  lifecycle.add('redis', () => redis.disconnect())
  readiness.watch('redis', () => (redis.status === 'ready' ? null : `Redis can't be reached (${redis.status})`))
  const bus = createLiveBus(config.REDIS_URL, log)
  lifecycle.add('live', () => bus.stop())
  const store = subgraph.persistence === undefined ? null : await openStore(subgraph, options, startup, redis)
  return {
    name: subgraph.name,
    config,
    log,
    redis,
    bus,
    metrics,
    neighbours: createNeighbours({
      from: subgraph.name,
      key: readSigningKey(config.SERVICE_KEY),
      urls: subgraphUrls(config),
      timeoutMs: config.NEIGHBOUR_TIMEOUT_MS,
    }),
    get database() {
      return required(store, subgraph.name).database
    },
    transaction: (requestId, work) => {
      const { database, relay } = required(store, subgraph.name)
      return transaction({ database, source: subgraph.name, requestId, afterCommit: relay.wake }, work)
    },
  }
}

type Store = { database: Database; relay: Relay }

async function openStore(
  subgraph: SubgraphDefinition<unknown, unknown>,
  options: StartOptions,
  { lifecycle, readiness, metrics, stopped }: Startup,
  redis: Runtime['redis'],
): Promise<Store> {
  readiness.report('postgres', 'starting')
  const database = await untilOpen(subgraph, options, readiness, stopped)
  lifecycle.add('postgres', () => database.close())
  readiness.report('postgres', null)
  readiness.watch('postgres', async () => (await database.jobPool.query('select 1')) && null)
  lifecycle.add('pool metrics', showPools(database, metrics))
  const { log } = options
  const relay = startRelay({ database, redis, subgraph: subgraph.name, log, onPublished: countPublished(metrics) })
  lifecycle.add('relay', () => relay.stop())
  return { database, relay }
}

async function untilOpen(
  { name, persistence = { entities: [], migrations: [] } }: SubgraphDefinition<unknown, unknown>,
  { config, log, onStatement }: StartOptions,
  readiness: Readiness,
  stopped: AbortSignal,
): Promise<Database> {
  for (;;) {
    try {
      return await openDatabase({ postgresUrl: config.POSTGRES_URL, name, persistence, log, onStatement })
    } catch (error) {
      stopped.throwIfAborted()
      if (!isOutage(error)) throw error
      log.warn({ reason: messageOf(error) }, 'PostgreSQL is away; trying again')
      readiness.report('postgres', messageOf(error))
      await pause(RETRY_MS, stopped)
      stopped.throwIfAborted()
    }
  }
}

// Class 08: connection exception, 57P01 to 57P03: shut down or not up yet, 53300: too many connections. A broken
// migration is not among them, nor a wrong password.
const OUTAGE = /^(ECONN\w+|EPIPE|ETIMEDOUT|E(HOST|NET)UNREACH|ENOTFOUND|EAI_AGAIN|08\w{3}|57P0[123]|53300)$/
// `pg` gives no code to these.
const BROKEN = /^(timeout e|connection (timeout|terminated))/i

const isOutage = (error: unknown): boolean =>
  error instanceof Error && (('code' in error && OUTAGE.test(String(error.code))) || BROKEN.test(error.message))

function required(store: Store | null, name: string): Store {
  if (store === null) throw new Error(`expected ${name} to define its persistence before it uses a database`)
  return store
}
