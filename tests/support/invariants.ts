import assert from 'node:assert/strict'
import { Client, type QueryResultRow } from 'pg'
import { waitUntil } from './wait-until.ts'

/** Where a shop keeps its books: databases and provider, read past every service. */
export type ShopBooks = {
  rows<Row extends QueryResultRow>(subgraph: 'inventory' | 'orders' | 'payments', text: string): Promise<Row[]>
  /** The provider's own books, of one order or of all. */
  ledger(orderId?: string): Promise<Ledger>
}

/** The provider's books. `charges` are the intents that took money. */
export type Ledger = { intents: Intent[]; charges: Intent[]; refunds: { id: string; amount: number }[] }
type Intent = {
  id: string
  status: string
  amount_captured: number
  amount_refunded: number
  metadata: Record<string, string>
}

/** The books of the shop with this POSTGRES_URL and sandbox provider, whichever processes it runs in. */
export const shopBooks = (at: { postgresUrl: string; sandboxUrl: string }): ShopBooks => ({
  rows: async (subgraph, text) => {
    const client = new Client({ connectionString: databaseUrl(at.postgresUrl, subgraph) })
    await client.connect()
    try {
      return (await client.query(text)).rows
    } finally {
      await client.end()
    }
  },
  ledger: async (orderId) => {
    const query = orderId === undefined ? '' : `?order_id=${orderId}`
    return (await (await fetch(`${at.sandboxUrl}/test/ledger${query}`)).json()) as Ledger
  },
})

/** Waits until the four invariants of checkout.md hold: jobs may have something left to do. Fails with what is broken. */
export async function assertInvariants(books: ShopBooks, timeoutMs = 30_000): Promise<void> {
  let broken: string[] = []
  const hold = async () => {
    broken = await brokenInvariants(books)
    return broken.length === 0
  }
  await waitUntil('the invariants hold', hold, { timeoutMs }).catch((error: unknown) => {
    assert.deepEqual(broken, [])
    throw error
  })
}

/** What of the four invariants does not hold at this moment, in words. */
export async function brokenInvariants(books: ShopBooks): Promise<string[]> {
  const found = [await brokenStock(books), await brokenSales(books), await brokenMoney(books), await brokenEnds(books)]
  return found.flat()
}

/** 1. onHand = available + reserved, none negative; the ledger's sum is the stock; what is reserved is held for somebody. */
async function brokenStock(books: ShopBooks): Promise<string[]> {
  const rows = await books.rows<{ variant_id: string; what: string }>(
    'inventory',
    `select l.variant_id, concat_ws(' ', 'on hand', l.on_hand, 'reserved', l.reserved, 'available', l.available,
       'ledger', m.on_hand, m.reserved, 'held', coalesce(h.held, 0)) as what
     from stock_level l
     left join (select variant_id, sum(on_hand_delta) on_hand, sum(reserved_delta) reserved from stock_movement group by 1) m using (variant_id)
     left join (select variant_id, sum(quantity) held from reservation_line join reservation using (order_id) where status = 'HELD' group by 1) h
       using (variant_id)
     where l.on_hand <> l.available + l.reserved or least(l.on_hand, l.reserved, l.available) < 0
       or (l.on_hand, l.reserved) is distinct from (coalesce(m.on_hand, 0), coalesce(m.reserved, 0))
       or l.reserved <> coalesce(h.held, 0)`,
  )
  return rows.map((row) => `1. stock of ${row.variant_id}: ${row.what}`)
}

/** 2. Units committed less units released again = units of paid orders; here for every order and variant. */
async function brokenSales(books: ShopBooks): Promise<string[]> {
  const taken = await books.rows<{ key: string; units: string }>(
    'inventory',
    `select concat_ws(' ', order_id, variant_id) as key, -sum(on_hand_delta) as units from stock_movement
     where order_id is not null group by 1 having sum(on_hand_delta) <> 0`,
  )
  const sold = await books.rows<{ key: string; units: string }>(
    'orders',
    `select concat_ws(' ', order_id, variant_id) as key, sum(quantity) as units from order_line join customer_order o on o.id = order_id
     where o.status in ('CONFIRMED', 'SHIPPED', 'DELIVERED', 'REFUNDED') group by 1`,
  )
  return differences('2. units taken for an order, and sold', [unitsByKey(taken), unitsByKey(sold)])
}

/** 3. What the provider holds = what payments holds = what the order says was paid and not refunded. */
async function brokenMoney(books: ShopBooks): Promise<string[]> {
  const { charges } = await books.ledger()
  const provider = new Map<string, bigint>()
  for (const { metadata, amount_captured, amount_refunded } of charges) {
    const key = metadata['order_id'] ?? 'no order'
    provider.set(key, (provider.get(key) ?? 0n) + BigInt(amount_captured - amount_refunded))
  }
  const payments = await books.rows<{ key: string; units: string }>(
    'payments',
    `select order_id as key, sum(amount_minor - refunded_minor) as units from payment
     where status in ('COMPLETED', 'PARTIALLY_REFUNDED', 'REFUNDED', 'DISPUTED') group by 1`,
  )
  const orders = await books.rows<{ key: string; units: string }>(
    'orders',
    'select id as key, paid_minor - refunded_minor as units from customer_order',
  )
  return differences('3. money of an order at provider, payments, order', [
    provider,
    unitsByKey(payments),
    unitsByKey(orders),
  ])
}

/** 4. No order PENDING a minute past its time; nothing HELD for an order that ended, no money kept for a CANCELLED one. */
async function brokenEnds(books: ShopBooks): Promise<string[]> {
  const held = await books.rows<{ order_id: string }>(
    'inventory',
    `select order_id from reservation where status = 'HELD'`,
  )
  const orders = await books.rows<{ id: string; status: string; is_late: boolean; is_paid: boolean }>(
    'orders',
    `select id, status, payment_due_at + interval '1 minute' < now() as is_late, paid_minor > refunded_minor as is_paid from customer_order`,
  )
  const ended = new Set(orders.filter(({ status }) => status !== 'PENDING').map(({ id }) => id))
  return [
    ...orders
      .filter((row) => row.status === 'PENDING' && row.is_late)
      .map(({ id }) => `4. order ${id} is PENDING too late`),
    ...orders
      .filter((row) => row.status === 'CANCELLED' && row.is_paid)
      .map(({ id }) => `4. money is kept for order ${id}, which was CANCELLED`),
    ...held
      .filter((row) => ended.has(row.order_id))
      .map((row) => `4. stock is HELD for order ${row.order_id}, which ended`),
  ]
}

const unitsByKey = (rows: readonly { key: string; units: string }[]): Map<string, bigint> =>
  new Map(rows.map(({ key, units }) => [key, BigInt(units)]))

/** The keys whose amounts are not the same everywhere; nothing written counts as zero. */
function differences(what: string, books: readonly Map<string, bigint>[]): string[] {
  const keys = new Set(books.flatMap((book) => [...book.keys()]))
  return [...keys].flatMap((key) => {
    const amounts = books.map((book) => book.get(key) ?? 0n)
    return new Set(amounts).size === 1 ? [] : [`${what}: ${key}: ${amounts.join(', ')}`]
  })
}

function databaseUrl(postgresUrl: string, subgraph: string): string {
  const url = new URL(postgresUrl)
  url.pathname += `_${subgraph}`
  return url.href
}
