import { randomBytes } from 'node:crypto'
import { after } from 'node:test'
import { Client } from 'pg'
import type { EmbeddedPostgres } from '#platform/embedded/postgres.ts'
import { type EmbeddedRedis, startEmbeddedRedis } from '#platform/embedded/redis.ts'
import { createLifecycle } from '#platform/runtime/lifecycle.ts'
import { startTestCluster } from './cluster.ts'
import { quiet } from './quiet.ts'

/** Where the global setup leaves the address of the PostgreSQL that all test files share. */
export const SHARED_CLUSTER = 'AGORA_TEST_POSTGRES_URL'

/** The backing services of one test file. */
export type Backing = {
  postgresUrl: string
  redisUrl: string
  redisKind: EmbeddedRedis['kind']
  /** Has `stop` called before the backing services go, last come first; hooks of `after` run too late for that. */
  defer(stop: () => Promise<unknown> | unknown): void
  stop(): Promise<void>
}

/** Real backing services for this test file alone, gone when its tests are over: `const backing = await useBacking()` at its top. */
export async function useBacking(): Promise<Backing> {
  const backing = await startBacking()
  after(() => backing.stop())
  return backing
}

/** The same, for those who call `stop` themselves. */
export async function startBacking(): Promise<Backing> {
  const lifecycle = createLifecycle(quiet)
  const databases = await freshDatabasePrefix()
  lifecycle.add('databases', () => databases.drop())
  const redis = await freshRedis()
  lifecycle.add('redis', () => redis.stop())
  return {
    postgresUrl: databases.postgresUrl,
    redisUrl: redis.url,
    redisKind: redis.kind,
    defer: (stop) => lifecycle.add('deferred', stop),
    stop: () => lifecycle.stop(),
  }
}

/** A POSTGRES_URL whose database names nobody else uses. `drop` removes the databases, whoever is still connected. */
export async function freshDatabasePrefix(): Promise<{ postgresUrl: string; drop(): Promise<void> }> {
  const server = await acquireServer()
  const prefix = `t${process.pid}_${randomBytes(3).toString('hex')}`
  const drop = async () => {
    await dropDatabases(server.url, prefix)
    await server.release()
  }
  return { postgresUrl: databaseUrl(server.url, prefix), drop }
}

/** A Redis of its own: AGORA_REDIS=js|server forces which, else the PATH's `redis-server` where there is one. */
export function freshRedis(options: { kind?: 'js' | 'server' } = {}): Promise<EmbeddedRedis> {
  return startEmbeddedRedis({ kind: options.kind ?? forcedKind(), log: quiet })
}

function forcedKind(): 'js' | 'server' | undefined {
  const kind = process.env['AGORA_REDIS']
  if (kind === undefined || kind === '' || kind === 'js' || kind === 'server') return kind || undefined
  throw new Error(`AGORA_REDIS: expected js or server, it is ${kind}`)
}

let own: { cluster: Promise<EmbeddedPostgres>; users: number } | undefined

// A test file that runs alone has no global setup: it brings up a cluster of its own, which the last user stops.
async function acquireServer(): Promise<{ url: string; release(): Promise<void> }> {
  const shared = process.env[SHARED_CLUSTER]
  if (shared !== undefined) return { url: shared, release: async () => undefined }
  own ??= { cluster: startTestCluster(), users: 0 }
  own.users++
  const mine = own
  const { url, stop } = await mine.cluster
  const release = async () => {
    if (--mine.users > 0) return
    own = undefined
    await stop()
  }
  return { url, release }
}

async function dropDatabases(server: string, prefix: string): Promise<void> {
  const client = new Client({ connectionString: databaseUrl(server, 'postgres') })
  await client.connect()
  try {
    const { rows } = await client.query<{ datname: string }>(
      'SELECT datname FROM pg_database WHERE starts_with(datname, $1)',
      [prefix],
    )
    for (const { datname } of rows)
      await client.query(`DROP DATABASE IF EXISTS ${client.escapeIdentifier(datname)} WITH (FORCE)`)
  } finally {
    await client.end()
  }
}

function databaseUrl(server: string, database: string): string {
  const url = new URL(server)
  url.pathname = `/${database}`
  return url.href
}
