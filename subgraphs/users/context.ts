import type { RequestContext } from '#platform/graphql/define-subgraph.ts'
import type { UsersLoaders } from './loaders.ts'
import type { UsersServices } from './services.ts'

/** What the resolvers of the users subgraph have at hand. */
export type UsersContext = RequestContext<UsersServices, UsersLoaders>
