import { z } from 'zod'
import { personOf } from '#platform/auth/viewer.ts'
import { CallerError } from '#platform/kernel/errors.ts'
import { liveUpdates } from '#platform/live/updates.ts'
import type { SubscriptionResolvers } from '../../../.generated/orders.ts'
import { maySee } from '../access.ts'
import type { OrdersContext } from '../context.ts'
import { Order, type OrderEntity } from '../persistence/entities.ts'
import { requirePerson } from './read-input.ts'

const message = z.object({ id: z.string() })

export const Subscription: SubscriptionResolvers = {
  orderChanged: {
    subscribe: async (_root, { orderId }, context) => {
      const order = await context.loaders.order.load(orderId)
      if (order === null || !maySee(context.viewer, order.userId))
        throw new CallerError('NOT_FOUND', 'there is no such order of yours')
      return follow(context, { channel: `live:order:${orderId}`, current: () => present(context, orderId) })
    },
    resolve: (order: OrderEntity) => order,
  },
  myOrdersChanged: {
    subscribe: (_root, _args, context) =>
      follow(context, { channel: `live:orders-of:${requirePerson(personOf(context.viewer))}` }),
    resolve: (order: OrderEntity) => order,
  },
  ordersChanged: {
    subscribe: (_root, { status }, context) =>
      follow(context, { channel: 'live:orders', isWanted: (order) => !status || order.status === status }),
    resolve: (order: OrderEntity) => order,
  },
}

type Following = {
  channel: string
  /** What is sent first; nothing unless given. */
  current?: () => Promise<OrderEntity[]>
  isWanted?: (order: OrderEntity) => boolean
}

/** Orders as they change; each is read anew, so that what is sent is what is in the database. */
const follow = (context: OrdersContext, { channel, current, isWanted }: Following) =>
  liveUpdates<OrderEntity>({
    bus: context.runtime.bus,
    channels: [channel],
    current: current ?? (async () => []),
    read: async (text) => {
      const [order] = await present(context, message.parse(text).id)
      return order !== undefined && (isWanted?.(order) ?? true) ? order : null
    },
    identify: ({ id, version }) => ({ id, version }),
  })

const present = (context: OrdersContext, id: string): Promise<OrderEntity[]> =>
  context.runtime.database.fork().find(Order, { id })
