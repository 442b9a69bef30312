import { type Money, money, toMoneyText } from '#platform/kernel/money.ts'
import type {
  CheckoutQuoteResolvers,
  OrderErrorResolvers,
  OrderLineResolvers,
  OrderResolvers,
  UserResolvers,
} from '../../../.generated/orders.ts'
import { maySee } from '../access.ts'
import { lineTotal } from '../domain/pricing.ts'
import type { OrderLineEntity } from '../persistence/entities.ts'
import { userOrders } from './connections.ts'

export const Order: OrderResolvers = {
  __resolveReference: async ({ id }, { loaders, viewer }) => {
    const order = await loaders.order.load(id)
    return order !== null && maySee(viewer, order.userId) ? order : null
  },
  customer: (order) => ({ id: order.userId }),
  lines: (order, _args, { loaders }) => loaders.linesOfOrder.load(order.id),
  history: (order, _args, { loaders }) => loaders.historyOfOrder.load(order.id),
  shipments: (order, _args, { loaders }) => loaders.shipmentsOfOrder.load(order.id),
  subtotal: (order) => toMoneyText(money(order.subtotalMinor, order.currency)),
  shipping: (order) => toMoneyText(money(order.shippingMinor, order.currency)),
  tax: (order) => toMoneyText(money(order.taxMinor, order.currency)),
  total: (order) => toMoneyText(money(order.totalMinor, order.currency)),
  paidAmount: (order) => toMoneyText(money(order.paidMinor, order.currency)),
  refundedAmount: (order) => toMoneyText(money(order.refundedMinor, order.currency)),
  paymentDueAt: (order) => (order.status === 'PENDING' ? order.paymentDueAt : null),
}

export const OrderLine: OrderLineResolvers = {
  variant: (line) => ({ id: line.variantId }),
  unitPrice: (line) => toMoneyText(unitPriceOf(line)),
  total: (line) => toMoneyText(lineTotal({ quantity: line.quantity, unitPrice: unitPriceOf(line) })),
}

export const OrderError: OrderErrorResolvers = {
  path: (refusal) => [...refusal.path],
  variant: ({ variantId }) => (variantId === null || variantId === undefined ? null : { id: variantId }),
  available: (refusal) => refusal.available ?? null,
}

export const CheckoutQuote: CheckoutQuoteResolvers = {
  cartVersion: ({ cart }) => cart.version,
  subtotal: ({ totals }) => toMoneyText(totals.subtotal),
  shipping: ({ totals }) => toMoneyText(totals.shipping),
  tax: ({ totals }) => toMoneyText(totals.tax),
  total: ({ totals }) => toMoneyText(totals.total),
  shippingOptions: ({ shippingOptions }) =>
    shippingOptions.map((option) => ({ ...option, price: toMoneyText(option.price) })),
}

export const User: UserResolvers = {
  __resolveReference: ({ id }) => ({ id }),
  orders: ({ id }, args, context) => (maySee(context.viewer, id) ? userOrders(context, id, args) : null),
}

const unitPriceOf = (line: OrderLineEntity): Money => money(line.unitPriceMinor, line.currency)
