import pg from 'pg'
import type { Logger } from '../runtime/logger.ts'

const DUPLICATE_DATABASE = '42P04'
const UNIQUE_VIOLATION = '23505'

/** How long to wait for a connection: to be made, or to be given back by somebody else. Then it is an outage. */
export const CONNECTION_TIMEOUT_MS = 10_000

/** `…/agora` and `users` give `…/agora_users`: the path of `POSTGRES_URL` is the prefix of every database's name. */
export function databaseUrl(postgresUrl: string, name: string): string {
  const url = new URL(postgresUrl)
  url.pathname = `/${databaseName(postgresUrl, name)}`
  return url.toString()
}

/** The name of the database that {@link databaseUrl} points to. */
export function databaseName(postgresUrl: string, name: string): string {
  const prefix = new URL(postgresUrl).pathname.slice(1)
  return `${prefix === '' ? 'agora' : prefix}_${name}`
}

/** One connection, not yet made. When it breaks its queries throw; without a listener the process would end as well. */
export function createClient(url: string, log: Logger): pg.Client {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: CONNECTION_TIMEOUT_MS })
  client.on('error', (error) => log.warn({ reason: error.message }, 'a PostgreSQL connection broke'))
  return client
}

/** Creates the database of `name` unless it is there; two who try at once are both content. */
export async function createIfMissing(postgresUrl: string, name: string, log: Logger): Promise<void> {
  const maintenance = new URL(postgresUrl)
  maintenance.pathname = '/postgres'
  const client = createClient(maintenance.toString(), log)
  await client.connect()
  try {
    const database = databaseName(postgresUrl, name)
    const found = await client.query('select 1 from pg_database where datname = $1', [database])
    if (found.rowCount === 0) await client.query(`create database ${pg.escapeIdentifier(database)}`)
  } catch (error) {
    if (!isLostRace(error)) throw error
  } finally {
    await client.end()
  }
}

const isLostRace = (error: unknown): boolean =>
  error instanceof pg.DatabaseError && (error.code === DUPLICATE_DATABASE || error.code === UNIQUE_VIOLATION)
