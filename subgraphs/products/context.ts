import type { RequestContext } from '#platform/graphql/define-subgraph.ts'
import type { ProductsLoaders } from './loaders.ts'

/** Products needs nothing beside its database. */
export type ProductsServices = Record<string, never>

/** What the resolvers of products have at hand. */
export type ProductsContext = RequestContext<ProductsServices, ProductsLoaders>
