import DataLoader from 'dataloader'
import { loadOne } from '#platform/db/by-key.ts'
import type { LoaderScope } from '#platform/graphql/define-subgraph.ts'
import { isId } from '#platform/kernel/ids.ts'
import type { Services } from './context.ts'
import { levelsOf } from './persistence/levels.ts'

/** One loader per key, new for each request. */
export const createLoaders = (scope: LoaderScope<Services>) => ({
  /** The stock of a variant; null where none was ever recorded. One statement for all. */
  stock: loadOne(
    (variantIds) => levelsOf(scope.sql, variantIds),
    (level) => level.variantId,
  ),
  /** Whether products knows the variant. One call for all; only for those without stock. */
  isVariant: new DataLoader<string, boolean>(async (variantIds) => {
    const wellFormed = variantIds.filter(isId)
    const known =
      wellFormed.length === 0 ? new Set() : await scope.services.products.knownVariants(wellFormed, scope.requestId)
    return variantIds.map((id) => known.has(id))
  }),
})

/** The loaders of one request. */
export type Loaders = ReturnType<typeof createLoaders>
