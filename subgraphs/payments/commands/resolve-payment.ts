import { EXPIRED, NEVER_REACHED } from '../domain/decline-messages.ts'
import { isUnsettled } from '../domain/payment.ts'
import { Payment, type PaymentRow } from '../persistence/entities.ts'
import { cancelWaiting } from './cancel-waiting.ts'
import { nextQuestion } from './jobs.ts'
import { settlePayment } from './settle-payment.ts'
import type { Work } from './work.ts'

/**
 * Asks the provider what came of a payment that is not settled, by our id, and asks again until it says so. What waits for
 * the person is cancelled once the order is due.
 */
export async function resolvePayment(work: Work, paymentId: string, attempt: number): Promise<void> {
  const payment = await work.em().findOne(Payment, paymentId)
  if (payment === null || !isUnsettled(payment.status)) return
  const now = new Date()
  const isExpired = payment.status === 'REQUIRES_ACTION' && payment.dueAt <= now
  const left = isExpired ? await expire(work, payment) : await ask(work, payment, now)
  if (isUnsettled(left.status)) await work.transaction(async (tx) => tx.stageJob(nextQuestion(left, attempt)))
}

async function expire(work: Work, payment: PaymentRow): Promise<PaymentRow> {
  const left = await cancelWaiting(work, payment, { failureCode: EXPIRED, deadline: work.deadline() })
  return left === 'unknown' ? payment : left
}

async function ask(work: Work, payment: PaymentRow, now: Date): Promise<PaymentRow> {
  const found = await work.provider.find(payment.id, work.deadline())
  if (found.kind === 'unknown') return payment
  if (found.kind !== 'not_found') return settlePayment(work, payment.id, found)
  // As long as the call may still arrive, not knowing it proves nothing: to call it failed would let another charge begin.
  const isUnderWay = payment.inFlightUntil !== null && payment.inFlightUntil > now
  if (isUnderWay || payment.status !== 'PENDING') return payment
  return settlePayment(work, payment.id, { kind: 'declined', reference: null, code: NEVER_REACHED })
}
