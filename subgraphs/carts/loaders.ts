import DataLoader from 'dataloader'
import { loadOne } from '#platform/db/by-key.ts'
import type { LoaderScope } from '#platform/graphql/define-subgraph.ts'
import type { VariantPrices } from './neighbours/products.ts'
import type { CartsServices } from './services.ts'
import type { StoredCart } from './store/cart-store.ts'

/** One loader per key; each is one round trip to Redis per level. */
export const createLoaders = ({ services, requestId }: LoaderScope<CartsServices>) => ({
  cart: new DataLoader<string, StoredCart | null>(async (ids) => {
    const carts = new Map((await services.carts.findMany(ids)).map((cart) => [cart.id, cart]))
    return ids.map((id) => carts.get(id) ?? null)
  }),
  prices: loadOne<VariantPrices>(
    (variantIds) => services.prices.read(variantIds, requestId),
    (prices) => prices.variantId,
  ),
})

/** The loaders of a request. */
export type CartsLoaders = ReturnType<typeof createLoaders>
