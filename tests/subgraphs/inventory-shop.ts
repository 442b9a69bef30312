import { sql } from 'kysely'
import { newId } from '#platform/kernel/ids.ts'
import type { Answer } from '../support/client.ts'
import { startTestShop, type TestShop, type TestShopOptions } from '../support/shop.ts'

const SET_STOCK = `mutation ($input: SetStockInput!) {
  setStock(input: $input) { variant { id stock { onHand reserved available lowStockThreshold version } } userErrors { code path } }
}`
const ADJUST_STOCK = `mutation ($input: AdjustStockInput!) {
  adjustStock(input: $input) { variant { id stock { onHand reserved available version } } userErrors { code path } }
}`
const RESERVATION = `reservation { orderId status expiresAt } userErrors { code path message available variant { id } }`
const RESERVE_STOCK = `mutation ($input: ReserveStockInput!) { reserveStock(input: $input) { ${RESERVATION} } }`
const COMMIT = `mutation ($input: ReservationInput!) { commitReservation(input: $input) { ${RESERVATION} } }`
const RELEASE = `mutation ($input: ReservationInput!) { releaseReservation(input: $input) { ${RESERVATION} } }`

/** A line of a reservation. */
export type TestItem = { variantId: string; quantity: number }

/** Inventory on its own, with what its tests do over and over. */
export type TestInventory = Awaited<ReturnType<typeof startInventory>>

/** Starts inventory, and whatever else is asked for; call `shop.stop` in `after`. */
export async function startInventory(options: Partial<TestShopOptions> = {}) {
  const shop = await startTestShop({ subgraphs: ['inventory'], ...options })
  const merchant = shop.user({ role: 'MERCHANT' })
  const orders = shop.service('orders')
  const db = (await shop.runtime('inventory')).database
  const reservation = async (field: string, document: string, input: object) =>
    answered(await shop.call('inventory', document, { input }, orders), field)
  const setStock = async (input: { variantId: string; onHand: number; lowStockThreshold?: number; reason?: string }) =>
    answered(await shop.call('inventory', SET_STOCK, { input }, merchant), 'setStock')
  return {
    shop,
    merchant,
    orders,
    setStock,
    adjustStock: async (input: { variantId: string; delta: number; reason: string; idempotencyKey: string }) =>
      answered(await shop.call('inventory', ADJUST_STOCK, { input }, merchant), 'adjustStock'),
    reserve: (orderId: string, items: readonly TestItem[], ttlSeconds?: number) =>
      reservation('reserveStock', RESERVE_STOCK, { orderId, items, ttlSeconds }),
    commit: (orderId: string) => reservation('commitReservation', COMMIT, { orderId }),
    release: (orderId: string) => reservation('releaseReservation', RELEASE, { orderId }),
    /** A variant with stock, recorded past products, which is another subgraph's business. */
    variant: async (onHand: number, lowStockThreshold = 0) => {
      const id = newId()
      await sql`insert into stock_level (variant_id) values (${id})`.execute(db.sql())
      await setStock({ variantId: id, onHand, lowStockThreshold })
      return id
    },
    /** Variants with a stock record that nobody counted yet. */
    blankVariants: async (count: number) => {
      const ids = Array.from({ length: count }, () => newId())
      await sql`insert into stock_level (variant_id) select unnest(${ids}::uuid[])`.execute(db.sql())
      return ids
    },
    stockOf: (variantId: string) => stockOf(shop, variantId),
    /** As though the time of the reservation were over; its job or the sweep has yet to find it. */
    makeDue: async (orderId: string) => {
      await sql`update reservation set expires_at = now() where order_id = ${orderId} and status = 'HELD'`.execute(
        db.sql(),
      )
    },
    /** Has the job runner do `name` now. */
    runJob: async (name: string, payload: object = {}) => {
      await sql`select graphile_worker.add_job(${name}, ${JSON.stringify(payload)}::json)`.execute(db.sql())
    },
    /** Of `variantIds`, or of all there are. */
    brokenVariants: (variantIds?: readonly string[]) => brokenVariants(shop, variantIds ?? null),
  }
}

function answered(answer: Answer, field: string) {
  if (answer.errors !== undefined) throw new Error(`expected ${field} to be answered: ${JSON.stringify(answer.errors)}`)
  return answer.data[field]
}

async function stockOf(
  shop: TestShop,
  variantId: string,
): Promise<{ onHand: number; reserved: number; version: number }> {
  const db = (await shop.runtime('inventory')).database
  const { rows } = await sql<{ onHand: number; reserved: number; version: number }>`
    select on_hand as "onHand", reserved, version from stock_level where variant_id = ${variantId}`.execute(db.sql())
  if (rows[0] === undefined) throw new Error(`expected a stock record of ${variantId}`)
  return rows[0]
}

/** Invariant 1 of checkout.md, and that what is reserved is what HELD reservations hold: the variants of which it is not so. */
async function brokenVariants(shop: TestShop, variantIds: readonly string[] | null): Promise<unknown[]> {
  const db = (await shop.runtime('inventory')).database
  const { rows } = await sql`
    select s.*, m.on_hand as ledger_on_hand, m.reserved as ledger_reserved, h.held
    from stock_level s
    left join lateral (
      select coalesce(sum(on_hand_delta), 0) as on_hand, coalesce(sum(reserved_delta), 0) as reserved
      from stock_movement where variant_id = s.variant_id
    ) m on true
    left join lateral (
      select coalesce(sum(l.quantity), 0) as held from reservation_line l join reservation r using (order_id)
      where l.variant_id = s.variant_id and r.status = 'HELD'
    ) h on true
    where (${variantIds}::uuid[] is null or s.variant_id = any(${variantIds}::uuid[])) and (s.on_hand <> m.on_hand or s.reserved <> m.reserved or s.reserved <> h.held
      or s.available <> s.on_hand - s.reserved or least(s.on_hand, s.reserved, s.available) < 0)`.execute(db.sql())
  return rows
}
