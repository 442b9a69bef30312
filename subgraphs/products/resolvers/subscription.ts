import type { SubscriptionResolvers } from '../../../.generated/products.ts'
import { badInput } from '#platform/kernel/errors.ts'
import { liveUpdates } from '#platform/live/updates.ts'
import { priceChannel } from '../commands/announce.ts'
import type { ProductsContext } from '../context.ts'
import { pricesOnSale } from '../domain/prices.ts'
import { readSnapshot, type VariantRow } from '../persistence/variant-rows.ts'
import { canWriteCatalog, seesDrafts } from '../rights.ts'

const MAX_VARIANTS = 100

/** What can be followed live. */
export const subscriptionResolvers: SubscriptionResolvers = {
  priceChanged: {
    subscribe: (_root, { variantIds }, context) => {
      if (variantIds.length === 0 || variantIds.length > MAX_VARIANTS) {
        throw badInput('variantIds', `1 to ${MAX_VARIANTS} ids, got ${variantIds.length}`)
      }
      return followPrices([...new Set(variantIds)], context)
    },
    resolve: (variant: VariantRow) => variant,
  },
}

/** A variant that the viewer may not see, or that there is not, says nothing. */
const followPrices = (ids: readonly string[], context: ProductsContext) =>
  liveUpdates<VariantRow>({
    bus: context.runtime.bus,
    channels: ids.map(priceChannel),
    current: async () => {
      // After a gap it is asked again: what was loaded before must not answer.
      context.loaders.forget()
      const variants = await Promise.all(ids.map((id) => context.loaders.variant.load(id)))
      return variants.filter((variant) => variant !== null)
    },
    read: (message) => asSeen(readSnapshot(message), context),
    identify: ({ id, version }) => ({ id, version }),
  })

function asSeen(variant: VariantRow, { viewer }: ProductsContext): VariantRow | null {
  if (variant.productStatus === 'DRAFT' && !seesDrafts(viewer)) return null
  return { ...variant, prices: pricesOnSale(variant, { canWriteCatalog: canWriteCatalog(viewer) }) }
}
