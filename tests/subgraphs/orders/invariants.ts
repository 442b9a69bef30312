import assert from 'node:assert/strict'
import { sql } from 'kysely'
import type { OrdersShop } from './orders-shop.ts'

/** Throws unless the four invariants of checkout.md hold for these variants and orders. Call it when all jobs are done. */
export async function assertInvariants(
  shop: OrdersShop,
  variantIds: readonly string[],
  orderIds: readonly string[],
): Promise<void> {
  for (const variantId of variantIds) await assertStock(shop, variantId)
  for (const orderId of orderIds) await assertMoney(shop, orderId)
  await assertNothingHangs(shop, orderIds)
}

/** 1 and 2: stock adds up, and what is sold is what paid orders hold. */
async function assertStock(shop: OrdersShop, variantId: string): Promise<void> {
  const level = await shop.stockOf(variantId)
  const { rows: movements } = await sql<{ onHand: number; reserved: number; sold: number }>`
    select sum(on_hand_delta)::int as "onHand", sum(reserved_delta)::int as reserved,
      -coalesce(sum(on_hand_delta) filter (where kind in ('COMMITTED', 'RELEASED')), 0)::int as sold
    from stock_movement where variant_id = ${variantId}`.execute(await shop.db('inventory'))
  const [ledger] = movements
  assert.deepEqual(
    level,
    { onHand: ledger?.onHand, reserved: ledger?.reserved },
    'the sum of the movements is the stock',
  )
  assert.ok(level !== undefined && level.onHand >= level.reserved && level.reserved >= 0)
  const { rows: orders } = await sql<{ units: number }>`
    select coalesce(sum(line.quantity), 0)::int as units from order_line as line
    join customer_order as placed on placed.id = line.order_id
    where line.variant_id = ${variantId} and placed.status not in ('PENDING', 'CANCELLED')`.execute(
    await shop.db('orders'),
  )
  assert.equal(ledger?.sold, orders[0]?.units, 'what was sold is what paid orders hold')
}

/** 3: the provider, payments and orders agree on what was kept. */
async function assertMoney(shop: OrdersShop, orderId: string): Promise<void> {
  const { charges } = await shop.ledger(orderId)
  const atProvider = charges.reduce((sum, charge) => sum + charge.amount_captured - charge.amount_refunded, 0)
  const { rows: payments } = await sql<{ kept: number }>`
    select coalesce(sum(amount_minor - refunded_minor), 0)::int as kept from payment
    where order_id = ${orderId} and status not in ('PENDING', 'REQUIRES_ACTION', 'FAILED')`.execute(
    await shop.db('payments'),
  )
  const { rows: orders } = await sql<{ kept: number; total: number; status: string }>`
    select (paid_minor - refunded_minor)::int as kept, total_minor::int as total, status
    from customer_order where id = ${orderId}`.execute(await shop.db('orders'))
  const [order] = orders
  assert.deepEqual([payments[0]?.kept, order?.kept], [atProvider, atProvider], 'provider, payments and orders agree')
  assert.ok(atProvider <= (order?.total ?? 0), 'nobody pays more than the order costs')
  if (order?.status === 'CANCELLED' || order?.status === 'PENDING')
    assert.equal(atProvider, 0, `nothing is kept of a ${order.status} order`)
}

/** 4: no order waits for ever, and no stock is held for one that ended. */
async function assertNothingHangs(shop: OrdersShop, orderIds: readonly string[]): Promise<void> {
  const { rows: overdue } = await sql`
    select number from customer_order where status = 'PENDING' and payment_due_at <= now()`.execute(
    await shop.db('orders'),
  )
  assert.deepEqual(overdue, [])
  const { rows: ended } = await sql<{ id: string }>`
    select id from customer_order where id = any(${orderIds}::uuid[]) and status <> 'PENDING'`.execute(
    await shop.db('orders'),
  )
  const { rows: held } = await sql`
    select order_id from reservation where status = 'HELD' and order_id = any(${ended.map(({ id }) => id)}::uuid[])`.execute(
    await shop.db('inventory'),
  )
  assert.deepEqual(held, [], 'nothing is held for an order that has ended')
}
