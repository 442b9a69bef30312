import type { OrderState } from './order.ts'

/** How far the durable work of an order has come; recorded after each step (checkout.md, "Steps of `checkout`"). */
export const REACHED = ['PLACED', 'RESERVED', 'CHARGED', 'CONFIRMED', 'SETTLED'] as const

/** One of {@link REACHED}. */
export type Reached = (typeof REACHED)[number]

/** What is to be done next with an order. */
export type Step = 'reserve' | 'charge' | 'confirm' | 'complete-cart' | 'expire'

/** What the answer to `checkout` says beside the order; recorded, so that a repeated call hears the same. */
export type Outcome =
  | { readonly code: 'OUT_OF_STOCK'; readonly shortages: readonly Shortage[] }
  | { readonly code: 'PAYMENT_DECLINED'; readonly reason: string }
  /** `isOpen`: a payment may still come of it. */
  | { readonly code: 'PAYMENT_UNAVAILABLE'; readonly reason: string; readonly isOpen: boolean }

/** A variant of which there are too few, and how many there are. */
export type Shortage = { readonly variantId: string | null; readonly available: number }

/** What the continuation of an order depends on. */
export type Settlement = OrderState & {
  readonly reached: Reached
  readonly paymentSource: object | null
  /** The payment that covers the total. */
  readonly paidBy: string | null
  readonly paymentDueAt: Date
  readonly outcome: Outcome | null
}

/**
 * The next step of an order; null where there is nothing to do but wait for the person. Depends on the recorded state alone,
 * so that whoever comes along, request or job, goes on from where the last one stopped.
 */
export function nextStep(order: Settlement, now: Date): Step | null {
  if (order.status === 'CANCELLED') return null
  if (order.status !== 'PENDING') return order.reached === 'SETTLED' ? null : 'complete-cart'
  // A payment that came in time is kept even where confirming it was late.
  if (order.paidBy === null && isOverdue(order, now)) return 'expire'
  if (order.reached === 'PLACED') return 'reserve'
  if (order.paidBy !== null) return 'confirm'
  return order.reached === 'RESERVED' && order.paymentSource !== null ? 'charge' : null
}

/** Whether nobody paid in time. */
export const isOverdue = (order: Pick<Settlement, 'paymentDueAt'>, now: Date): boolean => order.paymentDueAt <= now

/**
 * Whether money may be under way for a PENDING order, so that another checkout of its cart must not replace it: paid and not
 * yet confirmed, about to be charged, or charged without a clear answer.
 */
export const isBeingPaid = (order: Settlement): boolean =>
  order.status === 'PENDING' && (order.paidBy !== null || order.paymentSource !== null || isChargeOpen(order.outcome))

const isChargeOpen = (outcome: Outcome | null): boolean => outcome?.code === 'PAYMENT_UNAVAILABLE' && outcome.isOpen
