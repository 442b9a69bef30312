import { z } from 'zod'
import type { Transaction } from '#platform/db/transaction.ts'
import { money } from '#platform/kernel/money.ts'
import type { OrdersScope } from '../context.ts'
import type { Refund } from '../domain/refund.ts'
import type { RefundAnswer } from '../neighbours/payments.ts'
import { OrderRefund, type OrderRefundEntity } from '../persistence/entities.ts'
import { lockKnownOrder, readLines, touch } from './change-order.ts'
import { takePayment } from './take-payment.ts'

/** What is known of a refund that was written. */
export type RefundStatus = OrderRefundEntity['status']

/** The job `send-refund`: has payments make a refund that was written. Throws until it is known to be made or refused. */
export async function resumeRefund(scope: OrdersScope, payload: unknown): Promise<void> {
  const { refundId } = z.object({ refundId: z.string() }).parse(payload)
  const status = await sendRefund(scope, refundId)
  if (status === 'ASKED') throw new Error(`the refund ${refundId} is not known to be made yet`)
}

/** Has payments make the refund, unless it is known that it did. Always under the same key. */
export async function sendRefund(scope: OrdersScope, refundId: string): Promise<RefundStatus> {
  const refund = await scope.runtime.database.fork().findOneOrFail(OrderRefund, { id: refundId })
  if (refund.status !== 'ASKED') return refund.status
  const { id, orderId, reason, amountMinor, currency } = refund
  const request = { orderId, amount: money(amountMinor, currency), reason, idempotencyKey: `refund:${id}` }
  const answer = await scope.services.payments.refund(request, scope.requestId)
  // Written at payments, and pending there: who asks again hears what became of it.
  if (!answer.ok && answer.codes.includes('PROVIDER_UNAVAILABLE')) return 'ASKED'
  await scope.transaction((tx) => recordAnswer(scope, tx, refund, answer))
  return answer.ok ? 'MADE' : 'REFUSED'
}

async function recordAnswer(
  scope: OrdersScope,
  tx: Transaction,
  refund: OrderRefundEntity,
  answer: RefundAnswer,
): Promise<void> {
  const order = await lockKnownOrder(tx, refund.orderId)
  const row = await tx.em.findOneOrFail(OrderRefund, { id: refund.id })
  if (row.status !== 'ASKED') return
  // While it is still ASKED, so that an order that becomes REFUNDED by it finds its reason.
  if (answer.ok && answer.payment !== null) await takePayment(scope, tx, order, { ...answer.payment, version: null })
  row.status = answer.ok ? 'MADE' : 'REFUSED'
  if (answer.ok) return
  scope.log.warn({ order: order.number, refundId: row.id, codes: answer.codes }, 'payments refused a refund')
  countUnits(await readLines(tx, order.id), row.lines, -1)
  touch(tx, order, new Date())
}

/** Counts units of an order's lines as refunded, or no longer. */
export function countUnits(
  lines: readonly { id: string; refundedQuantity: number }[],
  units: Refund['lines'],
  sign: 1 | -1,
): void {
  for (const { lineId, quantity } of units) {
    const line = lines.find(({ id }) => id === lineId)
    if (line !== undefined) line.refundedQuantity += sign * quantity
  }
}
