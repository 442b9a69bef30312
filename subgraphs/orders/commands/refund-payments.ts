import { z } from 'zod'
import { CURRENCIES } from '#platform/kernel/currency.ts'
import { parseMoney } from '#platform/kernel/money.ts'
import type { OrdersScope } from '../context.ts'
import type { PaymentSeen } from '../neighbours/payments.ts'
import { Order } from '../persistence/entities.ts'
import { lockKnownOrder } from './change-order.ts'
import { takePayment } from './take-payment.ts'

// Answers that say that payments holds nothing (more) of the order's.
const NOTHING_LEFT = ['AMOUNT_EXCEEDS_PAYMENT', 'INVALID_AMOUNT', 'ORDER_NOT_FOUND', 'PAYMENT_NOT_FOUND']

const payloadSchema = z.object({
  orderId: z.string(),
  key: z.string(),
  amount: z.object({ amount: z.string(), currency: z.enum(CURRENCIES) }).nullable(),
})

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
  if (answer.ok) return takeAnswer(scope, orderId, answer.payment)
  if (answer.codes.every((code) => NOTHING_LEFT.includes(code))) return
  throw new Error(`${order.number}: expected payments to refund ${key}, it answered ${answer.codes.join(', ')}`)
}

/** The answer tells the totals sooner than the report that follows it. */
export async function takeAnswer(scope: OrdersScope, orderId: string, payment: PaymentSeen | null): Promise<void> {
  if (payment === null) return
  await scope.transaction(async (tx) => {
    await takePayment(scope, tx, await lockKnownOrder(tx, orderId), { ...payment, version: null })
  })
}
