import type { OrdersScope } from '../context.ts'
import { decide } from '../domain/order.ts'
import type { OrderEntity } from '../persistence/entities.ts'
import { applyTransition, lockKnownOrder } from './change-order.ts'

/** Cancels an order whose `paymentDueAt` has come. One that is paid, or has ended: no change. Asks no neighbour anything. */
export const expireOrder = (scope: OrdersScope, orderId: string): Promise<OrderEntity> =>
  scope.transaction(async (tx) => {
    const order = await lockKnownOrder(tx, orderId)
    if (order.status !== 'PENDING' || order.paidBy !== null) return order
    const decision = decide(order, { kind: 'cancel', reason: 'PAYMENT_EXPIRED' })
    if (!decision.ok || decision.value === null) return order
    order.paymentSource = null
    await applyTransition(tx, order, decision.value, new Date())
    return order
  })
