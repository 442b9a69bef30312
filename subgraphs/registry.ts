import type { Subgraph } from '#platform/graphql/define-subgraph.ts'
import type { SubgraphName } from '#platform/runtime/names.ts'

/** The door of each subgraph. Loaded one by one, so that a process holds the code of its own subgraph only. */
export const REGISTRY: Readonly<Record<SubgraphName, () => Promise<Subgraph>>> = {
  users: async () => (await import('./users/index.ts')).users,
  products: async () => (await import('./products/index.ts')).products,
  inventory: async () => (await import('./inventory/index.ts')).inventory,
  carts: async () => (await import('./carts/index.ts')).carts,
  orders: async () => (await import('./orders/index.ts')).orders,
  payments: async () => (await import('./payments/index.ts')).payments,
}
