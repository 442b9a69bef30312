import { z } from 'zod'
import type { Neighbours } from '#platform/graphql/neighbours.ts'
import { CURRENCIES } from '#platform/kernel/currency.ts'

const PRICES = `query CartPrices($representations: [_Any!]!) {
  _entities(representations: $representations) {
    ... on ProductVariant { id version product { status } prices { price { amount currency } } }
  }
}`

const moneySchema = z.object({ amount: z.string(), currency: z.enum(CURRENCIES) })
const variantSchema = z.object({
  id: z.string(),
  version: z.number(),
  product: z.object({ status: z.string() }),
  prices: z.array(z.object({ price: moneySchema })),
})
const answer = z.object({ _entities: z.array(variantSchema.nullable()) })

/** What a variant can be bought for today; no prices: not at all. */
export type VariantPrices = { variantId: string; version: number; prices: z.output<typeof moneySchema>[] }

/** What carts asks of products. */
export type ProductsClient = {
  /** Today's prices of those variants that anybody may see, in no order. Throws NeighbourError. */
  prices(variantIds: readonly string[], requestId: string): Promise<VariantPrices[]>
}

/** A client of products over service calls. */
export const createProductsClient = (neighbours: Neighbours): ProductsClient => ({
  prices: async (variantIds, requestId) => {
    const representations = variantIds.map((id) => ({ __typename: 'ProductVariant', id }))
    const data = await neighbours({
      to: 'products',
      document: PRICES,
      variables: { representations },
      answer,
      actorId: null,
      requestId,
    })
    return data._entities.flatMap((variant) => {
      // A service sees drafts, and a shopper does not.
      if (variant === null || variant.product.status === 'DRAFT') return []
      return [{ variantId: variant.id, version: variant.version, prices: variant.prices.map(({ price }) => price) }]
    })
  },
})
