import { type Transitions, canMove } from '#platform/kernel/state-machine.ts'

/** Where a payment is in its life; the same as `PaymentStatus` in the graph. */
export const PAYMENT_STATUSES = [
  'PENDING',
  'REQUIRES_ACTION',
  'COMPLETED',
  'FAILED',
  'PARTIALLY_REFUNDED',
  'REFUNDED',
  'DISPUTED',
] as const

/** One of {@link PAYMENT_STATUSES}. */
export type PaymentStatus = (typeof PAYMENT_STATUSES)[number]

/** An order has at most one payment in one of these: the partial unique index `payment_live_order` says the same. */
export const LIVE_STATUSES: readonly PaymentStatus[] = ['PENDING', 'REQUIRES_ACTION', 'COMPLETED', 'PARTIALLY_REFUNDED']

/** What the provider made of a charge. */
export type Settlement =
  | { readonly kind: 'succeeded'; readonly reference: string }
  | { readonly kind: 'requires_action'; readonly reference: string; readonly nextActionUrl: string }
  | { readonly kind: 'declined'; readonly reference: string | null; readonly code: string }

/** What a settlement changes of a payment. */
export type SettledPayment = {
  status: PaymentStatus
  providerReference: string | null
  nextActionUrl: string | null
  failureCode: string | null
}

const TRANSITIONS: Transitions<PaymentStatus> = {
  PENDING: ['REQUIRES_ACTION', 'COMPLETED', 'FAILED'],
  REQUIRES_ACTION: ['COMPLETED', 'FAILED'],
  // Money is the truth: a provider that says it has charged is believed, whatever was thought before.
  FAILED: ['COMPLETED'],
  COMPLETED: ['PARTIALLY_REFUNDED', 'REFUNDED', 'DISPUTED'],
  PARTIALLY_REFUNDED: ['REFUNDED', 'DISPUTED'],
  REFUNDED: [],
  DISPUTED: ['COMPLETED', 'PARTIALLY_REFUNDED', 'REFUNDED'],
}

/** What `settlement` makes of a payment that is `status`; null where it says nothing new: twice or late does nothing. */
export function settle(status: PaymentStatus, settlement: Settlement): SettledPayment | null {
  const settled = settledBy(settlement)
  const isPossible = status !== 'DISPUTED' && canMove(TRANSITIONS, status, settled.status)
  return isPossible ? settled : null
}

/** What was captured in all: everything or nothing, we never capture in part. */
export const capturedMinor = (payment: { status: PaymentStatus; amountMinor: bigint }): bigint =>
  isCaptured(payment.status) ? payment.amountMinor : 0n

/** Whether money was captured, given back since or not. */
export const isCaptured = (status: PaymentStatus): boolean =>
  status !== 'PENDING' && status !== 'REQUIRES_ACTION' && status !== 'FAILED'

/** Whether the provider may still say something else. */
export const isUnsettled = (status: PaymentStatus): boolean => status === 'PENDING' || status === 'REQUIRES_ACTION'

function settledBy(settlement: Settlement): SettledPayment {
  const common = { providerReference: settlement.reference, nextActionUrl: null, failureCode: null }
  switch (settlement.kind) {
    case 'succeeded':
      return { ...common, status: 'COMPLETED' }
    case 'requires_action':
      return { ...common, status: 'REQUIRES_ACTION', nextActionUrl: settlement.nextActionUrl }
    case 'declined':
      return { ...common, status: 'FAILED', failureCode: settlement.code }
  }
}
