import { z } from 'zod'
import type { Neighbours } from '#platform/graphql/neighbours.ts'
import { CURRENCIES } from '#platform/kernel/currency.ts'
import { type Money, parseMoney, toMoneyText } from '#platform/kernel/money.ts'

/** What came of a charge. `paid` names what was captured; after `waiting` the person has a step to do. */
export type ChargeAnswer =
  | { kind: 'paid'; paymentId: string; captured: Money }
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

/** What came of a refund; `codes` says why there was none. */
export type RefundAnswer = { ok: true } | { ok: false; codes: string[] }

/** What orders asks of payments. Both throw NeighbourError: then the outcome is unknown, and asking again is safe. */
export type PaymentsClient = {
  charge(charge: Charge, requestId: string): Promise<ChargeAnswer>
  refund(refund: RefundPayments, requestId: string): Promise<RefundAnswer>
}

const CHARGE = `mutation ChargeOrder($input: ChargeOrderInput!) {
  chargeOrder(input: $input) {
    payment { id status amount { amount currency } }
    userErrors { code message }
  }
}`
const REFUND = `mutation RefundOrderPayments($input: RefundOrderPaymentsInput!) {
  refundOrderPayments(input: $input) { userErrors { code message } }
}`
const refusals = z.array(z.object({ code: z.string(), message: z.string() }))
const chargeAnswer = z.object({
  chargeOrder: z.object({
    payment: z
      .object({
        id: z.string(),
        status: z.string(),
        amount: z.object({ amount: z.string(), currency: z.enum(CURRENCIES) }),
      })
      .nullable(),
    userErrors: refusals,
  }),
})
const refundAnswer = z.object({ refundOrderPayments: z.object({ userErrors: refusals }) })

const CAPTURED = ['COMPLETED', 'PARTIALLY_REFUNDED', 'REFUNDED']

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
    return codes.length === 0 ? { ok: true } : { ok: false, codes }
  },
})

const sourceOf = ({ methodId, token }: Charge['payment']) => (methodId === null ? { token } : { methodId })

function toChargeAnswer({ payment, userErrors }: z.output<typeof chargeAnswer>['chargeOrder']): ChargeAnswer {
  if (payment !== null && CAPTURED.includes(payment.status)) {
    const captured = parseMoney(payment.amount)
    if (captured === null) throw new Error(`expected an amount of payment ${payment.id}, got ${payment.amount.amount}`)
    return { kind: 'paid', paymentId: payment.id, captured }
  }
  const [refusal] = userErrors
  if (refusal !== undefined) return refused(refusal, payment !== null)
  if (payment?.status === 'REQUIRES_ACTION') return { kind: 'waiting' }
  if (payment?.status === 'FAILED') return { kind: 'declined', reason: 'the payment was declined' }
  return { kind: 'unavailable', reason: 'the payment is not known to have been made or refused yet', isOpen: true }
}

function refused({ code, message }: z.output<typeof refusals>[number], hasPayment: boolean): ChargeAnswer {
  if (code === 'PROVIDER_UNAVAILABLE') return { kind: 'unavailable', reason: message, isOpen: hasPayment }
  // Another payment is under way, and may yet pay the order.
  if (code === 'ORDER_NOT_PAYABLE') return { kind: 'unavailable', reason: message, isOpen: true }
  return { kind: 'declined', reason: message }
}
