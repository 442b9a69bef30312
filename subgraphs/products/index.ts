import { defineSubgraph } from '#platform/graphql/define-subgraph.ts'
import type { ProductsServices } from './context.ts'
import { createLoaders, type ProductsLoaders } from './loaders.ts'
import { Category, Product, Variant } from './persistence/entities.ts'
import { CATALOGUE } from './persistence/migrations/catalogue.ts'
import { resolvers } from './resolvers/index.ts'

/** The catalogue: products, variants, prices, categories, search. */
export const products = defineSubgraph<ProductsServices, ProductsLoaders>({
  name: 'products',
  resolvers,
  persistence: { entities: [Category, Product, Variant], migrations: [CATALOGUE] },
  services: () => ({}),
  loaders: createLoaders,
})
