import { z } from 'zod'
import { CURRENCIES } from '#platform/kernel/currency.ts'

const moneyText = z.object({ amount: z.string(), currency: z.enum(CURRENCIES) })

const payment = z.object({
  paymentId: z.uuid(),
  orderId: z.uuid(),
  userId: z.uuid(),
  /** Counts up with every change of the payment. */
  version: z.int(),
  amount: moneyText,
})

/** What payments publishes: by event type, the parser of its `data`. The subject is the payment's id. */
export const PAYMENT_EVENTS = {
  /** The person has one more step to do before anything is captured. */
  'payment.action_required': payment,
  /** Captured in whole. */
  'payment.completed': payment,
  /** Nothing was captured. */
  'payment.failed': payment.extend({ failureCode: z.string() }),
  /** Some or all was given back: `refundAmount` now, `refundedAmount` in all. */
  'payment.refunded': payment.extend({ refundId: z.uuid(), refundAmount: moneyText, refundedAmount: moneyText }),
} as const

/** The type of an event of payments. */
export type PaymentEventType = keyof typeof PAYMENT_EVENTS

/** The `data` of an event of payments. */
export type PaymentEventData<Type extends PaymentEventType> = z.output<(typeof PAYMENT_EVENTS)[Type]>
