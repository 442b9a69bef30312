import type { LoaderScope, RequestContext, Runtime } from '#platform/graphql/define-subgraph.ts'
import type { OrdersLoaders } from './loaders.ts'
import { type CartsClient, createCartsClient } from './neighbours/carts.ts'
import { createInventoryClient, type InventoryClient } from './neighbours/inventory.ts'
import { createPaymentsClient, type PaymentsClient } from './neighbours/payments.ts'
import { createProductsClient, type ProductsClient } from './neighbours/products.ts'

/** The subgraphs that orders calls. */
export type OrdersServices = {
  carts: CartsClient
  products: ProductsClient
  inventory: InventoryClient
  payments: PaymentsClient
}

/** What the resolvers of the orders subgraph have at hand. */
export type OrdersContext = RequestContext<OrdersServices, OrdersLoaders>

/** What a command needs of a request; a job has it too. */
export type OrdersScope = Pick<
  LoaderScope<OrdersServices>,
  'requestId' | 'log' | 'runtime' | 'services' | 'transaction'
>

/** Clients of the neighbours. */
export const createServices = ({ neighbours }: Runtime): OrdersServices => ({
  carts: createCartsClient(neighbours),
  products: createProductsClient(neighbours),
  inventory: createInventoryClient(neighbours),
  payments: createPaymentsClient(neighbours),
})
