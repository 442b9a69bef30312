import type { Currency } from '#platform/kernel/currency.ts'
import type { Money } from '#platform/kernel/money.ts'
import { hasEnded, type OrderState } from './order.ts'

/** What a payment has come to by now, in whole. */
export type PaymentTotals = {
  readonly paymentId: string
  readonly version: number
  readonly currency: Currency
  readonly capturedMinor: bigint
  readonly refundedMinor: bigint
}

/** What payments says of a payment. `version` is null in an answer, which is no report: it can only add to what is known. */
export type PaymentReport = {
  readonly paymentId: string
  readonly version: number | null
  readonly captured: Money
  readonly refunded: Money
}

/** What an order must know to judge a payment. */
export type Payable = OrderState & {
  readonly currency: Currency
  readonly totalMinor: bigint
  readonly paidBy: string | null
}

/**
 * The totals of a payment after a report, or null where it tells nothing new. Money that was captured or refunded stays so:
 * totals never fall, whatever the order in which reports arrive.
 */
export function absorb(known: PaymentTotals | null, report: PaymentReport): PaymentTotals | null {
  const capturedMinor = larger(known?.capturedMinor ?? 0n, report.captured.amountMinor)
  const refundedMinor = larger(known?.refundedMinor ?? 0n, report.refunded.amountMinor)
  const hasGrown = capturedMinor !== known?.capturedMinor || refundedMinor !== known.refundedMinor
  if (known !== null && (report.version === null ? !hasGrown : report.version <= known.version)) return null
  const version = report.version ?? known?.version ?? 0
  return { paymentId: report.paymentId, version, currency: report.captured.currency, capturedMinor, refundedMinor }
}

/** What is to be done about a captured payment. */
export type Verdict =
  /** Nothing was captured, or what was is back, or it is known already. */
  | 'nothing'
  /** It pays the order. */
  | 'pays'
  /** The order has ended, or is paid by another payment: the money goes back. */
  | 'late'
  /** Not the amount that the order asked for: a person must look at it, and the money goes back. */
  | 'mismatch'

/** Judges a payment against its order. */
export function judge(order: Payable, payment: PaymentTotals): Verdict {
  const isHeld = payment.capturedMinor > payment.refundedMinor
  if (!isHeld) return 'nothing'
  if (order.status === 'CANCELLED') return 'late'
  if (order.paidBy === payment.paymentId) return 'nothing'
  if (payment.currency !== order.currency || payment.capturedMinor !== order.totalMinor) return 'mismatch'
  if (order.paidBy !== null || hasEnded(order)) return 'late'
  return payment.refundedMinor === 0n ? 'pays' : 'mismatch'
}

/** What an order was paid and given back over all its payments. Money in another currency is not its money. */
export function sumsOf(
  payments: readonly PaymentTotals[],
  currency: Currency,
): { paidMinor: bigint; refundedMinor: bigint } {
  const own = payments.filter((payment) => payment.currency === currency)
  return {
    paidMinor: own.reduce((sum, payment) => sum + payment.capturedMinor, 0n),
    refundedMinor: own.reduce((sum, payment) => sum + payment.refundedMinor, 0n),
  }
}

/** Whether everything that was paid went back. */
export const isRefundedWhole = (sums: { paidMinor: bigint; refundedMinor: bigint }): boolean =>
  sums.paidMinor > 0n && sums.paidMinor === sums.refundedMinor

const larger = (a: bigint, b: bigint): bigint => (a > b ? a : b)
