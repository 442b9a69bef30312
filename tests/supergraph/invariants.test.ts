import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { assertInvariants, brokenInvariants } from '../support/invariants.ts'
import { startWholeShop, type WholeShop } from '../support/whole-shop.ts'
import { createShopping } from './shopping.ts'

// What the tests after faults rely on: books that are wrong are found wrong, each by the invariants it breaks.
let shop: WholeShop
before(async () => {
  shop = await startWholeShop()
  const shopping = createShopping(shop)
  await shopping.buy(shop.user(), [{ variantId: await shopping.variant() }])
})
after(() => shop.stop())

const WRONG = [
  {
    books: 'inventory',
    update: 'stock_level set on_hand = on_hand + 1',
    undo: 'stock_level set on_hand = on_hand - 1',
    breaks: ['1. stock'],
  },
  {
    books: 'inventory',
    update: 'stock_level set reserved = reserved + 1',
    undo: 'stock_level set reserved = reserved - 1',
    breaks: ['1. stock'],
  },
  {
    books: 'inventory',
    update: `reservation set status = 'HELD', expires_at = now() + interval '1 hour'`,
    undo: `reservation set status = 'COMMITTED', expires_at = null`,
    breaks: ['1. stock', '4. stock is HELD'],
  },
  {
    books: 'orders',
    update: 'order_line set quantity = quantity + 1',
    undo: 'order_line set quantity = quantity - 1',
    breaks: ['2. units'],
  },
  {
    books: 'orders',
    update: 'customer_order set refunded_minor = refunded_minor + 1',
    undo: 'customer_order set refunded_minor = refunded_minor - 1',
    breaks: ['3. money'],
  },
  {
    books: 'payments',
    update: 'payment set amount_minor = amount_minor + 1',
    undo: 'payment set amount_minor = amount_minor - 1',
    breaks: ['3. money'],
  },
  {
    books: 'orders',
    update: `customer_order set status = 'CANCELLED'`,
    undo: `customer_order set status = 'CONFIRMED'`,
    breaks: ['2. units', '4. money is kept'],
  },
  {
    books: 'orders',
    update: `customer_order set status = 'PENDING', payment_due_at = payment_due_at - interval '1 hour'`,
    undo: `customer_order set status = 'CONFIRMED', payment_due_at = payment_due_at + interval '1 hour'`,
    breaks: ['2. units', '4. order'],
  },
] as const

test('of a purchase that went well every invariant holds', () => assertInvariants(shop.books))

for (const { books, update, undo, breaks } of WRONG) {
  test(`they do not hold after ‘update ${update}’, in ${books}`, async () => {
    await shop.books.rows(books, `update ${update}`)
    const broken = await brokenInvariants(shop.books)
    await assert.rejects(assertInvariants(shop.books, 100), { name: 'AssertionError' })
    await shop.books.rows(books, `update ${undo}`)
    assert.deepEqual(
      broken.map((found) => breaks.find((start) => found.startsWith(start)) ?? found),
      breaks,
    )
    assert.deepEqual(await brokenInvariants(shop.books), [])
  })
}

test('a checker that cannot read the books fails', async () => {
  const unreadable = { ...shop.books, rows: () => Promise.reject(new Error('no such table')) }
  await assert.rejects(assertInvariants(unreadable, 1_000), { message: 'no such table' })
})
