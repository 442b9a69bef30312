import { ok } from '#platform/kernel/result.ts'
import type { OrdersScope } from '../context.ts'
import { decide } from '../domain/order.ts'
import { type OrderResult, orderNotFound } from '../domain/refusals.ts'
import { type OrderEntity, Shipment } from '../persistence/entities.ts'
import { applyTransition, lockOrder } from './change-order.ts'

/** Marks a SHIPPED order as delivered. Again: no change. */
export const deliverOrder = (scope: OrdersScope, id: string): Promise<OrderResult<OrderEntity>> =>
  scope.transaction(async (tx) => {
    const order = await lockOrder(tx, id)
    if (order === null) return orderNotFound()
    const decision = decide(order, { kind: 'deliver' })
    if (!decision.ok) return decision
    if (decision.value === null) return ok(order)
    const now = new Date()
    const shipment = await tx.em.findOneOrFail(Shipment, { orderId: order.id })
    shipment.deliveredAt = now
    await applyTransition(tx, order, decision.value, now)
    return ok(order)
  })
