import { loadMany, loadOne } from '#platform/db/by-key.ts'
import type { LoaderScope } from '#platform/graphql/define-subgraph.ts'
import { findAddresses, findUsers, findWishlists } from './persistence/queries.ts'
import type { UsersServices } from './services.ts'

/** One loader per key; each is one statement per level. */
export const createLoaders = (scope: LoaderScope<UsersServices>) => ({
  user: loadOne(
    (ids) => findUsers(scope.sql, ids),
    (user) => user.id,
  ),
  addresses: loadMany(
    (ids) => findAddresses(scope.sql, ids),
    (address) => address.userId,
  ),
  wishlist: loadMany(
    (ids) => findWishlists(scope.sql, ids),
    (entry) => entry.userId,
  ),
})

/** The loaders of a request. */
export type UsersLoaders = ReturnType<typeof createLoaders>
