import pg from 'pg'
import { MIGRATIONS } from './migrations.ts'

// PostgreSQL's "Appendix A. Error Codes".
const DATABASE_MISSING = '3D000'
const DATABASE_EXISTS = '42P04'
const UNIQUE_VIOLATION = '23505'

// Any number does, as long as every copy of the sandbox takes the same one.
const MIGRATION_LOCK = 7_266_739

const CONNECT_TIMEOUT_MS = 5_000

/** The sandbox's own database on the server of `postgresUrl`, whose path is the prefix: `…/agora` gives `…/agora_sandbox`. */
export function sandboxDatabaseUrl(postgresUrl: string): URL {
  const url = new URL(postgresUrl)
  const prefix = url.pathname.slice(1) === '' ? 'agora' : url.pathname.slice(1)
  url.pathname = `/${prefix}_sandbox`
  return url
}

/** Creates the database where there is none, and brings its tables up to date; any number of copies may do so at once. */
export async function prepareDatabase(url: URL): Promise<void> {
  try {
    await withClient(url, migrate)
  } catch (error) {
    if (sqlState(error) !== DATABASE_MISSING) throw error
    await createDatabase(url)
    await withClient(url, migrate)
  }
}

async function createDatabase(url: URL): Promise<void> {
  const maintenance = new URL(url)
  maintenance.pathname = '/postgres'
  const name = pg.escapeIdentifier(decodeURIComponent(url.pathname.slice(1)))
  try {
    await withClient(maintenance, (client) => client.query(`create database ${name}`))
  } catch (error) {
    // Somebody else was faster: before we asked, or (as a unique violation in the catalogue) while we did.
    if (![DATABASE_EXISTS, UNIQUE_VIOLATION].includes(sqlState(error))) throw error
  }
}

async function migrate(client: pg.Client): Promise<void> {
  await client.query('begin')
  await client.query('select pg_advisory_xact_lock($1)', [MIGRATION_LOCK])
  await client.query(
    'create table if not exists migrations (version int primary key, applied_at timestamptz not null default now())',
  )
  const { rows } = await client.query<{ version: number }>(
    'select coalesce(max(version), 0) as version from migrations',
  )
  const applied = rows[0]?.version ?? 0
  for (const [index, statements] of MIGRATIONS.entries()) {
    if (index < applied) continue
    await client.query(statements)
    await client.query('insert into migrations (version) values ($1)', [index + 1])
  }
  await client.query('commit')
}

/** A connection of its own, closed in any case; an open transaction is rolled back by that. */
async function withClient(url: URL, work: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const client = new pg.Client({ connectionString: url.href, connectionTimeoutMillis: CONNECT_TIMEOUT_MS })
  // A connection lost under a query rejects the query, too: that is where it is dealt with.
  client.on('error', () => undefined)
  await client.connect()
  try {
    await work(client)
  } finally {
    await client.end()
  }
}

const sqlState = (error: unknown): string => (error instanceof pg.DatabaseError ? (error.code ?? '') : '')
