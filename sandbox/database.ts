import pg from 'pg'
import { messageOf } from '#platform/kernel/errors.ts'
import type { Logger } from '#platform/runtime/logger.ts'
import { pause } from '#platform/runtime/pause.ts'
import { prepareDatabase, sandboxDatabaseUrl } from './prepare-database.ts'

/** Something that takes statements: a transaction, or the pool where one statement is enough. */
export type Queryable = Pick<pg.Pool, 'query'>

/** The sandbox's database. Until it is reachable and has its tables, work waits for a moment and then fails. */
export type Database = {
  /** For single statements. */
  pool(): Promise<Queryable>
  /** Runs `work` in one transaction: committed when it returns, rolled back when it throws. */
  transaction<Value>(work: (tx: Queryable) => Promise<Value>): Promise<Value>
  /** Null when a statement is answered now; throws or says why it isn't. */
  whatIsMissing(): Promise<string | null>
  close(): Promise<void>
}

// Requests for one key wait on a lock, each on a connection; whoever holds the lock has one already, so any size is safe.
const POOL_SIZE = 10
// Also the longest wait for a free connection of the pool.
const CONNECT_TIMEOUT_MS = 10_000
const FIRST_RETRY_MS = 50
const LONGEST_RETRY_MS = 2_000

// A request may arrive before the tables are there, at the very start; longer than this, PostgreSQL is away.
const PREPARATION_PATIENCE_MS = 5_000

/** Opens the database behind `postgresUrl` without waiting for it, and keeps trying until it is there. */
export function openDatabase(postgresUrl: string, log: Logger): Database {
  const url = sandboxDatabaseUrl(postgresUrl)
  const closing = new AbortController()
  const pool = new pg.Pool({ connectionString: url.href, max: POOL_SIZE, connectionTimeoutMillis: CONNECT_TIMEOUT_MS })
  pool.on('error', (error) => log.warn({ err: error }, 'lost an idle connection to PostgreSQL'))
  let isPrepared = false
  const preparing = prepareUntilDone(url, { log, signal: closing.signal }).then((done) => void (isPrepared = done))
  const prepared = async (): Promise<pg.Pool> => {
    if (!isPrepared) await orPatienceEnds(preparing)
    if (!isPrepared) throw new Error(`expected PostgreSQL at ${url.host} to be reachable (see /ready)`)
    return pool
  }
  return {
    pool: prepared,
    transaction: async (work) => inTransaction(await prepared(), work),
    whatIsMissing: async () => {
      if (!isPrepared) return 'not reachable, or its tables are not made yet'
      await pool.query('select 1')
      return null
    },
    close: async () => {
      closing.abort()
      await preparing
      await pool.end()
    },
  }
}

/** The row that an `insert … returning` of one row gives. */
export function theOnly<Row>(rows: readonly Row[]): Row {
  const [row] = rows
  if (row === undefined) throw new Error('expected one row to come back, got none')
  return row
}

async function prepareUntilDone(url: URL, options: { log: Logger; signal: AbortSignal }): Promise<boolean> {
  let lastMessage = ''
  for (let waitMs = FIRST_RETRY_MS; !options.signal.aborted; waitMs = Math.min(LONGEST_RETRY_MS, waitMs * 2)) {
    try {
      await prepareDatabase(url)
      return true
    } catch (error) {
      // The same trouble every two seconds is one line, not a thousand.
      if (messageOf(error) !== lastMessage) options.log.warn({ err: error }, 'PostgreSQL is not ready; trying on')
      lastMessage = messageOf(error)
      await pause(waitMs, options.signal)
    }
  }
  return false
}

async function orPatienceEnds(preparing: Promise<void>): Promise<void> {
  const waiting = new AbortController()
  await Promise.race([preparing, pause(PREPARATION_PATIENCE_MS, waiting.signal)])
  waiting.abort()
}

async function inTransaction<Value>(pool: pg.Pool, work: (tx: Queryable) => Promise<Value>): Promise<Value> {
  const client = await pool.connect()
  let failure: Error | undefined
  // A lost connection rejects the statement under way, and is an event besides, which nobody else listens to meanwhile.
  const lose = (error: Error) => void (failure = error)
  client.on('error', lose)
  try {
    await client.query('begin')
    const value = await work(client)
    await client.query('commit')
    return value
  } catch (error) {
    failure ??= await rollBack(client)
    throw error
  } finally {
    client.off('error', lose)
    // With an error the connection is thrown away instead of going back to the pool.
    client.release(failure)
  }
}

async function rollBack(client: pg.PoolClient): Promise<Error | undefined> {
  try {
    await client.query('rollback')
    return undefined
  } catch (error) {
    return error instanceof Error ? error : new Error(messageOf(error))
  }
}
