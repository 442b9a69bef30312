import { NeighbourError } from '#platform/graphql/neighbours.ts'
import { ok } from '#platform/kernel/result.ts'
import type { OrdersScope } from '../context.ts'
import type { PaymentReport } from '../domain/payment.ts'
import { type OrderResult, orderNotFound } from '../domain/refusals.ts'
import type { OrderEntity } from '../persistence/entities.ts'
import { lockOrder } from './change-order.ts'
import { settleOrder } from './settle-order.ts'
import { takePayment } from './take-payment.ts'

/** A report of payments on one payment of an order; `failureCode` where it was declined. */
export type OrderPaymentReport = PaymentReport & { orderId: string; failureCode: string | null }

/**
 * Takes note of what a payment has come to. Totals, so that twice or late does nothing; what covers the order takes it on to
 * CONFIRMED at once, or by the job staged with it. What an order can't keep is refunded.
 */
export async function recordPayment(scope: OrdersScope, report: OrderPaymentReport): Promise<OrderResult<OrderEntity>> {
  const recorded = await scope.transaction(async (tx) => {
    const order = await lockOrder(tx, report.orderId)
    if (order === null) return null
    const isNews = await takePayment(scope, tx, order, report)
    if (isNews && report.failureCode !== null) takeFailure(order, report.failureCode)
    return order
  })
  if (recorded === null) return orderNotFound(['input', 'orderId'])
  return ok(await goOn(scope, recorded))
}

// Only the order's own charge is part of what `checkout` answers; of `payOrder` payments tells the person itself.
function takeFailure(order: OrderEntity, failureCode: string): void {
  if (order.status !== 'PENDING' || order.outcome?.code !== 'PAYMENT_UNAVAILABLE') return
  order.outcome = { code: 'PAYMENT_DECLINED', reason: `the payment was declined: ${failureCode}` }
}

/**
 * Takes a paid order on at once. The report is acknowledged whatever becomes of it: the job goes on. An unpaid one is left
 * alone: its checkout may be waiting for the very call that reports here.
 */
async function goOn(scope: OrdersScope, order: OrderEntity): Promise<OrderEntity> {
  if (order.paidBy === null) return order
  try {
    return await settleOrder(scope, order.id, Date.now())
  } catch (error) {
    if (!(error instanceof NeighbourError)) throw error
    scope.log.warn({ err: error, order: order.number }, 'a paid order waits for a neighbour; its job goes on')
    return order
  }
}
