import { hasScope, personOf, type Viewer } from '#platform/auth/viewer.ts'
import { ok } from '#platform/kernel/result.ts'
import type { OrdersScope } from '../context.ts'
import { decide } from '../domain/order.ts'
import { type OrderResult, orderNotFound } from '../domain/refusals.ts'
import type { OrderEntity } from '../persistence/entities.ts'
import { applyTransition, lockOrder } from './change-order.ts'

/**
 * Cancels a PENDING or CONFIRMED order: for its customer, or for anyone with the scope orders:write. Stock and money are put
 * back by the job staged with it. Again: no change.
 */
export const cancelOrder = (
  scope: OrdersScope & { viewer: Viewer },
  input: { id: string; note: string | null },
): Promise<OrderResult<OrderEntity>> =>
  scope.transaction(async (tx) => {
    const order = await lockOrder(tx, input.id)
    if (order === null) return orderNotFound()
    const isOwn = order.userId === personOf(scope.viewer)
    if (!isOwn && !hasScope(scope.viewer, 'orders:write')) return orderNotFound()
    const reason = isOwn ? 'CUSTOMER_CANCELLED' : 'SHOP_CANCELLED'
    const decision = decide(order, { kind: 'cancel', reason, note: input.note })
    if (!decision.ok) return decision
    if (decision.value !== null) {
      order.paymentSource = null
      await applyTransition(tx, order, decision.value, new Date())
    }
    return ok(order)
  })
