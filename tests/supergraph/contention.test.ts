import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { newId } from '#platform/kernel/ids.ts'
import { assertInvariants } from '../support/invariants.ts'
import { startWholeShop, type WholeShop } from '../support/whole-shop.ts'
import { CARD, codesOf, createShopping, type Shopping } from './shopping.ts'

// Longer than the issue's own, for a machine that has other work to do: what is proved is who gets what, not how fast.
const PATIENCE = { NEIGHBOUR_TIMEOUT_MS: '30000', REQUEST_TIMEOUT_MS: '110000' }

let shop: WholeShop
let shopping: Shopping
before(async () => {
  shop = await startWholeShop(PATIENCE)
  shopping = createShopping(shop)
})
after(() => shop.stop())

test('sixty buyers at once of twenty units: twenty buy, forty hear OUT_OF_STOCK, and the books are right', async () => {
  const variantId = await shopping.variant({ stock: 20 })
  const buyers = Array.from({ length: 60 }, () => shop.user())
  const answers = await Promise.all(buyers.map((buyer) => shopping.buy(buyer, [{ variantId }])))
  const confirmed = answers.filter(({ order }) => order.status === 'CONFIRMED')
  const refused = answers.filter(({ userErrors }) => userErrors.length > 0)
  assert.deepEqual([confirmed.length, refused.length], [20, 40])
  for (const { order, userErrors } of refused) {
    const [{ code, path, variant, available }] = userErrors
    assert.deepEqual(
      [order.status, code, path, variant.id],
      ['CANCELLED', 'OUT_OF_STOCK', ['input', 'cartId'], variantId],
    )
    assert.ok(available >= 0 && available <= 20)
  }
  assert.deepEqual(await shopping.stockOf(variantId), { available: 0, onHand: 0, reserved: 0 })
  assert.equal((await shop.books.ledger()).charges.length, 20)
  await assertInvariants(shop.books)
})

test('one idempotency key sent twelve times at once makes one order and one charge at the provider', async () => {
  const customer = shop.user()
  const { id } = await shopping.cart(customer, [{ variantId: await shopping.variant() }])
  const input = { cartId: id, payment: { token: CARD.visa }, idempotencyKey: newId() }
  const answers = await Promise.all(Array.from({ length: 12 }, () => shopping.checkout(customer, input)))
  const orders = new Set(answers.map(({ order }) => `${order.id} ${order.status}`))
  assert.deepEqual([orders.size, answers.flatMap(codesOf)], [1, []])
  const { order } = answers[0]
  assert.equal(order.status, 'CONFIRMED')
  const { intents, charges } = await shop.books.ledger(order.id)
  assert.deepEqual([intents.length, charges.length], [1, 1])
  await assertInvariants(shop.books)
})

test('two payOrder of one order at once with different keys make one charge; the other hears ORDER_NOT_PAYABLE', async () => {
  const customer = shop.user()
  const { order } = await shopping.buy(customer, [{ variantId: await shopping.variant() }], { payment: null })
  const pay = () => shopping.pay(customer, { orderId: order.id, payment: { token: CARD.visa } })
  const answers = await Promise.all([pay(), pay()])
  assert.deepEqual(answers.flatMap(codesOf), ['ORDER_NOT_PAYABLE'])
  assert.equal((await shop.books.ledger(order.id)).charges.length, 1)
  assert.equal((await shopping.order(order.id)).status, 'CONFIRMED')
  await assertInvariants(shop.books)
})

test('one cart ordered with two keys at once is sold once', async () => {
  const customer = shop.user()
  const variantId = await shopping.variant({ stock: 5 })
  const { id } = await shopping.cart(customer, [{ variantId, quantity: 2 }])
  const order = () => shopping.checkout(customer, { cartId: id, payment: { token: CARD.visa } })
  await Promise.all([order(), order()])
  assert.equal((await shopping.stockOf(variantId)).available, 3)
  assert.equal((await shop.books.ledger()).charges.filter(({ amount_captured }) => amount_captured === 3998).length, 1)
  await assertInvariants(shop.books)
})
