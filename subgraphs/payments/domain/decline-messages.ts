/** What a payment fails with when the provider never got to hear of it: Stripe's word for an error on the way. */
export const NEVER_REACHED = 'processing_error'
/** What a payment fails with when another attempt took its place before the person had confirmed it. */
export const SUPERSEDED = 'canceled'
/** What a payment fails with when the person did not confirm it before the order was due. */
export const EXPIRED = 'expired'

// Stripe's decline codes, https://docs.stripe.com/declines/codes. What is not listed reads as a plain decline: a thief
// who tries a stolen card learns nothing from us.
const MESSAGES: Readonly<Record<string, string>> = {
  authentication_failed: 'The payment was not confirmed. Please try again, or pay with another card.',
  expired_card: 'The card has expired. Please pay with another card.',
  insufficient_funds: 'The card has insufficient funds. Please pay with another card.',
  incorrect_cvc: 'The security code is not right. Please check it and try again.',
  [NEVER_REACHED]: 'The payment could not be processed, and nothing was charged. Please try again.',
  [SUPERSEDED]: 'Another attempt to pay took the place of this one.',
  [EXPIRED]: 'The payment was not confirmed in time.',
}

/** Why a payment failed, in a sentence for the person who pays. */
export const declineMessage = (failureCode: string | null): string =>
  MESSAGES[failureCode ?? ''] ?? 'The card was declined. Please pay with another card.'
