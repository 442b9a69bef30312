import type { Money } from '#platform/kernel/money.ts'
import type { Settlement } from '../domain/payment.ts'

/** What may be shown of a method of payment. */
export type MethodDescription = {
  brand: string
  last4: string | null
  expiryMonth: number | null
  expiryYear: number | null
}

/**
 * No sound answer: whether the provider did anything is unknown. `isOver` when it did answer (that it had failed), so
 * that nothing of the call is under way any more; otherwise the call may still reach it until its deadline has passed.
 * `why` is for the log.
 */
export type Unknown = { readonly kind: 'unknown'; readonly isOver: boolean; readonly why: string }

/** What to charge. `paymentId` is the provider's idempotency key: the same is never charged twice. */
export type Charge = { paymentId: string; orderId: string; amount: Money; token: string; returnUrl: string | null }

/** What to give back of the charge `paymentReference`. `refundId` is the provider's idempotency key. */
export type RefundRequest = { refundId: string; paymentReference: string; amount: Money }

/** Who moves the money. Nothing here throws for what the network does: that is `unknown`. `deadline` ends each call. */
export type CardProvider = {
  /** As the graph names it. */
  readonly name: string
  /** What is behind a token. */
  describeMethod(
    token: string,
    deadline: Date,
  ): Promise<{ kind: 'found'; method: MethodDescription } | { kind: 'not_found' } | Unknown>
  /** Charges; never sends anything once the deadline has passed. */
  charge(charge: Charge, deadline: Date): Promise<Settlement | Unknown>
  /** What came of the charge of our payment. */
  find(paymentId: string, deadline: Date): Promise<Settlement | { kind: 'not_found' } | Unknown>
  /** Cancels what the person has not confirmed yet: `canceled`, unless it has succeeded meanwhile. */
  cancel(
    paymentReference: string,
    deadline: Date,
  ): Promise<Extract<Settlement, { kind: 'succeeded' }> | { kind: 'canceled' } | Unknown>
  /** Gives money back; what the provider refuses for good is `refused`. */
  refund(
    request: RefundRequest,
    deadline: Date,
  ): Promise<{ kind: 'refunded'; reference: string } | { kind: 'refused'; code: string } | Unknown>
}
