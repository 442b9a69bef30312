import type { Transaction } from '#platform/db/transaction.ts'
import type { OrderEntity } from '../persistence/entities.ts'

// The request itself goes on at once; the job is for the case that its process dies. A request lives 30 seconds at most.
const SETTLE_AFTER_MS = 30_000

/** Stages the continuation of an order, in case whoever is at it now dies. One per order: a later one replaces it. */
export const stageSettlement = (tx: Transaction, orderId: string, now: Date): void =>
  tx.stageJob({
    name: 'settle-order',
    payload: { orderId },
    runAt: new Date(now.getTime() + SETTLE_AFTER_MS),
    key: `settle-order:${orderId}`,
  })

/** Stages the end of an order that nobody pays. */
export const stageExpiry = (tx: Transaction, order: OrderEntity): void =>
  tx.stageJob({
    name: 'expire-order',
    payload: { orderId: order.id },
    runAt: order.paymentDueAt,
    key: `expire-order:${order.id}`,
  })
