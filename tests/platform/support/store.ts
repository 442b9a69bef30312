import { type Database, openDatabase } from '#platform/db/database.ts'
import { migration } from '#platform/db/migrate.ts'
import { transaction, type Transaction } from '#platform/db/transaction.ts'
import type { Logger } from '#platform/runtime/logger.ts'
import { quiet } from '../../support/quiet.ts'

/** A table to have transactions with. */
export const persistence = {
  entities: [],
  migrations: [
    migration(
      '2026-11-20-thing',
      'create table thing (id text primary key, version int not null default 0, big bigint, day date)',
    ),
  ],
}

/** Opens the database `name` with that table. */
export const openStore = (
  postgresUrl: string,
  options: { name?: string; log?: Logger; onStatement?: (text: string) => void } = {},
): Promise<Database> => openDatabase({ postgresUrl, name: 'store', persistence, log: quiet, ...options })

/** One transaction of the request `r-1`, in the name of inventory. */
export const transact = <T>(
  database: Database,
  work: (tx: Transaction) => Promise<T>,
  afterCommit: () => void = () => undefined,
): Promise<T> => transaction({ database, source: 'inventory', requestId: 'r-1', afterCommit }, work)
