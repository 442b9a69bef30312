import { personOf } from '#platform/auth/viewer.ts'
import type { MutationResolvers } from '../../../.generated/orders.ts'
import { cancelOrder } from '../commands/cancel-order.ts'
import { checkout } from '../commands/checkout.ts'
import { deliverOrder } from '../commands/deliver-order.ts'
import { recordPayment } from '../commands/record-payment.ts'
import { refundOrder } from '../commands/refund-order.ts'
import { shipOrder } from '../commands/ship-order.ts'
import type { OrderRefusal, OrderResult } from '../domain/refusals.ts'
import type { OrderEntity } from '../persistence/entities.ts'
import { readCarrier, readCheckout, readKey, readMoney, readNote, readRefund, requirePerson } from './read-input.ts'

export const Mutation: MutationResolvers = {
  checkout: async (_root, { input }, context) => {
    const { order, refusals } = await checkout(context, readCheckout(input, requirePerson(personOf(context.viewer))))
    return { order, userErrors: [...refusals] }
  },
  cancelOrder: async (_root, { input }, context) =>
    toPayload(await cancelOrder(context, { id: input.id, note: readNote(input.reason) })),
  shipOrder: async (_root, { input }, context) => {
    const tracking = {
      carrier: readCarrier(input.carrier, 'input.carrier'),
      trackingNumber: readCarrier(input.trackingNumber, 'input.trackingNumber'),
      trackingUrl: input.trackingUrl ?? null,
    }
    return toPayload(await shipOrder(context, { id: input.id, tracking }))
  },
  deliverOrder: async (_root, { input }, context) => toPayload(await deliverOrder(context, input.id)),
  refundOrder: async (_root, { input }, context) => {
    const { id } = input
    const request = readRefund(input)
    const idempotencyKey = readKey(input.idempotencyKey)
    return toPayload(await refundOrder(context, { id, request, reason: readNote(input.reason), idempotencyKey }))
  },
  recordPayment: async (_root, { input }, context) =>
    toPayload(
      await recordPayment(context, {
        orderId: input.orderId,
        paymentId: input.paymentId,
        version: input.paymentVersion,
        captured: readMoney(input.capturedAmount, 'input.capturedAmount'),
        refunded: readMoney(input.refundedAmount, 'input.refundedAmount'),
        failureCode: input.failureCode ?? null,
      }),
    ),
}

const toPayload = (result: OrderResult<OrderEntity>): { order: OrderEntity | null; userErrors: OrderRefusal[] } =>
  result.ok ? { order: result.value, userErrors: [] } : { order: null, userErrors: [...result.refusals] }
