import { defineSubgraph } from '#platform/graphql/define-subgraph.ts'
import { createServices } from './context.ts'
import { createJobs } from './jobs.ts'
import { createLoaders } from './loaders.ts'
import { ENTITIES } from './persistence/entities.ts'
import { migrations } from './persistence/migrations.ts'
import { resolvers } from './resolvers/index.ts'

/** Orders: checkout, and what becomes of an order until it is delivered, cancelled or refunded. */
export const orders = defineSubgraph({
  name: 'orders',
  resolvers,
  persistence: { entities: ENTITIES, migrations },
  services: createServices,
  loaders: createLoaders,
  jobs: createJobs,
})
