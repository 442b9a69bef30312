import { formatAmount, type Money, money } from '#platform/kernel/money.ts'
import type { Currency } from '#platform/kernel/currency.ts'
import { ok, refuse } from '#platform/kernel/result.ts'
import { capturedMinor, isCaptured, type PaymentStatus } from './payment.ts'

/** PENDING until the provider has answered; it counts against what is left from the start. */
export type RefundStatus = 'PENDING' | 'COMPLETED' | 'FAILED'

/** What a refund is decided on. */
export type RefundablePayment = {
  status: PaymentStatus
  amountMinor: bigint
  refundedMinor: bigint
  currency: Currency
}

type RefundAmount = { status: RefundStatus; amountMinor: bigint }

/** What can still be given back: what was captured less every refund that was, or may yet be, given. */
export function leftToRefund(payment: RefundablePayment, refunds: readonly RefundAmount[]): bigint {
  const promised = refunds.filter(({ status }) => status !== 'FAILED').map(({ amountMinor }) => amountMinor)
  return promised.reduce((left, amount) => left - amount, capturedMinor(payment))
}

/** How much to refund: `asked`, or all that is left. Refuses what is no amount, in another currency, or more than is left. */
export function decideRefund(payment: RefundablePayment, refunds: readonly RefundAmount[], asked: Money | null) {
  if (asked !== null && asked.amountMinor <= 0n) return refuse('INVALID_AMOUNT', 'the amount must be positive', AMOUNT)
  if (asked !== null && asked.currency !== payment.currency) {
    return refuse('INVALID_AMOUNT', `the payment is in ${payment.currency}, not ${asked.currency}`, AMOUNT)
  }
  if (payment.status === 'DISPUTED') {
    return refuse('AMOUNT_EXCEEDS_PAYMENT', "the payment is disputed and can't be refunded meanwhile", AMOUNT)
  }
  const left = leftToRefund(payment, refunds)
  if (left === 0n || (asked !== null && asked.amountMinor > left)) {
    return refuse('AMOUNT_EXCEEDS_PAYMENT', explain(payment, left), AMOUNT)
  }
  return ok(asked?.amountMinor ?? left)
}

/** The payment's status and total once a refund of `amountMinor` was given. A dispute outlives it. */
export function afterRefund(payment: RefundablePayment, amountMinor: bigint) {
  const refundedMinor = payment.refundedMinor + amountMinor
  if (refundedMinor > capturedMinor(payment)) {
    throw new Error(`expected to refund at most ${capturedMinor(payment)} of a payment, got ${refundedMinor}`)
  }
  return { refundedMinor, status: statusAfter(payment, refundedMinor) }
}

const AMOUNT = ['input', 'amount']

function statusAfter(payment: RefundablePayment, refundedMinor: bigint): PaymentStatus {
  if (payment.status === 'DISPUTED') return 'DISPUTED'
  return refundedMinor === payment.amountMinor ? 'REFUNDED' : 'PARTIALLY_REFUNDED'
}

function explain(payment: RefundablePayment, left: bigint): string {
  if (!isCaptured(payment.status)) return `nothing was captured: the payment is ${payment.status}`
  return `${formatAmount(money(left, payment.currency))} ${payment.currency} is left of the payment`
}
