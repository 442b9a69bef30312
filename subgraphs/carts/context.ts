import type { RequestContext } from '#platform/graphql/define-subgraph.ts'
import type { CartsLoaders } from './loaders.ts'
import type { CartsServices } from './services.ts'

/** What the resolvers of the carts subgraph have at hand. */
export type CartsContext = RequestContext<CartsServices, CartsLoaders>
