import type { Transaction } from '#platform/db/transaction.ts'
import { type StockSnapshot, stockChanged, stockLowReached } from '#schema/events/inventory.ts'
import { hasBecomeLow, type StockLevel, type Units } from '../domain/stock.ts'
import { LOW_STOCK_CHANNEL, stockChannel } from '../live-channels.ts'

/** Tells the other services and the subscribers of every change, and of those that made a variant low. */
export function announce(tx: Transaction, changes: readonly { before: Units; after: StockLevel }[]): void {
  for (const { before, after } of changes) {
    const snapshot = toSnapshot(after)
    tx.stageEvent(stockChanged(snapshot))
    tx.stageLive(stockChannel(snapshot.id), snapshot)
    if (!hasBecomeLow(before, after)) continue
    tx.stageEvent(stockLowReached(snapshot))
    tx.stageLive(LOW_STOCK_CHANNEL, snapshot)
  }
}

const toSnapshot = ({ variantId, updatedAt, ...units }: StockLevel): StockSnapshot => ({
  id: variantId,
  ...units,
  updatedAt: updatedAt.toISOString(),
})
