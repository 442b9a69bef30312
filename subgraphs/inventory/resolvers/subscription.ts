import { liveUpdates } from '#platform/live/updates.ts'
import type { SubscriptionResolvers } from '../../../.generated/inventory.ts'
import { LOW_STOCK_CHANNEL, readSnapshot, stockChannel } from '../live-channels.ts'
import type { VariantReference } from '../references.ts'
import { readItems } from './read-input.ts'

export const Subscription: SubscriptionResolvers = {
  stockChanged: {
    subscribe: (_root, args, { runtime, loaders }) => {
      const variantIds = [...new Set(readItems(args.variantIds, 'variantIds'))]
      return liveUpdates<VariantReference>({
        bus: runtime.bus,
        channels: variantIds.map(stockChannel),
        current: async () => {
          // Read again after a reconnect: what the loader remembers is from before.
          const levels = await loaders.stock.clearAll().loadMany(variantIds)
          return variantIds.map((id, index) => ({ id, stock: present(levels[index]) }))
        },
        read: fromMessage,
        identify: versionOf,
      })
    },
    resolve: (variant: VariantReference) => variant,
  },

  lowStockReached: {
    subscribe: (_root, _args, { runtime }) =>
      liveUpdates<VariantReference>({
        bus: runtime.bus,
        channels: [LOW_STOCK_CHANNEL],
        current: async () => [],
        read: fromMessage,
        identify: versionOf,
      }),
    resolve: (variant: VariantReference) => variant,
  },
}

function present<Level>(loaded: Level | Error | null | undefined): Level | null {
  if (loaded instanceof Error) throw loaded
  return loaded ?? null
}

/** The whole stock is in the message, so that every version is sent as it was, and costs no statement. */
function fromMessage(message: unknown): VariantReference {
  const stock = readSnapshot(message)
  return { id: stock.variantId, stock }
}

const versionOf = ({ id, stock }: VariantReference) => ({ id, version: stock?.version ?? 0 })
