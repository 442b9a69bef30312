import assert from 'node:assert/strict'
import { after, afterEach, before, describe, test } from 'node:test'
import { newId } from '#platform/kernel/ids.ts'
import type { SubgraphName } from '#platform/runtime/names.ts'
import { assertInvariants } from '../support/invariants.ts'
import { waitUntil } from '../support/wait-until.ts'
import { type Asker, startWholeShop, type WholeShop } from '../support/whole-shop.ts'
import { ADDRESS, CARD, codesOf, createShopping, GUEST, type Shopping } from './shopping.ts'

// Short: what does not answer is given up within the request, and the jobs go on.
// An order that nobody can charge any more ends while we wait for it.
const IMPATIENT = { NEIGHBOUR_TIMEOUT_MS: '1500', REQUEST_TIMEOUT_MS: '8000', PAYMENT_DUE_MS: '40000' }
const STOCK = 5

let shop: WholeShop
let shopping: Shopping
before(async () => {
  shop = await startWholeShop(IMPATIENT)
  shopping = createShopping(shop)
})
after(() => shop.stop())
afterEach(() => shop.sandbox.faults.set({ latencyMs: 0, failBefore: 0, failAfter: 0 }))

/** Orders, and reads of the answer only what orders itself says: the others may be down. */
const orderCart = (customer: Asker, input: object) =>
  shopping.mutate('checkout', 'CheckoutInput', 'order { id status } userErrors { code }', customer, {
    shippingAddress: ADDRESS,
    ...input,
  })

/** A cart of two units of a variant of its own, and how to order it, with one key however often. */
async function ready() {
  const customer = shop.user()
  const variantId = await shopping.variant({ price: '10.00', stock: STOCK })
  const { id } = await shopping.cart(customer, [{ variantId, quantity: 2 }])
  const input = { cartId: id, payment: { token: CARD.visa }, idempotencyKey: newId() }
  return { customer, variantId, order: () => orderCart(customer, input) }
}

/** Waits until the order is paid, with the jobs that wait for their time sent off at once. */
async function becomesConfirmed(id: string) {
  await waitUntil(
    `order ${id} is CONFIRMED`,
    async () => {
      await shopping.hurryJobs('orders', 'settle-order')
      await shopping.hurryJobs('payments', 'resolve-payment')
      return (await shopping.order(id)).status === 'CONFIRMED'
    },
    { timeoutMs: 60_000 },
  )
}

/** Whatever happened: one charge, two units sold, the same answer for the same key, and the books are right. */
async function assertSoldOnce({ variantId, order }: Awaited<ReturnType<typeof ready>>, id: string) {
  await becomesConfirmed(id)
  const again = await order()
  assert.deepEqual([again.order.id, again.order.status, codesOf(again)], [id, 'CONFIRMED', []])
  assert.equal((await shop.books.ledger(id)).charges.length, 1)
  assert.deepEqual(await shopping.stockOf(variantId), { available: STOCK - 2, onHand: STOCK - 2, reserved: 0 })
  await assertInvariants(shop.books)
}

describe('the card provider', () => {
  test('charges, but its answer is lost: nobody is charged twice, and the order is paid', async () => {
    const purchase = await ready()
    shop.sandbox.faults.set({ failAfter: { next: 1 } })
    const { order } = await purchase.order()
    await assertSoldOnce(purchase, order.id)
  })

  for (const [what, faults] of [
    ['is down', { failBefore: 1 }],
    ['answers too late', { latencyMs: 4000 }],
  ] as const) {
    test(`${what}: PAYMENT_UNAVAILABLE, nothing is charged behind the person’s back, and they pay once it is back`, async () => {
      const purchase = await ready()
      shop.sandbox.faults.set(faults)
      const answer = await purchase.order()
      assert.deepEqual([answer.order.status, codesOf(answer)], ['PENDING', ['PAYMENT_UNAVAILABLE']])
      shop.sandbox.faults.set({ latencyMs: 0, failBefore: 0 })
      const payment = { token: CARD.visa }
      await waitUntil('the order can be paid', async () => {
        await shopping.hurryJobs('payments', 'resolve-payment')
        return codesOf(await shopping.pay(purchase.customer, { orderId: answer.order.id, payment })).length === 0
      })
      await assertSoldOnce(purchase, answer.order.id)
    })
  }
})

describe('a subgraph that is down while people order', () => {
  for (const name of ['payments', 'inventory'] as const) {
    test(`${name}: the order waits, and is sold once it is back`, async () => {
      const purchase = await ready()
      await shop.stopSubgraph(name)
      const { order } = await untilBack(name, purchase.order())
      assert.equal(order.status, 'PENDING')
      await assertSoldOnce(purchase, order.id)
    })
  }

  test('carts: the order is paid, and the cart is emptied once it is back', async () => {
    const purchase = await ready()
    shop.sandbox.faults.set({ latencyMs: 300 })
    const charges = (await shop.books.ledger()).charges.length
    const answer = purchase.order()
    await waitUntil('the charge is made', async () => (await shop.books.ledger()).charges.length > charges)
    await shop.stopSubgraph('carts')
    // The answer may be late, and lost by that; the same key finds the order.
    await untilBack(
      'carts',
      answer.catch((lost: Error) => lost),
    )
    const { order } = await purchase.order()
    await assertSoldOnce(purchase, order.id)
  })

  for (const name of ['payments', 'inventory', 'orders'] as const) {
    test(`${name}, in the middle of ten checkouts: each is sold or given back`, async () => {
      const variantId = await shopping.variant({ price: '7.00', stock: 6 })
      const carts = await Promise.all(Array.from({ length: 10 }, () => shopping.cart(GUEST, [{ variantId }])))
      // Whoever gets no answer, because orders itself is away, has no more to say here.
      const buy = ({ id }: { id: string }) =>
        orderCart(shop.user(), { cartId: id, payment: { token: CARD.visa }, idempotencyKey: newId() }).catch(
          (lost: Error) => lost,
        )
      const buyers = carts.map(buy)
      await waitUntil('somebody has ordered', async () => (await ordersOf(variantId)) > 0)
      await restart(name)
      await Promise.all(buyers)
      await everyOrderEnds(variantId)
      await assertInvariants(shop.books)
      assert.equal((await shopping.stockOf(variantId)).reserved, 0)
    })
  }
})

const ordersOf = async (variantId: string): Promise<number> =>
  (await shop.books.rows('orders', `select 1 from order_line where variant_id = '${variantId}'`)).length

/** Starts a subgraph again once `answer` has come, or failed. */
async function untilBack<T>(name: SubgraphName, answer: Promise<T>): Promise<T> {
  try {
    return await answer
  } finally {
    await shop.startSubgraph(name)
  }
}

async function restart(name: SubgraphName): Promise<void> {
  await shop.stopSubgraph(name)
  await shop.startSubgraph(name)
}

async function everyOrderEnds(variantId: string): Promise<void> {
  const text = `select 1 from customer_order o join order_line l on l.order_id = o.id
    where l.variant_id = '${variantId}' and (o.status = 'PENDING' or o.reached <> 'SETTLED' and o.status = 'CONFIRMED')`
  await waitUntil(
    'every order is paid or cancelled',
    async () => {
      await shopping.hurryJobs('orders', 'settle-order')
      await shopping.hurryJobs('payments', 'resolve-payment')
      return (await shop.books.rows('orders', text)).length === 0
    },
    { timeoutMs: 60_000 },
  )
}
