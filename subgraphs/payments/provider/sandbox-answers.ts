import { z } from 'zod'
import type { Settlement } from '../domain/payment.ts'

/** A payment intent, as Stripe and the sandbox write it: what we read of it. */
export const intentSchema = z.object({
  id: z.string(),
  status: z.string(),
  next_action: z.object({ redirect_to_url: z.object({ url: z.url({ protocol: /^https?$/ }) }) }).nullish(),
  last_payment_error: z.object({ code: z.string(), decline_code: z.string().optional() }).nullish(),
})

/** All attempts for one of our payments, oldest first. */
export const intentListSchema = z.object({ data: z.array(intentSchema) })

/** A refusal. A decline carries the intent that came of it. */
export const errorSchema = z.object({
  error: z.object({
    type: z.string(),
    code: z.string(),
    decline_code: z.string().optional(),
    payment_intent: intentSchema.optional(),
  }),
})

/** A payment method of a card. */
export const methodSchema = z.object({
  card: z.object({ brand: z.string(), last4: z.string(), exp_month: z.int(), exp_year: z.int() }),
})

/** A refund. */
export const refundSchema = z.object({ id: z.string() })

/** What an intent says of the charge; null where it has not come to anything yet. */
export function settlementOf(intent: z.output<typeof intentSchema>): Settlement | null {
  const { id: reference, last_payment_error: error, next_action: action } = intent
  switch (intent.status) {
    case 'succeeded':
      return { kind: 'succeeded', reference }
    case 'requires_action':
      return action ? { kind: 'requires_action', reference, nextActionUrl: action.redirect_to_url.url } : null
    case 'requires_payment_method':
      return { kind: 'declined', reference, code: error?.decline_code ?? error?.code ?? 'generic_decline' }
    case 'canceled':
      return { kind: 'declined', reference, code: 'canceled' }
    default:
      return null
  }
}
