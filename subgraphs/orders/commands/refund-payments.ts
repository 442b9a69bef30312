import { z } from 'zod'
import type { Transaction } from '#platform/db/transaction.ts'
import { CURRENCIES } from '#platform/kernel/currency.ts'
import { type Money, parseMoney, toMoneyText } from '#platform/kernel/money.ts'
import type { OrdersScope } from '../context.ts'
import { Order } from '../persistence/entities.ts'

/** Money to send back through payments; `key` makes it happen once. Without `amount`: whatever payments holds. */
export type RefundJob = { orderId: string; key: string; amount?: Money }

// Answers that say that payments holds nothing (more) of the order's.
const NOTHING_LEFT = ['AMOUNT_EXCEEDS_PAYMENT', 'INVALID_AMOUNT', 'ORDER_NOT_FOUND', 'PAYMENT_NOT_FOUND']

const payloadSchema = z.object({
  orderId: z.string(),
  key: z.string(),
  amount: z.object({ amount: z.string(), currency: z.enum(CURRENCIES) }).nullable(),
})

/** Stages the job `refund-order`. Its payload is the same for the same key, and so is what payments is asked. */
export function stageRefund(tx: Transaction, { orderId, key, amount }: RefundJob): void {
  const payload = { orderId, key, amount: amount === undefined ? null : toMoneyText(amount) }
  tx.stageJob({ name: 'refund-order', payload, key: `refund-order:${key}` })
}

/**
 * The job `refund-order`: gives the stock of a cancelled order back, reserved or sold, and has payments refund. Ending the
 * reservation also stops a `reserveStock` that is still under way. Throws NeighbourError: again later, with the same keys.
 */
export async function refundPayments(scope: OrdersScope, payload: unknown): Promise<void> {
  const { orderId, key, amount } = payloadSchema.parse(payload)
  const { inventory, payments } = scope.services
  const order = await scope.runtime.database.fork().findOneOrFail(Order, { id: orderId })
  if (order.status === 'CANCELLED') await inventory.release(orderId, scope.requestId)
  const refund = { orderId, amount: amount && parseMoney(amount), reason: null, idempotencyKey: key }
  const answer = await payments.refund(refund, scope.requestId)
  if (answer.ok || answer.codes.every((code) => NOTHING_LEFT.includes(code))) return
  throw new Error(`${order.number}: expected payments to refund ${key}, it answered ${answer.codes.join(', ')}`)
}
