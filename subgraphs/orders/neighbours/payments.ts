import { z } from 'zod'
import type { Neighbours } from '#platform/graphql/neighbours.ts'
import { CURRENCIES } from '#platform/kernel/currency.ts'
import { type Money, parseMoney, toMoneyText } from '#platform/kernel/money.ts'

/** What a payment has come to, in whole. */
export type PaymentSeen = { paymentId: string; captured: Money; refunded: Money }

/** What came of a charge. After `waiting` the person has a step to do. */
export type ChargeAnswer =
  | { kind: 'paid'; payment: PaymentSeen }
  | { kind: 'waiting' }
  | { kind: 'declined'; reason: string }
  /** Not known; `isOpen` where a payment may still come of it: payments goes on by itself and reports. */
  | { kind: 'unavailable'; reason: string; isOpen: boolean }

/** What to charge, and how. The same key never charges twice. */
export type Charge = {
  orderId: string
  userId: string
  amount: Money
  payment: { methodId: string | null; token: string | null }
  returnUrl: string | null
  idempotencyKey: string
}

/** What to pay back; without `amount`, all that is left. The same key never refunds twice. */
export type RefundPayments = { orderId: string; amount: Money | null; reason: string | null; idempotencyKey: string }

/** What came of a refund, and of the payment; `codes` says why there was none. */
export type RefundAnswer = { ok: true; payment: PaymentSeen | null } | { ok: false; codes: string[] }

/** What orders asks of payments. Both throw NeighbourError: then the outcome is unknown, and asking again is safe. */
export type PaymentsClient = {
  charge(charge: Charge, requestId: string): Promise<ChargeAnswer>
  refund(refund: RefundPayments, requestId: string): Promise<RefundAnswer>
}

const PAYLOAD = `payment { id status amount { amount currency } refundedAmount { amount currency } } userErrors { code message }`
const CHARGE = `mutation ChargeOrder($input: ChargeOrderInput!) {
  chargeOrder(input: $input) { ${PAYLOAD} }
}`
const REFUND = `mutation RefundOrderPayments($input: RefundOrderPaymentsInput!) {
  refundOrderPayments(input: $input) { ${PAYLOAD} }
}`
const amount = z.object({ amount: z.string(), currency: z.enum(CURRENCIES) }).transform((text, refinement) => {
  const value = parseMoney(text)
  if (value !== null) return value
  refinement.addIssue('expected an amount of money')
  return z.NEVER
})
const payload = z.object({
  payment: z.object({ id: z.string(), status: z.string(), amount, refundedAmount: amount }).nullable(),
  userErrors: z.array(z.object({ code: z.string(), message: z.string() })),
})
const chargeAnswer = z.object({ chargeOrder: payload })
const refundAnswer = z.object({ refundOrderPayments: payload })
type Payload = z.output<typeof payload>

const CAPTURED = ['COMPLETED', 'PARTIALLY_REFUNDED', 'REFUNDED', 'DISPUTED']

/** A client of payments over service calls. */
export const createPaymentsClient = (neighbours: Neighbours): PaymentsClient => ({
  charge: async (charge, requestId) => {
    const input = { ...charge, payment: sourceOf(charge.payment), amount: toMoneyText(charge.amount) }
    const call = { document: CHARGE, variables: { input }, answer: chargeAnswer, actorId: charge.userId, requestId }
    const { chargeOrder } = await neighbours({ to: 'payments', ...call })
    return toChargeAnswer(chargeOrder)
  },
  refund: async (refund, requestId) => {
    const input = { ...refund, amount: refund.amount && toMoneyText(refund.amount) }
    const call = { document: REFUND, variables: { input }, answer: refundAnswer, actorId: null, requestId }
    const { refundOrderPayments } = await neighbours({ to: 'payments', ...call })
    const codes = refundOrderPayments.userErrors.map(({ code }) => code)
    return codes.length === 0 ? { ok: true, payment: seenOf(refundOrderPayments.payment) } : { ok: false, codes }
  },
})

const sourceOf = ({ methodId, token }: Charge['payment']) => (methodId === null ? { token } : { methodId })

function toChargeAnswer({ payment, userErrors }: Payload): ChargeAnswer {
  const seen = seenOf(payment)
  if (seen !== null) return { kind: 'paid', payment: seen }
  const [refusal] = userErrors
  if (refusal !== undefined) return refused(refusal, payment !== null)
  if (payment?.status === 'REQUIRES_ACTION') return { kind: 'waiting' }
  if (payment?.status === 'FAILED') return { kind: 'declined', reason: 'the payment was declined' }
  return { kind: 'unavailable', reason: 'the payment is not known to have been made or refused yet', isOpen: true }
}

function refused({ code, message }: Payload['userErrors'][number], hasPayment: boolean): ChargeAnswer {
  if (code === 'PROVIDER_UNAVAILABLE') return { kind: 'unavailable', reason: message, isOpen: hasPayment }
  // Another payment is under way, and may yet pay the order.
  if (code === 'ORDER_NOT_PAYABLE') return { kind: 'unavailable', reason: message, isOpen: true }
  return { kind: 'declined', reason: message }
}

/** What was captured, which is everything or nothing; null where it is nothing. */
const seenOf = (payment: Payload['payment']): PaymentSeen | null =>
  payment !== null && CAPTURED.includes(payment.status)
    ? { paymentId: payment.id, captured: payment.amount, refunded: payment.refundedAmount }
    : null
