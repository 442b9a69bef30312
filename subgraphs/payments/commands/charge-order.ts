import { inputHash } from '#platform/db/idempotency.ts'
import { isId } from '#platform/kernel/ids.ts'
import type { MoneyText } from '#platform/kernel/money.ts'
import { type PaymentAnswer, refusal, refused } from './answer.ts'
import { type Key, makePayment, replay } from './make-payment.ts'
import { resolveSource, type SourceInput } from './payment-source.ts'
import { readAmount, readKey, refuseCardNumbers } from './read-input.ts'
import type { Work } from './work.ts'

/** A charge that orders asks for, at the amount that it says. */
export type ChargeOrderInput = {
  orderId: string
  userId: string
  amount: MoneyText
  payment: SourceInput
  returnUrl?: string | null
  idempotencyKey: string
}

/** Charges an order's amount to its customer. The same key never charges twice. Orders hears of it by the answer and by job. */
export async function chargeOrder(work: Work, input: ChargeOrderInput): Promise<PaymentAnswer> {
  const cardNumber = refuseCardNumbers(input)
  if (cardNumber !== null) return refused(cardNumber)
  const key = keyOf(input)
  const { orderId, userId, returnUrl = null } = input
  if (!isId(orderId) || !isId(userId))
    return refused(refusal('ORDER_NOT_FOUND', 'there is no such order', ['input', 'orderId']))
  const amount = readAmount(input.amount)
  if ('code' in amount) return refused(amount)
  const earlier = await replay(work, userId, key)
  if (earlier !== null) return earlier
  const deadline = work.deadline()
  const source = await resolveSource(work, userId, input.payment, deadline)
  if (!source.ok) return refused(...source.refusals)
  const request = { orderId, userId, amount, source: source.value, returnUrl, dueAt: work.latestDueAt(), key }
  return makePayment(work, request, deadline)
}

const keyOf = ({ idempotencyKey, ...input }: ChargeOrderInput): Key => ({
  idempotencyKey: `chargeOrder:${readKey(idempotencyKey)}`,
  inputHash: inputHash(input),
})
