import type { RequestContext } from '#platform/graphql/define-subgraph.ts'
import type { Loaders } from './loaders.ts'
import type { ProductsClient } from './neighbours/products.ts'

/** What a process of inventory has. */
export type Services = { products: ProductsClient }

/** What inventory's resolvers have at hand. */
export type InventoryContext = RequestContext<Services, Loaders>
