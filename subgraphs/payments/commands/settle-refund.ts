import { LockMode } from '@mikro-orm/postgresql'
import { money } from '#platform/kernel/money.ts'
import { afterRefund } from '../domain/refund.ts'
import { Payment, type PaymentRow, Refund, type RefundRow } from '../persistence/entities.ts'
import type { CardProvider } from '../provider/provider.ts'
import { announceRefund } from './announce.ts'
import { reportPaymentJob, resolveRefundJob } from './jobs.ts'
import type { Work } from './work.ts'

/** A refund with its payment, as both are now. */
export type SettledRefund = { payment: PaymentRow; refund: RefundRow }

/** Has the provider give the money back, unless it is known that it did; it does so once, however often it is asked. */
export async function settleRefund(work: Work, refundId: string): Promise<SettledRefund> {
  const em = work.em()
  const refund = await em.findOneOrFail(Refund, refundId)
  const payment = await em.findOneOrFail(Payment, refund.paymentId)
  if (refund.status !== 'PENDING') return { payment, refund }
  const outcome = await work.provider.refund(requestOf(payment, refund), work.deadline())
  if (outcome.kind !== 'unknown') return takeDown(work, refundId, outcome)
  work.log.warn(
    { refundId, paymentId: payment.id, why: outcome.why },
    'the card provider has not answered; it is asked again later',
  )
  return { payment, refund }
}

/** The job: settles, and comes back until it is settled. */
export async function resolveRefund(work: Work, refundId: string, attempt: number): Promise<void> {
  const { refund } = await settleRefund(work, refundId)
  if (refund.status === 'PENDING')
    await work.transaction(async (tx) => tx.stageJob(resolveRefundJob(refundId, attempt + 1)))
}

type Outcome = Exclude<Awaited<ReturnType<CardProvider['refund']>>, { kind: 'unknown' }>

const takeDown = (work: Work, refundId: string, outcome: Outcome): Promise<SettledRefund> =>
  work.transaction(async (tx) => {
    const { paymentId } = await tx.em.findOneOrFail(Refund, refundId)
    // The payment's lock first, as everywhere.
    const payment = await tx.em.findOneOrFail(Payment, paymentId, { lockMode: LockMode.PESSIMISTIC_WRITE })
    const refund = await tx.em.findOneOrFail(Refund, refundId, { lockMode: LockMode.PESSIMISTIC_WRITE, refresh: true })
    if (refund.status !== 'PENDING') return { payment, refund }
    const now = new Date()
    if (outcome.kind === 'refused') {
      work.log.error({ refundId, paymentId, code: outcome.code }, 'the card provider refused a refund')
      Object.assign(refund, { status: 'FAILED', settledAt: now })
      return { payment, refund }
    }
    Object.assign(refund, { status: 'COMPLETED', settledAt: now, providerReference: outcome.reference })
    Object.assign(payment, afterRefund(payment, refund.amountMinor), { version: payment.version + 1, updatedAt: now })
    announceRefund(tx, payment, refund)
    tx.stageJob(reportPaymentJob(paymentId, work.reportGraceMs))
    return { payment, refund }
  })

function requestOf(payment: PaymentRow, refund: RefundRow) {
  const reference = payment.providerReference
  if (reference === null)
    throw new Error(`expected ${payment.id}, which is ${payment.status}, to be known to the provider`)
  return { refundId: refund.id, paymentReference: reference, amount: money(refund.amountMinor, payment.currency) }
}
