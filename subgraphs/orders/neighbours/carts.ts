import { z } from 'zod'
import type { Neighbours } from '#platform/graphql/neighbours.ts'
import { CURRENCIES, type Currency } from '#platform/kernel/currency.ts'

/** A cart as far as buying it goes. */
export type Cart = { id: string; version: number; currency: Currency; lines: { variantId: string; quantity: number }[] }

/** What orders asks of carts. Both throw NeighbourError. */
export type CartsClient = {
  /** The cart as the person sees it: their own, or a guest's by its secret id. Null where there is none. */
  read(cartId: string, caller: { userId: string; requestId: string }): Promise<Cart | null>
  /** Takes what was ordered out of the cart. Again: no change; of a cart that is gone: nothing. */
  complete(input: CompleteCart, requestId: string): Promise<void>
}

/** What was ordered, of which version of a cart. */
export type CompleteCart = {
  cartId: string
  version: number
  orderId: string
  lines: { variantId: string; quantity: number }[]
}

const READ = `query ReadCart($id: ID!) {
  cart(id: $id) { id version currency lines { variant { id } quantity } }
}`
const readAnswer = z.object({
  cart: z
    .object({
      id: z.string(),
      version: z.int(),
      currency: z.enum(CURRENCIES),
      lines: z.array(z.object({ variant: z.object({ id: z.string() }), quantity: z.int().positive() })),
    })
    .nullable(),
})

const COMPLETE = `mutation CompleteCart($input: CompleteCartInput!) {
  completeCart(input: $input) { userErrors { code } }
}`
const completeAnswer = z.object({ completeCart: z.object({ userErrors: z.array(z.object({ code: z.string() })) }) })

/** A client of carts over service calls. */
export const createCartsClient = (neighbours: Neighbours): CartsClient => ({
  read: async (cartId, { userId, requestId }) => {
    const variables = { id: cartId }
    const { cart } = await neighbours({
      to: 'carts',
      document: READ,
      variables,
      answer: readAnswer,
      actorId: userId,
      requestId,
    })
    if (cart === null) return null
    return { ...cart, lines: cart.lines.map(({ variant, quantity }) => ({ variantId: variant.id, quantity })) }
  },
  complete: async (input, requestId) => {
    await neighbours({
      to: 'carts',
      document: COMPLETE,
      variables: { input },
      answer: completeAnswer,
      actorId: null,
      requestId,
    })
  },
})
