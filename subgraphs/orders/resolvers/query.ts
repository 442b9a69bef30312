import { personOf } from '#platform/auth/viewer.ts'
import { isId } from '#platform/kernel/ids.ts'
import type { QueryResolvers } from '../../../.generated/orders.ts'
import { maySee } from '../access.ts'
import { quote } from '../commands/quote.ts'
import { shopOrders } from './connections.ts'
import { requirePerson } from './read-input.ts'

export const Query: QueryResolvers = {
  order: async (_root, { id }, { loaders, viewer }) => {
    const order = await loaders.order.load(id)
    return order !== null && maySee(viewer, order.userId) ? order : null
  },
  orderByNumber: async (_root, { number }, { loaders, viewer }) => {
    const order = await loaders.orderByNumber.load(number)
    return order !== null && maySee(viewer, order.userId) ? order : null
  },
  orders: (_root, { first, after, filter }, context) => {
    const customerId = filter?.customerId
    // A malformed id is an unknown one.
    const nobody = typeof customerId === 'string' && !isId(customerId)
    return shopOrders(context, { first, after }, nobody ? { statuses: [] } : (filter ?? {}))
  },
  checkoutQuote: async (_root, { input }, context) => {
    const userId = requirePerson(personOf(context.viewer))
    const { cartId, shippingAddress } = input
    const result = await quote(context, {
      userId,
      cartId,
      shippingAddress,
      shippingOptionId: input.shippingOptionId ?? null,
    })
    return result.ok ? { quote: result.value, userErrors: [] } : { quote: null, userErrors: [...result.refusals] }
  },
}
