import { sql } from 'kysely'
import type { StockLevel, Units } from '../domain/stock.ts'

/** A stock that was changed, with what it was before. */
export type Change = { readonly before: Units; readonly after: StockLevel }

/** A row of stock_level. */
export type LevelRow = {
  variant_id: string
  on_hand: number
  reserved: number
  low_stock_threshold: number
  version: number
  updated_at: Date
}

/** A row of a CTE `changed` as JSON: the stock after the change, and by how much it changed. */
export type ChangedRow = Omit<LevelRow, 'updated_at'> & {
  updated_at: string
  on_hand_delta: number
  reserved_delta: number
}

/** The columns of {@link LevelRow}, of a stock_level called s. */
export const LEVEL = sql`s.variant_id, s.on_hand, s.reserved, s.low_stock_threshold, s.version, s.updated_at`

/** A row as the domain has it. */
export const toLevel = (row: LevelRow): StockLevel => ({
  variantId: row.variant_id,
  onHand: row.on_hand,
  reserved: row.reserved,
  lowStockThreshold: row.low_stock_threshold,
  version: row.version,
  updatedAt: row.updated_at,
})

/** A changed row as the domain has it. The threshold is not what such a change changes. */
export function toChange(row: ChangedRow): Change {
  const after = toLevel({ ...row, updated_at: new Date(row.updated_at) })
  const before = { ...after, onHand: after.onHand - row.on_hand_delta, reserved: after.reserved - row.reserved_delta }
  return { before, after }
}
