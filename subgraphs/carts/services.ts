import type { Runtime } from '#platform/graphql/define-subgraph.ts'
import { createProductsClient } from './neighbours/products.ts'
import { type CartStore, createCartStore } from './store/cart-store.ts'
import { createPriceBook, type PriceBook } from './store/price-book.ts'

/** What the carts subgraph makes once a process. */
export type CartsServices = { carts: CartStore; prices: PriceBook }

/** Everything is in Redis; today's prices are asked of products. */
export const createServices = ({ redis, config, neighbours }: Runtime): CartsServices => ({
  carts: createCartStore(redis, config.CART_TTL_S),
  prices: createPriceBook(redis, createProductsClient(neighbours)),
})
