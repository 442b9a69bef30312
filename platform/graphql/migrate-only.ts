import { openDatabase } from '../db/database.ts'
import type { Logger } from '../runtime/logger.ts'
import type { Subgraph } from './define-subgraph.ts'

/** Brings the database of `subgraph` up to date and closes it again; nothing to do for one without persistence. */
export async function migrateOnly(
  { definition }: Subgraph,
  options: { postgresUrl: string; log: Logger },
): Promise<void> {
  if (definition.persistence === undefined) return
  const database = await openDatabase({ ...options, name: definition.name, persistence: definition.persistence })
  await database.close()
  options.log.info('the database is up to date')
}
