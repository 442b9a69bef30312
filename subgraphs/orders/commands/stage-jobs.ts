import type { Transaction } from '#platform/db/transaction.ts'
import { type Money, toMoneyText } from '#platform/kernel/money.ts'
import type { OrderEntity } from '../persistence/entities.ts'

// The request itself goes on at once; the job is for the case that its process dies. A request lives 30 seconds at most.
const REQUEST_MS = 30_000

// Money that is not where it belongs is worth weeks of trying; 25 attempts would end after three days.
export const MONEY_ATTEMPTS = 200

/** When a job is due that goes on with what a request does itself, in case the request dies. */
export const afterRequest = (now: Date): Date => new Date(now.getTime() + REQUEST_MS)

/** Stages the continuation of an order. One per order: a later one replaces it. */
export const stageSettlement = (tx: Transaction, orderId: string, runAt: Date): void =>
  tx.stageJob({
    name: 'settle-order',
    payload: { orderId },
    runAt,
    maxAttempts: MONEY_ATTEMPTS,
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

/** Money to send back through payments; `key` makes it happen once. Without `amount`: whatever payments holds. */
export type RefundJob = { orderId: string; key: string; amount?: Money }

/** Stages the job `refund-order`. Its payload is the same for the same key, and so is what payments is asked. */
export function stageRefund(tx: Transaction, { orderId, key, amount }: RefundJob): void {
  const payload = { orderId, key, amount: amount === undefined ? null : toMoneyText(amount) }
  tx.stageJob({ name: 'refund-order', payload, key: `refund-order:${key}`, maxAttempts: MONEY_ATTEMPTS })
}
