import { z } from 'zod'
import type { Neighbours } from '#platform/graphql/neighbours.ts'

const CLAIM = `mutation ClaimCart($input: ClaimCartInput!) { claimCart(input: $input) { userErrors { code } } }`
const answer = z.object({ claimCart: z.object({ userErrors: z.array(z.object({ code: z.string() })) }) })

/** What users asks of carts. */
export type CartsClient = {
  /** Merges a guest's cart into the person's own. The codes of what was refused. Throws NeighbourError. */
  claim(cartId: string, caller: { userId: string; requestId: string }): Promise<string[]>
}

/** A client of carts over service calls. */
export const createCartsClient = (neighbours: Neighbours): CartsClient => ({
  claim: async (cartId, { userId, requestId }) => {
    const data = await neighbours({
      to: 'carts',
      document: CLAIM,
      variables: { input: { cartId } },
      answer,
      actorId: userId,
      requestId,
    })
    return data.claimCart.userErrors.map((error) => error.code)
  },
})
