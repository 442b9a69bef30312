import { type StockSnapshot, stockSnapshotSchema } from '#schema/events/inventory.ts'
import type { StockLevel } from './domain/stock.ts'

/** Where variants are told of as they become low. */
export const LOW_STOCK_CHANNEL = 'live:low-stock'

/** Where every version of a variant's stock is told of; the message is a {@link StockSnapshot}. */
export const stockChannel = (variantId: string): string => `live:stock:${variantId}`

/** A message of either channel as the domain has it. */
export function readSnapshot(message: unknown): StockLevel {
  const { id, updatedAt, ...units }: StockSnapshot = stockSnapshotSchema.parse(message)
  return { variantId: id, ...units, updatedAt: new Date(updatedAt) }
}
