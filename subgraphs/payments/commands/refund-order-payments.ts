import { inputHash } from '#platform/db/idempotency.ts'
import { isId } from '#platform/kernel/ids.ts'
import type { Money, MoneyText } from '#platform/kernel/money.ts'
import { SUPERSEDED } from '../domain/decline-messages.ts'
import { capturedMinor } from '../domain/payment.ts'
import type { PaymentRow } from '../persistence/entities.ts'
import { findPaymentsOf } from '../persistence/queries.ts'
import { type PaymentAnswer, providerAway, refusal, refused } from './answer.ts'
import { cancelWaiting } from './cancel-waiting.ts'
import { readAmount, readKey, readReason, refuseCardNumbers } from './read-input.ts'
import { giveBack, replayRefund } from './refund-payment.ts'
import type { Work } from './work.ts'

/** Money to give back of an order's payments. */
export type RefundOrderPaymentsInput = {
  orderId: string
  amount?: MoneyText | null
  reason?: string | null
  idempotencyKey: string
}

/**
 * Gives back what is held for an order: all that is left, or `amount`. All, where nothing is held, is done already; what
 * still waits for the person is cancelled then, so that nothing comes after.
 */
export async function refundOrderPayments(
  work: Work,
  requestedBy: string,
  input: RefundOrderPaymentsInput,
): Promise<PaymentAnswer> {
  const cardNumber = refuseCardNumbers(input)
  if (cardNumber !== null) return refused(cardNumber)
  const idempotencyKey = readKey(input.idempotencyKey)
  const reason = readReason(input.reason)
  const asked = input.amount ? readAmount(input.amount) : null
  if (asked !== null && 'code' in asked) return refused(asked)
  if (!isId(input.orderId)) return refused(noOrder())
  const hash = inputHash({ orderId: input.orderId, amount: input.amount ?? null, reason })
  const key = { requestedBy, idempotencyKey, inputHash: hash }
  const earlier = await replayRefund(work, key)
  return earlier ?? refundHeld(work, input.orderId, { ...key, asked, reason })
}

type Request = {
  requestedBy: string
  idempotencyKey: string
  inputHash: string
  asked: Money | null
  reason: string | null
}

async function refundHeld(work: Work, orderId: string, request: Request): Promise<PaymentAnswer> {
  const payments = await withoutWaiting(work, await findPaymentsOf(work.em(), [orderId]), request.asked)
  if (payments === 'unknown') return refused(providerAway())
  const held = payments.findLast((payment) => capturedMinor(payment) > payment.refundedMinor)
  const latest = payments.findLast((payment) => capturedMinor(payment) > 0n) ?? null
  if (held !== undefined) return giveBack(work, { ...request, paymentId: held.id })
  if (request.asked === null) return { payment: latest, userErrors: [] }
  const message = 'nothing is held for this order'
  return { payment: latest, userErrors: [refusal('AMOUNT_EXCEEDS_PAYMENT', message, ['input', 'amount'])] }
}

/** The order's payments, once the one that waits for the person (if all is to be given back) has ended either way. */
async function withoutWaiting(
  work: Work,
  payments: PaymentRow[],
  asked: Money | null,
): Promise<PaymentRow[] | 'unknown'> {
  const waiting = payments.find(({ status }) => status === 'REQUIRES_ACTION')
  if (waiting === undefined || asked !== null) return payments
  const ended = await cancelWaiting(work, waiting, { failureCode: SUPERSEDED, deadline: work.deadline() })
  return ended === 'unknown' ? 'unknown' : payments.map((payment) => (payment.id === ended.id ? ended : payment))
}

const noOrder = () => refusal('ORDER_NOT_FOUND', 'there is no such order', ['input', 'orderId'])
