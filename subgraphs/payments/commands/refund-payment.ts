import { LockMode } from '@mikro-orm/postgresql'
import { inputHash } from '#platform/db/idempotency.ts'
import type { Transaction } from '#platform/db/transaction.ts'
import { isId, newId } from '#platform/kernel/ids.ts'
import type { Money, MoneyText } from '#platform/kernel/money.ts'
import { ok, type Result } from '#platform/kernel/result.ts'
import type { PaymentErrorCode } from '../../../.generated/payments.ts'
import { decideRefund } from '../domain/refund.ts'
import { Payment, Refund, type RefundRow } from '../persistence/entities.ts'
import { findRefundByKey, insertRefund } from '../persistence/queries.ts'
import { type PaymentAnswer, type PaymentRefusal, refusal, refused } from './answer.ts'
import { resolveRefundJob } from './jobs.ts'
import { readAmount, readKey, readReason, refuseCardNumbers } from './read-input.ts'
import { reportAtOnce } from './report-payment.ts'
import { settleRefund } from './settle-refund.ts'
import type { Work } from './work.ts'

/** Money to give back of one payment. */
export type RefundPaymentInput = {
  paymentId: string
  amount?: MoneyText | null
  reason?: string | null
  idempotencyKey: string
}

/** A refund that was read: `requestedBy` is whose key it is. */
export type RefundOrder = {
  paymentId: string
  asked: Money | null
  reason: string | null
  requestedBy: string
  idempotencyKey: string
  inputHash: string
}

/** Gives back all that is left, or `amount`. The same key of the same person never refunds twice. */
export async function refundPayment(
  work: Work,
  requestedBy: string,
  input: RefundPaymentInput,
): Promise<PaymentAnswer> {
  const cardNumber = refuseCardNumbers(input)
  if (cardNumber !== null) return refused(cardNumber)
  const idempotencyKey = readKey(input.idempotencyKey)
  const reason = readReason(input.reason)
  const asked = input.amount ? readAmount(input.amount) : null
  if (asked !== null && 'code' in asked) return refused(asked)
  if (!isId(input.paymentId)) return refused(noPayment())
  const hash = inputHash({ paymentId: input.paymentId, amount: input.amount ?? null, reason })
  const earlier = await replayRefund(work, { requestedBy, idempotencyKey, inputHash: hash })
  const order = { paymentId: input.paymentId, asked, reason, requestedBy, idempotencyKey, inputHash: hash }
  const answer = earlier ?? (await giveBack(work, order))
  await reportAtOnce(work, answer.payment)
  return answer
}

type KeyUse = Pick<RefundOrder, 'requestedBy' | 'idempotencyKey' | 'inputHash'>

/** What the key led to before; null where it is new. What was not answered is sent again, under the provider's own key. */
export async function replayRefund(work: Work, use: KeyUse): Promise<PaymentAnswer | null> {
  const refund = await findRefundByKey(work.em(), use.requestedBy, use.idempotencyKey)
  if (refund === null) return null
  return refund.inputHash === use.inputHash ? finish(work, refund.id) : refused(keyReused())
}

/** Writes the refund under the payment's lock, so that it counts before the provider is called, and then calls it. */
export async function giveBack(work: Work, order: RefundOrder): Promise<PaymentAnswer> {
  const written = await work.transaction((tx) => writeRefund(tx, order))
  return written.ok ? finish(work, written.value) : refused(...written.refusals)
}

async function writeRefund(tx: Transaction, order: RefundOrder): Promise<Result<string, PaymentErrorCode>> {
  const payment = await tx.em.findOne(Payment, order.paymentId, { lockMode: LockMode.PESSIMISTIC_WRITE })
  if (payment === null) return { ok: false, refusals: [noPayment()] }
  // Who sent the same key at the same time has written it by now, if it was first.
  const earlier = await findRefundByKey(tx.em, order.requestedBy, order.idempotencyKey)
  if (earlier !== null)
    return earlier.inputHash === order.inputHash ? ok(earlier.id) : { ok: false, refusals: [keyReused()] }
  const decided = decideRefund(payment, await tx.em.find(Refund, { paymentId: payment.id }), order.asked)
  if (!decided.ok) return decided
  const id = newId()
  const { reason, requestedBy, idempotencyKey } = order
  const common = { paymentId: payment.id, currency: payment.currency, reason, requestedBy, idempotencyKey }
  const row = { id, ...common, inputHash: order.inputHash, amountMinor: decided.value, createdAt: new Date() }
  if (!(await insertRefund(tx.sql, row))) return { ok: false, refusals: [keyReused()] }
  tx.stageJob(resolveRefundJob(id))
  return ok(id)
}

async function finish(work: Work, refundId: string): Promise<PaymentAnswer> {
  const { payment, refund } = await settleRefund(work, refundId)
  return { payment, userErrors: errorsOf(refund) }
}

function errorsOf({ status }: RefundRow): PaymentRefusal[] {
  if (status === 'COMPLETED') return []
  if (status === 'FAILED')
    return [refusal('AMOUNT_EXCEEDS_PAYMENT', 'the card provider refused: nothing was given back', ['input', 'amount'])]
  const message = 'the card provider has not answered yet; the outcome comes later, nothing is refunded twice'
  return [refusal('PROVIDER_UNAVAILABLE', message)]
}

const noPayment = (): PaymentRefusal => refusal('PAYMENT_NOT_FOUND', 'there is no such payment', ['input', 'paymentId'])

const keyReused = (): PaymentRefusal =>
  refusal('IDEMPOTENCY_KEY_REUSED', 'the key was used before, with another input', ['input', 'idempotencyKey'])
