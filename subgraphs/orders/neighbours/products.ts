import { z } from 'zod'
import type { Neighbours } from '#platform/graphql/neighbours.ts'
import { CURRENCIES, type Currency } from '#platform/kernel/currency.ts'
import { type Money, parseMoney } from '#platform/kernel/money.ts'

/** A variant as it is on sale now. `price` is null where it can't be bought in the currency asked for. */
export type Variant = {
  id: string
  sku: string
  name: string
  productId: string
  productName: string
  price: Money | null
}

/** What orders asks of products. */
export type ProductsClient = {
  /** The variants by id, in one call; one that is gone is left out. Throws NeighbourError. */
  read(variantIds: readonly string[], currency: Currency, requestId: string): Promise<Map<string, Variant>>
}

const READ = `query ReadVariants($representations: [_Any!]!, $currency: CurrencyCode!) {
  _entities(representations: $representations) {
    ... on ProductVariant { id sku name price(currency: $currency) { amount currency } product { id name } }
  }
}`
const price = z.object({ amount: z.string(), currency: z.enum(CURRENCIES) }).transform((text) => parseMoney(text))
const variant = z.object({
  id: z.string(),
  sku: z.string(),
  name: z.string(),
  price: price.nullable(),
  product: z.object({ id: z.string(), name: z.string() }),
})
const answer = z.object({ _entities: z.array(variant.nullable()) })

/** A client of products over service calls. Prices are public: it acts for nobody. */
export const createProductsClient = (neighbours: Neighbours): ProductsClient => ({
  read: async (variantIds, currency, requestId) => {
    const representations = [...new Set(variantIds)].map((id) => ({ __typename: 'ProductVariant', id }))
    const variables = { representations, currency }
    const data = await neighbours({ to: 'products', document: READ, variables, answer, actorId: null, requestId })
    const found = data._entities.filter((entity) => entity !== null)
    return new Map(
      found.map(({ product, ...rest }) => [rest.id, { ...rest, productId: product.id, productName: product.name }]),
    )
  },
})
