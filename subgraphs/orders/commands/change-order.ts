import { LockMode } from '@mikro-orm/postgresql'
import type { OrderEventType } from '#schema/events/orders.ts'
import type { Transaction } from '#platform/db/transaction.ts'
import { isId, newId } from '#platform/kernel/ids.ts'
import { money, toMoneyText } from '#platform/kernel/money.ts'
import type { Transition } from '../domain/order.ts'
import { Order, type OrderEntity, OrderLine, type OrderLineEntity, StatusChange } from '../persistence/entities.ts'
import { stageRefund } from './stage-jobs.ts'

/** The order, locked until the transaction ends; null where there is none, or the id is malformed. One statement. */
export const lockOrder = async (tx: Transaction, id: string): Promise<OrderEntity | null> =>
  isId(id) ? tx.em.findOne(Order, { id }, { lockMode: LockMode.PESSIMISTIC_WRITE }) : null

/** The same of an order that is known to exist. */
export const lockKnownOrder = (tx: Transaction, id: string): Promise<OrderEntity> =>
  tx.em.findOneOrFail(Order, { id }, { lockMode: LockMode.PESSIMISTIC_WRITE })

/** The lines of an order in the order of the cart. One statement. */
export const readLines = (tx: Pick<Transaction, 'em'>, orderId: string): Promise<OrderLineEntity[]> =>
  tx.em.find(OrderLine, { orderId }, { orderBy: { position: 'asc' } })

/**
 * Takes a transition: status, history, event and live messages, all in `tx`, under the order's lock. A transition to
 * CANCELLED stages the job that puts stock and money back.
 */
export async function applyTransition(
  tx: Transaction,
  order: OrderEntity,
  transition: Transition,
  now: Date,
): Promise<void> {
  order.status = transition.status
  touch(tx, order, now)
  recordStatus(tx, order, transition)
  const details = await detailsOf(tx, order, transition)
  stageOrderEvent(tx, order, transition.event, details)
  if (transition.status === 'CANCELLED') stageRefund(tx, { orderId: order.id, key: `cancel:${order.id}` })
}

/** Counts the order's version up and tells its subscribers. */
export function touch(tx: Transaction, order: OrderEntity, now: Date): void {
  order.version += 1
  order.updatedAt = now
  announce(tx, order)
}

/** Tells the subscribers of the order, of its customer and of the shop. */
export function announce(tx: Transaction, { id, userId, version }: OrderEntity): void {
  for (const channel of [`live:order:${id}`, `live:orders-of:${userId}`, 'live:orders'])
    tx.stageLive(channel, { id, version })
}

/** Adds to the order's history what it has just become. */
export function recordStatus(
  tx: Transaction,
  order: OrderEntity,
  { reason, note }: Pick<Transition, 'reason' | 'note'>,
): void {
  const { id, version, status, updatedAt } = order
  tx.em.create(
    StatusChange,
    { id: newId(), orderId: id, version, status, reason, note, at: updatedAt },
    { persist: true },
  )
}

/** Tells the other services. */
export function stageOrderEvent(tx: Transaction, order: OrderEntity, type: OrderEventType, details: object): void {
  const { id, number, userId, version } = order
  tx.stageEvent({ type, subject: id, data: { orderId: id, number, userId, version, ...details } })
}

/** What the events `order.placed` and `order.confirmed` say of a purchase. */
export const purchaseOf = (
  order: OrderEntity,
  lines: readonly Pick<OrderLineEntity, 'variantId' | 'productId' | 'quantity'>[],
) => ({
  total: toMoneyText(money(order.totalMinor, order.currency)),
  lines: lines.map(({ variantId, productId, quantity }) => ({ variantId, productId, quantity })),
})

async function detailsOf(tx: Transaction, order: OrderEntity, { event, reason }: Transition): Promise<object> {
  if (event === 'order.cancelled') return { reason }
  return event === 'order.confirmed' ? purchaseOf(order, await readLines(tx, order.id)) : {}
}
