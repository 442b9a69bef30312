import type { Redis } from 'ioredis'
import type { Viewer } from '../auth/viewer.ts'
import type { Database, Persistence, Sql } from '../db/database.ts'
import type { Transaction } from '../db/transaction.ts'
import type { EventHandlers } from '../events/consumer.ts'
import type { Jobs } from '../jobs/worker.ts'
import type { Currency } from '../kernel/currency.ts'
import type { LiveBus } from '../live/bus.ts'
import type { Config } from '../runtime/config.ts'
import type { HttpHandler } from '../runtime/http.ts'
import type { Logger } from '../runtime/logger.ts'
import type { Metrics } from '../runtime/metrics.ts'
import type { SubgraphName } from '../runtime/names.ts'
import type { Neighbours } from './neighbours.ts'
import type { RequestTime } from './request-time.ts'

/** What a subgraph's process has: made once, shared by all requests, jobs and events. */
export type Runtime = {
  name: SubgraphName
  config: Config
  log: Logger
  redis: Redis
  bus: LiveBus
  neighbours: Neighbours
  /** Served at /metrics. */
  metrics: Metrics
  /** Throws in a subgraph without persistence. */
  database: Database
  /** One transaction, in the name of the request, job or event with that id. */
  transaction<T>(requestId: string, work: (tx: Transaction) => Promise<T>): Promise<T>
}

/** What every resolver has at hand. New for each request, and for each event of a subscription. */
export type RequestContext<Services, Loaders> = {
  viewer: Viewer
  requestId: string
  /** What `X-Currency` asks for, else the shop's own. */
  currency: Currency
  /** The network address of the client, as the router names it. */
  clientAddress: string
  time: RequestTime
  log: Logger
  runtime: Runtime
  services: Services
  loaders: Loaders
  /** Statements outside any transaction; of a query whose time is over, none. */
  sql: Sql
  transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T>
}

/** A request before its loaders are made. */
export type LoaderScope<Services> = Omit<RequestContext<Services, never>, 'loaders'>

/** A resolver map; the generated `Resolvers` type of the subgraph says what is in it. */
export type ResolverMap = Readonly<Record<string, unknown>>

/** A whole subgraph on one screen. Security, health, shutdown, masking, batching and logs are not its business. */
export type SubgraphDefinition<Services, Loaders> = {
  name: SubgraphName
  resolvers: ResolverMap
  /** Left out by a subgraph that keeps nothing in PostgreSQL. */
  persistence?: Persistence
  /** Made once a process: clients of neighbours, stores, signing keys. */
  services: (runtime: Runtime) => Services | Promise<Services>
  /** One DataLoader per key, new for each request. */
  loaders: (scope: LoaderScope<Services>) => Loaders
  jobs?: (runtime: Runtime, services: Services) => Jobs
  /** By the subgraph that publishes, the event types that are listened to. */
  consumes?: (runtime: Runtime, services: Services) => Partial<Record<SubgraphName, EventHandlers>>
  /** Paths beside /graphql, /health, /ready and /metrics. */
  routes?: (runtime: Runtime, services: Services) => Readonly<Record<string, HttpHandler>>
}

/** A subgraph whose services and loaders only it knows. */
export type Subgraph = { readonly name: SubgraphName; readonly definition: SubgraphDefinition<unknown, unknown> }

/** Defines a subgraph; the only door of its folder. */
export const defineSubgraph = <Services, Loaders>(definition: SubgraphDefinition<Services, Loaders>): Subgraph => ({
  name: definition.name,
  // What the platform gives back to a subgraph is what that subgraph made: the types cannot say so, this file can.
  definition: definition as unknown as SubgraphDefinition<unknown, unknown>,
})
