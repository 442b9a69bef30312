import { type EntitySchema, MikroORM, type SqlEntityManager } from '@mikro-orm/postgresql'
import { Migrator } from '@mikro-orm/migrations'
import type { Kysely } from 'kysely'
import pg from 'pg'
import type { Logger } from '../runtime/logger.ts'
import { migrate, type MigrationList, PLATFORM_MIGRATIONS } from './migrate.ts'
import { CONNECTION_TIMEOUT_MS, createIfMissing, databaseUrl } from './server.ts'
import { isTracing } from '../telemetry/tracing.ts'
import { traceStatements } from './trace-statements.ts'
import { typeParsers } from './types.ts'

// Six subgraphs, each with two pools, stay well under PostgreSQL's default of 100 connections per copy.
const POOL_SIZE = 10
const JOB_POOL_SIZE = 4
// A process that vanished in a transaction must not hold its locks until TCP notices. Ours take milliseconds.
const SESSION = { idle_in_transaction_session_timeout: 60_000, keepAlive: true }

/** What a subgraph keeps in PostgreSQL. */
export type Persistence = { entities: EntitySchema[]; migrations: MigrationList }

/** Untyped tables: statements are written in SQL, their rows typed where they are read. */
export type Sql = Kysely<Record<string, never>>

/** A subgraph's own database. */
export type Database = {
  /** A fresh entity manager; one for each request, job and event. */
  fork(): SqlEntityManager
  /** For statements outside any transaction: ``sql`select …`.execute(database.sql())``. */
  sql(): Sql
  /** A pool of its own, for the job runner. */
  jobPool: pg.Pool
  /** The connections of everything else; there from the first statement on. */
  workPool(): pg.Pool | undefined
  close(): Promise<void>
}

/** What it takes to open a {@link Database}. `onStatement` hears of every statement (tests count them). */
export type DatabaseOptions = {
  postgresUrl: string
  name: string
  persistence: Persistence
  log: Logger
  onStatement?: ((text: string) => void) | undefined
}

/** Creates the database where it is missing, brings it up to date and connects. Throws while PostgreSQL can't be reached. */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  await createIfMissing(options.postgresUrl, options.name, options.log)
  const url = databaseUrl(options.postgresUrl, options.name)
  const { orm, workPool } = await connect(url, options)
  const jobPool = new pg.Pool({
    connectionString: url,
    max: JOB_POOL_SIZE,
    connectionTimeoutMillis: CONNECTION_TIMEOUT_MS,
    ...SESSION,
  })
  if (isTracing()) jobPool.on('connect', traceStatements)
  const onError = (error: Error) => options.log.warn({ reason: error.message }, 'a PostgreSQL connection broke')
  jobPool.on('error', onError).on('connect', (client) => client.on('error', onError))
  const close = async () => {
    await Promise.all([orm.close(true), jobPool.end()])
  }
  try {
    await migrate({ orm, url, jobPool, log: options.log })
  } catch (error) {
    await close()
    throw error
  }
  return { fork: () => orm.em.fork(), sql: () => sqlOf(orm.em.fork()), jobPool, workPool, close }
}

/** The statement builder of an entity manager, bound to its transaction where it is in one. */
export const sqlOf = (em: SqlEntityManager): Sql => em.getKysely<Record<string, never>>()

async function connect(
  url: string,
  { persistence, log, onStatement }: DatabaseOptions,
): Promise<{ orm: MikroORM } & Pick<Database, 'workPool'>> {
  let workPool: pg.Pool | undefined
  const orm = await MikroORM.init({
    clientUrl: url,
    entities: persistence.entities,
    discovery: { warnWhenNoEntities: false },
    extensions: [Migrator],
    migrations: {
      migrationsList: [...PLATFORM_MIGRATIONS, ...persistence.migrations],
      snapshotOnMigrate: false,
      allOrNothing: true,
    },
    pool: { min: 0, max: POOL_SIZE },
    forceUtcTimezone: true,
    logger: (message) => log.debug(message),
    driverOptions: {
      types: typeParsers(),
      connectionTimeoutMillis: CONNECTION_TIMEOUT_MS,
      ...SESSION,
      onPoolCreated: (created: pg.Pool) => {
        if (onStatement !== undefined) created.on('connect', (client) => listen(client, onStatement))
        if (isTracing()) created.on('connect', traceStatements)
        workPool = created
      },
    },
  })
  return { orm, workPool: () => workPool }
}

function listen(client: pg.PoolClient, onStatement: (text: string) => void): void {
  const query = client.query.bind(client) as (...args: unknown[]) => unknown
  const counted = (...args: unknown[]) => {
    const [first] = args
    onStatement(typeof first === 'string' ? first : String((first as { text?: string }).text))
    return query(...args)
  }
  Object.assign(client, { query: counted })
}
