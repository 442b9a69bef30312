import { z } from 'zod'
import type { Offer } from './find-something.ts'
import type { Customer } from './sign-in.ts'
import type { Stage } from './stage.ts'

/** The customer's cart, at the version that they saw. */
export type Cart = { id: string; version: number; quantity: number }

/** Where the parcel goes. */
export const SHIPPING_ADDRESS = {
  recipient: 'Ada Lovelace',
  line1: "12 St James's Square",
  city: 'London',
  postalCode: 'SW1Y 4JH',
  countryCode: 'GB',
}

const CREATE_CART = `mutation CreateGuestCart($input: CreateCartInput!) {
  createCart(input: $input) {
    cart { id owner { id } lines { quantity variant { product { name } } total { amount } } }
    userErrors { code message }
  }
}`

const CLAIM_CART = `mutation ClaimCart($input: ClaimCartInput!) {
  claimCart(input: $input) {
    cart { id version owner { name } totalQuantity subtotal { amount currency } }
    userErrors { code message }
  }
}`

const QUOTE = `query Quote($input: CheckoutQuoteInput!) {
  checkoutQuote(input: $input) {
    quote {
      cartVersion
      total { amount currency }
      shippingOptions { name price { amount } }
    }
    userErrors { code message }
  }
}`

const QUANTITY = 2

const created = z.object({ createCart: z.object({ cart: z.object({ id: z.string() }) }) })
const claimed = z.object({
  claimCart: z.object({ cart: z.object({ id: z.string(), version: z.number(), totalQuantity: z.number() }) }),
})

/** Puts the offer into a guest's cart, makes it the customer's own, and asks what it would cost. */
export async function fillCart(stage: Stage, { token }: Customer, { variantId }: Offer): Promise<Cart> {
  stage.act('She had begun on her phone', 'Not signed in there: a guest’s cart, whose id is the only key to it.')
  const lines = [{ variantId, quantity: QUANTITY }]
  const { createCart } = await stage.ask({ document: CREATE_CART, variables: { input: { lines } }, answer: created })

  stage.act('The cart follows her', 'Signed in, she claims it; the owner’s name comes from the users subgraph.')
  const input = { cartId: createCart.cart.id }
  const { claimCart } = await stage.ask({ document: CLAIM_CART, variables: { input }, answer: claimed, token })
  const { id, version, totalQuantity } = claimCart.cart

  stage.act('What would it cost?', 'The orders subgraph quotes, and reserves nothing yet.')
  const quoted = { cartId: id, shippingAddress: SHIPPING_ADDRESS }
  await stage.ask({ document: QUOTE, variables: { input: quoted }, answer: z.unknown(), token })
  return { id, version, quantity: totalQuantity }
}
