import { defineSubgraph } from '#platform/graphql/define-subgraph.ts'
import { createJobs } from './jobs.ts'
import { createLoaders } from './loaders.ts'
import { Payment, PaymentMethod, Refund } from './persistence/entities.ts'
import { payments as paymentsMigration } from './persistence/migrations/2026-11-20-payments.ts'
import { resolvers } from './resolvers.ts'
import { createServices } from './services.ts'

/** Money: payments of orders, their refunds, and what people keep to pay with. */
export const payments = defineSubgraph({
  name: 'payments',
  resolvers,
  persistence: { entities: [Payment, Refund, PaymentMethod], migrations: [paymentsMigration] },
  services: createServices,
  loaders: createLoaders,
  jobs: createJobs,
})
