import { NeighbourError } from '#platform/graphql/neighbours.ts'
import { money } from '#platform/kernel/money.ts'
import { capturedMinor, isUnsettled } from '../domain/payment.ts'
import { Payment, type PaymentRow } from '../persistence/entities.ts'
import { markReported } from '../persistence/queries.ts'
import type { Work } from './work.ts'

/** Tells orders what the payment has come to by now, unless it has acknowledged that already. Throws unless it does. */
export async function reportPayment(work: Work, paymentId: string): Promise<void> {
  const em = work.em()
  const payment = await em.findOne(Payment, paymentId)
  if (payment === null || isUnsettled(payment.status) || payment.reportedVersion >= payment.version) return
  await work.orders.recordPayment(reportOf(payment), work.requestId)
  await markReported(em.getKysely<Record<string, never>>(), payment.id, payment.version)
}

/**
 * The same at once, so that who has just paid sees the order paid. Where orders does not answer, the job that was committed
 * with the outcome goes on.
 */
export async function reportAtOnce(work: Work, payment: PaymentRow | null): Promise<void> {
  if (payment === null) return
  try {
    await reportPayment(work, payment.id)
  } catch (error) {
    if (!(error instanceof NeighbourError)) throw error
    work.log.warn({ err: error, paymentId: payment.id }, 'orders has not heard of a payment yet; the job goes on')
  }
}

const reportOf = (payment: PaymentRow) => ({
  orderId: payment.orderId,
  paymentId: payment.id,
  paymentVersion: payment.version,
  capturedAmount: money(capturedMinor(payment), payment.currency),
  refundedAmount: money(payment.refundedMinor, payment.currency),
  failureCode: payment.failureCode,
})
