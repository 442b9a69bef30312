import pg from 'pg'

const DUPLICATE_DATABASE = '42P04'
const UNIQUE_VIOLATION = '23505'

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

/** Creates the database of `name` unless it is there; two who try at once are both content. */
export async function createIfMissing(postgresUrl: string, name: string): Promise<void> {
  const maintenance = new URL(postgresUrl)
  maintenance.pathname = '/postgres'
  const client = new pg.Client({ connectionString: maintenance.toString(), connectionTimeoutMillis: 5_000 })
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
