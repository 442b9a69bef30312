import { defineSubgraph } from '#platform/graphql/define-subgraph.ts'
import { PRODUCT_EVENTS } from '#schema/events/products.ts'
import { createLoaders } from './loaders.ts'
import { resolvers } from './resolvers.ts'
import { createServices } from './services.ts'

/** What people are about to buy: guests' carts and users' own, in Redis alone. */
export const carts = defineSubgraph({
  name: 'carts',
  resolvers,
  services: createServices,
  loaders: createLoaders,
  consumes: (_runtime, { prices }) => ({
    products: {
      // Dropping twice does no harm: no inbox is needed.
      'product.price_changed': async (event) => {
        await prices.drop(event.subject, PRODUCT_EVENTS['product.price_changed'].parse(event.data).version)
      },
    },
  }),
})
