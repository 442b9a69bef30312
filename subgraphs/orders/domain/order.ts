import { type Refusal, refuse } from '#platform/kernel/result.ts'
import { canMove, type Transitions } from '#platform/kernel/state-machine.ts'

/** From each status, those it may go to (checkout.md, "States"). */
export const TRANSITIONS = {
  PENDING: ['CONFIRMED', 'CANCELLED'],
  CONFIRMED: ['SHIPPED', 'CANCELLED', 'REFUNDED'],
  SHIPPED: ['DELIVERED', 'REFUNDED'],
  DELIVERED: ['REFUNDED'],
  CANCELLED: [],
  REFUNDED: [],
} as const satisfies Transitions<string>

/** Where an order stands. */
export type OrderStatus = keyof typeof TRANSITIONS

/** Why an order was cancelled. */
export type CancelReason = 'CUSTOMER_CANCELLED' | 'OUT_OF_STOCK' | 'PAYMENT_EXPIRED' | 'SHOP_CANCELLED' | 'SUPERSEDED'

/** Why an order's status changed. */
export type ChangeReason = CancelReason | 'DELIVERED' | 'PAYMENT_CAPTURED' | 'PLACED' | 'REFUNDED' | 'SHIPPED'

/** What the decisions need to know of an order. */
export type OrderState = { readonly number: string; readonly status: OrderStatus }

/** What is asked of an order. */
export type OrderCommand =
  | { readonly kind: 'confirm' }
  | { readonly kind: 'cancel'; readonly reason: CancelReason; readonly note?: string | null }
  | { readonly kind: 'ship' }
  | { readonly kind: 'deliver' }
  | { readonly kind: 'refund-whole'; readonly note?: string | null }

/** A step of the state machine, and the event that tells of it. */
export type Transition = {
  readonly status: OrderStatus
  readonly reason: ChangeReason
  readonly note: string | null
  readonly event: 'order.cancelled' | 'order.confirmed' | 'order.delivered' | 'order.refunded' | 'order.shipped'
}

/** `transition` is null where the order is already there: no change. */
export type Decision =
  | { readonly ok: true; readonly value: Transition | null }
  | { readonly ok: false; readonly refusals: readonly Refusal<'INVALID_STATUS'>[] }

/** What `command` makes of an order; again: no change. Refused with INVALID_STATUS where no transition leads there. */
export function decide(order: OrderState, command: OrderCommand): Decision {
  const transition = transitionOf(command)
  if (order.status === transition.status) return { ok: true, value: null }
  if (canMove<OrderStatus>(TRANSITIONS, order.status, transition.status)) return { ok: true, value: transition }
  return invalidStatus(order, sourcesOf(transition.status), transition.status)
}

/** Whether nothing leads on: late payments of such an order are refunded. */
export const hasEnded = (order: OrderState): boolean => TRANSITIONS[order.status].length === 0

/** Refuses what only an order in one of `allowed` can become. */
export const invalidStatus = (order: OrderState, allowed: readonly OrderStatus[], wanted: string) =>
  refuse(
    'INVALID_STATUS',
    `only an order that is ${allowed.join(' or ')} can become ${wanted}; ${order.number} is ${order.status}`,
    ['input', 'id'],
  )

function transitionOf(command: OrderCommand): Transition {
  switch (command.kind) {
    case 'confirm':
      return { status: 'CONFIRMED', reason: 'PAYMENT_CAPTURED', note: null, event: 'order.confirmed' }
    case 'cancel':
      return { status: 'CANCELLED', reason: command.reason, note: command.note ?? null, event: 'order.cancelled' }
    case 'ship':
      return { status: 'SHIPPED', reason: 'SHIPPED', note: null, event: 'order.shipped' }
    case 'deliver':
      return { status: 'DELIVERED', reason: 'DELIVERED', note: null, event: 'order.delivered' }
    case 'refund-whole':
      return { status: 'REFUNDED', reason: 'REFUNDED', note: command.note ?? null, event: 'order.refunded' }
  }
}

const STATUSES = Object.keys(TRANSITIONS) as OrderStatus[]

const sourcesOf = (status: OrderStatus): OrderStatus[] =>
  STATUSES.filter((from) => canMove<OrderStatus>(TRANSITIONS, from, status))

/** `ORD-2026-000123`: the year it was placed (UTC), and its place among all orders. */
export const orderNumber = (sequence: bigint, placedAt: Date): string =>
  `ORD-${placedAt.getUTCFullYear()}-${sequence.toString().padStart(6, '0')}`
