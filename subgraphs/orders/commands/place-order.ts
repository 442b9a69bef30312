import { LockMode, type SqlEntityManager } from '@mikro-orm/postgresql'
import { sql } from 'kysely'
import type { Transaction } from '#platform/db/transaction.ts'
import { newId } from '#platform/kernel/ids.ts'
import { refuse } from '#platform/kernel/result.ts'
import type { OrdersScope } from '../context.ts'
import { decide, orderNumber } from '../domain/order.ts'
import type { OrderResult } from '../domain/refusals.ts'
import { isBeingPaid } from '../domain/settlement.ts'
import { Order, type OrderEntity, OrderLine, type PaymentSource } from '../persistence/entities.ts'
import { announce, applyTransition, purchaseOf, recordStatus, stageOrderEvent } from './change-order.ts'
import type { Purchase } from './read-purchase.ts'
import { afterRequest, stageExpiry, stageSettlement } from './stage-jobs.ts'

/** A purchase and who makes it, under which key. `lastSettled` is what {@link lastSettledOrder} said before the cart was read. */
export type Placement = {
  userId: string
  idempotencyKey: string
  inputHash: string
  purchase: Purchase
  paymentSource: PaymentSource | null
  lastSettled: string | null
}

/**
 * Writes the order PENDING with its lines, history and jobs, in one transaction. An earlier PENDING order of the same cart is
 * cancelled first (SUPERSEDED), or given back instead where it is just being paid or has just been. `lost` where the cart was
 * bought since it was read. Throws UniqueConstraintViolationException where another request was quicker with the same key.
 */
export const placeOrder = (scope: OrdersScope, placement: Placement): Promise<OrderResult<OrderEntity> | 'lost'> =>
  scope.transaction(async (tx) => {
    const now = new Date()
    const instead = await makeWay(tx, placement, now)
    if (instead !== null) return instead
    const dueAt = new Date(now.getTime() + scope.runtime.config.PAYMENT_DUE_MS)
    const order = tx.em.create(
      Order,
      { ...(await orderOf(tx, placement, now)), paymentDueAt: dueAt },
      { persist: true },
    )
    // The order first, so that a lost race shows here, and so that what follows has a row to refer to.
    await tx.em.flush()
    const lines = linesOf(order.id, placement.purchase)
    for (const line of lines) tx.em.create(OrderLine, line, { persist: true })
    recordStatus(tx, order, { reason: 'PLACED', note: null })
    stageOrderEvent(tx, order, 'order.placed', purchaseOf(order, lines))
    announce(tx, order)
    stageSettlement(tx, order.id, afterRequest(now))
    stageExpiry(tx, order)
    return { ok: true, value: order }
  })

/**
 * The latest order of a cart where it has emptied the cart, else null. Whoever reads a cart reads this first: where it is
 * another by the time of writing, the cart that was read has been bought meanwhile. One statement.
 */
export const lastSettledOrder = async (em: SqlEntityManager, cartId: string): Promise<string | null> =>
  idIfSettled(await latestOrder(em, cartId))

const latestOrder = (em: SqlEntityManager, cartId: string, lockMode?: LockMode): Promise<OrderEntity | null> =>
  em.findOne(Order, { cartId }, { orderBy: { id: 'desc' }, ...(lockMode && { lockMode }) })

const idIfSettled = (order: OrderEntity | null): string | null => (order?.reached === 'SETTLED' ? order.id : null)

/** What to answer instead of a new order; null once nothing is in its way. */
async function makeWay(
  tx: Transaction,
  placement: Placement,
  now: Date,
): Promise<OrderResult<OrderEntity> | 'lost' | null> {
  const cartId = placement.purchase.cart.id
  // One placement per cart at a time: what is read next stays so until we commit.
  await sql`select pg_advisory_xact_lock(hashtextextended(${cartId}, 0))`.execute(tx.sql)
  const latest = await latestOrder(tx.em, cartId, LockMode.PESSIMISTIC_WRITE)
  if (idIfSettled(latest) !== placement.lastSettled) return 'lost'
  if (latest === null || latest.status === 'CANCELLED' || latest.reached === 'SETTLED') return null
  if (latest.status !== 'PENDING' || isBeingPaid(latest)) return giveBack(latest, placement)
  const decision = decide(latest, { kind: 'cancel', reason: 'SUPERSEDED' })
  if (decision.ok && decision.value !== null) await applyTransition(tx, latest, decision.value, now)
  await tx.em.flush()
  return null
}

/** The order that the cart is becoming, or has become without being emptied yet. */
function giveBack(order: OrderEntity, { userId }: Placement): OrderResult<OrderEntity> {
  if (order.userId === userId) return { ok: true, value: order }
  // A guest's cart that two people hold the id of: neither may see the other's order.
  return refuse('CART_CHANGED', 'somebody else is just buying this cart', ['input', 'cartId'])
}

async function orderOf(tx: Transaction, placement: Placement, now: Date): Promise<Omit<OrderEntity, 'paymentDueAt'>> {
  const { purchase, userId, idempotencyKey, inputHash, paymentSource } = placement
  const { cart, totals, shippingOption, shippingAddress } = purchase
  return {
    id: newId(now.getTime()),
    number: orderNumber(await nextSequence(tx), now),
    userId,
    idempotencyKey,
    inputHash,
    status: 'PENDING',
    currency: cart.currency,
    subtotalMinor: totals.subtotal.amountMinor,
    shippingMinor: totals.shipping.amountMinor,
    taxMinor: totals.tax.amountMinor,
    totalMinor: totals.total.amountMinor,
    paidMinor: 0n,
    refundedMinor: 0n,
    shippingOptionId: shippingOption.id,
    shippingAddress,
    cartId: cart.id,
    cartVersion: cart.version,
    reached: 'PLACED',
    paymentSource,
    paidBy: null,
    outcome: null,
    version: 1,
    createdAt: now,
    updatedAt: now,
  }
}

async function nextSequence(tx: Transaction): Promise<bigint> {
  const { rows } = await sql<{ value: bigint }>`select nextval('order_number') as value`.execute(tx.sql)
  const [row] = rows
  if (row === undefined) throw new Error('expected the sequence order_number to have a next value')
  return row.value
}

const linesOf = (orderId: string, { lines, cart }: Purchase) =>
  lines.map(({ variant, quantity, unitPrice }, position) => ({
    id: newId(),
    orderId,
    position,
    variantId: variant.id,
    productId: variant.productId,
    sku: variant.sku,
    productName: variant.productName,
    variantName: variant.name,
    quantity,
    refundedQuantity: 0,
    unitPriceMinor: unitPrice.amountMinor,
    currency: cart.currency,
  }))
