import { badParameter, missing } from './answer.ts'

/** What happens when a card is charged. */
export type Outcome = 'succeeded' | 'requires_action' | 'generic_decline' | 'insufficient_funds'

/** A test card: what the shop may know of it, and how it behaves. */
export type Card = { readonly brand: string; readonly last4: string; readonly outcome: Outcome }

// Names and last digits are Stripe's: https://docs.stripe.com/testing
const CARDS: ReadonlyMap<string, Card> = new Map<string, Card>([
  ['pm_card_visa', { brand: 'visa', last4: '4242', outcome: 'succeeded' }],
  ['pm_card_mastercard', { brand: 'mastercard', last4: '4444', outcome: 'succeeded' }],
  ['pm_card_chargeDeclined', { brand: 'visa', last4: '0002', outcome: 'generic_decline' }],
  ['pm_card_chargeDeclinedInsufficientFunds', { brand: 'visa', last4: '9995', outcome: 'insufficient_funds' }],
  ['pm_card_authenticationRequired', { brand: 'visa', last4: '3184', outcome: 'requires_action' }],
])

/** The card behind a token that stands in a request's body; 400 `resource_missing` when there is none. */
export function cardOf(token: string): Card {
  const card = CARDS.get(token)
  if (card === undefined) throw badParameter('resource_missing', 'payment_method', 'No such payment method')
  return card
}

/** A payment method as Stripe shows it; 404 when there is none. Its card expires in three years, whenever it is asked. */
export function describePaymentMethod(token: string) {
  const card = CARDS.get(token)
  if (card === undefined) throw missing('payment method')
  const { brand, last4 } = card
  const exp_year = new Date().getUTCFullYear() + 3
  return { id: token, object: 'payment_method', type: 'card', card: { brand, last4, exp_month: 12, exp_year } }
}
