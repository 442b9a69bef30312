import { defineSubgraph } from '#platform/graphql/define-subgraph.ts'
import type { Services } from './context.ts'
import { createJobs } from './jobs.ts'
import { createLoaders, type Loaders } from './loaders.ts'
import { createProductsClient } from './neighbours/products.ts'
import { INVENTORY_TABLES } from './persistence/migrations/2026-11-20-inventory.ts'
import { resolvers } from './resolvers/index.ts'

/** What is there to sell: stock, its ledger, and reservations for orders. */
export const inventory = defineSubgraph<Services, Loaders>({
  name: 'inventory',
  resolvers,
  // No entities: every change is one set statement under row locks, and there is nothing for a unit of work to keep.
  persistence: { entities: [], migrations: [INVENTORY_TABLES] },
  services: (runtime) => ({ products: createProductsClient(runtime) }),
  loaders: createLoaders,
  jobs: createJobs,
})
