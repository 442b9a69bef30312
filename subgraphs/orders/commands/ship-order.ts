import { newId } from '#platform/kernel/ids.ts'
import { ok } from '#platform/kernel/result.ts'
import type { OrdersScope } from '../context.ts'
import { decide } from '../domain/order.ts'
import { type OrderResult, orderNotFound } from '../domain/refusals.ts'
import { type OrderEntity, Shipment } from '../persistence/entities.ts'
import { applyTransition, lockOrder, touch } from './change-order.ts'

/** What is known of a parcel. */
export type Tracking = { carrier: string | null; trackingNumber: string | null; trackingUrl: string | null }

/** Sends a CONFIRMED order on its way. Again: replaces carrier and tracking. */
export const shipOrder = (
  scope: OrdersScope,
  input: { id: string; tracking: Tracking },
): Promise<OrderResult<OrderEntity>> =>
  scope.transaction(async (tx) => {
    const order = await lockOrder(tx, input.id)
    if (order === null) return orderNotFound()
    const decision = decide(order, { kind: 'ship' })
    if (!decision.ok) return decision
    const now = new Date()
    if (decision.value === null) {
      const shipment = await tx.em.findOneOrFail(Shipment, { orderId: order.id })
      Object.assign(shipment, input.tracking)
      touch(tx, order, now)
    } else {
      const shipment = { id: newId(), orderId: order.id, ...input.tracking, shippedAt: now, deliveredAt: null }
      tx.em.create(Shipment, shipment, { persist: true })
      await applyTransition(tx, order, decision.value, now)
    }
    return ok(order)
  })
