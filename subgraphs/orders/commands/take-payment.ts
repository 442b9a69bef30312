import type { Transaction } from '#platform/db/transaction.ts'
import { money, toMoneyText } from '#platform/kernel/money.ts'
import type { OrdersScope } from '../context.ts'
import { decide } from '../domain/order.ts'
import { absorb, isRefundedWhole, judge, type PaymentReport, type PaymentTotals, sumsOf } from '../domain/payment.ts'
import { type OrderEntity, OrderPayment, OrderRefund } from '../persistence/entities.ts'
import { applyTransition, touch } from './change-order.ts'
import { afterRequest, stageRefund, stageSettlement } from './stage-jobs.ts'

/** Adds a report to the order, in `tx` and under its lock. Whether it told anything new. */
export async function takePayment(
  scope: OrdersScope,
  tx: Transaction,
  order: OrderEntity,
  report: PaymentReport,
): Promise<boolean> {
  const payments = await tx.em.find(OrderPayment, { orderId: order.id })
  const known = payments.find(({ paymentId }) => paymentId === report.paymentId)
  const totals = absorb(known ?? null, report)
  if (totals === null) return false
  const isNews = known?.capturedMinor !== totals.capturedMinor || known.refundedMinor !== totals.refundedMinor
  const row = known ?? tx.em.create(OrderPayment, { ...totals, orderId: order.id }, { persist: true })
  Object.assign(row, totals)
  if (!isNews) return false
  Object.assign(order, sumsOf(known === undefined ? [...payments, row] : payments, order.currency))
  const now = new Date()
  touch(tx, order, now)
  act(scope, tx, order, totals, now)
  await markIfRefunded(tx, order, now)
  return true
}

function act(scope: OrdersScope, tx: Transaction, order: OrderEntity, payment: PaymentTotals, now: Date): void {
  const { paymentId, capturedMinor, currency } = payment
  const captured = money(capturedMinor, currency)
  switch (judge(order, payment)) {
    case 'nothing':
      return
    case 'pays':
      order.paidBy = paymentId
      return stageSettlement(tx, order.id, afterRequest(now))
    case 'mismatch':
      scope.log.error(
        { alarm: 'payment-amount', order: order.number, paymentId, captured: toMoneyText(captured) },
        'a payment is not what its order asked for; it is refunded',
      )
      return stageRefund(tx, { orderId: order.id, key: `mismatch:${paymentId}`, amount: captured })
    case 'late':
      // Of a cancelled order nothing is kept; where another payment covers the order, only this one goes back.
      if (order.status === 'CANCELLED') return stageRefund(tx, { orderId: order.id, key: `late:${paymentId}` })
      return stageRefund(tx, { orderId: order.id, key: `late:${paymentId}`, amount: captured })
  }
}

/** REFUNDED once all that was paid went back; an order that can't be (PENDING, CANCELLED) stays what it is. */
export async function markIfRefunded(tx: Transaction, order: OrderEntity, now: Date): Promise<void> {
  if (!isRefundedWhole(order)) return
  const decision = decide(order, { kind: 'refund-whole', note: await reasonOfRefund(tx, order.id) })
  if (decision.ok && decision.value !== null) await applyTransition(tx, order, decision.value, now)
}

/** In the words of whoever asked for the refund that is on its way; null where the shop asked for none. */
async function reasonOfRefund(tx: Transaction, orderId: string): Promise<string | null> {
  const asked = await tx.em.findOne(OrderRefund, { orderId, status: 'ASKED' }, { orderBy: { id: 'desc' } })
  return asked?.reason ?? null
}
