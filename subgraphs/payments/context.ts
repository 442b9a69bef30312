import type { RequestContext } from '#platform/graphql/define-subgraph.ts'
import type { PaymentsServices } from './commands/work.ts'
import type { PaymentsLoaders } from './loaders.ts'

/** What the resolvers of the payments subgraph have at hand. */
export type PaymentsContext = RequestContext<PaymentsServices, PaymentsLoaders>
