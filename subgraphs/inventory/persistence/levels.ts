import { sql } from 'kysely'
import type { Sql } from '#platform/db/database.ts'
import type { StockLevel, Units } from '../domain/stock.ts'
import { LEVEL, type LevelRow, toLevel } from './rows.ts'

/** The stock of `variantIds`, of those that have any record. One statement. */
export async function levelsOf(db: Sql, variantIds: readonly string[]): Promise<StockLevel[]> {
  const { rows } = await sql<LevelRow>`
    select ${LEVEL} from stock_level s where s.variant_id = any(${variantIds}::uuid[])`.execute(db)
  return rows.map(toLevel)
}

/** A variant's stock, locked until the transaction ends; null where it has no record. */
export async function lockLevel(db: Sql, variantId: string): Promise<StockLevel | null> {
  const { rows } = await sql<LevelRow>`
    select ${LEVEL} from stock_level s where s.variant_id = ${variantId} for update`.execute(db)
  return rows[0] === undefined ? null : toLevel(rows[0])
}

/** Makes an empty stock record unless there is one. */
export const insertLevel = (db: Sql, variantId: string) =>
  sql`insert into stock_level (variant_id) values (${variantId}) on conflict do nothing`.execute(db)

/** Who counted or adjusted what is on hand, in the ledger's terms. */
export type Entry = { kind: 'COUNTED' | 'ADJUSTED'; reason: string | null }

/** Writes a locked stock with its movement: one statement. */
export async function writeLevel(db: Sql, before: StockLevel, after: Units, entry: Entry): Promise<StockLevel> {
  const { rows } = await sql<LevelRow>`
    with changed as (
      update stock_level s set on_hand = ${after.onHand}, low_stock_threshold = ${after.lowStockThreshold},
        version = s.version + 1, updated_at = clock_timestamp()
      where s.variant_id = ${before.variantId} returning ${LEVEL}
    ), ledger as (
      insert into stock_movement (variant_id, version, kind, on_hand_delta, reserved_delta, reason)
      select variant_id, version, ${entry.kind}, ${after.onHand - before.onHand}::int, 0, ${entry.reason} from changed
    )
    select * from changed`.execute(db)
  if (rows[0] === undefined) throw new Error(`expected the locked stock of ${before.variantId} to be there`)
  return toLevel(rows[0])
}

/** Up to `limit` variants at or under their threshold, in the order of their ids, after `afterId`. */
export async function lowLevels(db: Sql, page: { afterId: string | null; limit: number }): Promise<StockLevel[]> {
  const { rows } = await sql<LevelRow>`
    select ${LEVEL} from stock_level s
    where s.available <= s.low_stock_threshold and (${page.afterId}::uuid is null or s.variant_id > ${page.afterId}::uuid)
    order by s.variant_id limit ${page.limit}`.execute(db)
  return rows.map(toLevel)
}

/** How many variants are at or under their threshold. */
export async function countLow(db: Sql): Promise<number> {
  const { rows } = await sql<{ total: number }>`
    select count(*)::int as total from stock_level where available <= low_stock_threshold`.execute(db)
  return rows[0]?.total ?? 0
}
