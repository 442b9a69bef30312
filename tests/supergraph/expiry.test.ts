import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { assertInvariants } from '../support/invariants.ts'
import { startWholeShop, type WholeShop } from '../support/whole-shop.ts'
import { CARD, codesOf, createShopping, eventWhere, type Shopping } from './shopping.ts'

let shop: WholeShop
let shopping: Shopping
before(async () => {
  shop = await startWholeShop({ PAYMENT_DUE_MS: '1500' })
  shopping = createShopping(shop)
})
after(() => shop.stop())

test('an order that nobody pays is CANCELLED when its time is over, live, and its stock is on sale again', async () => {
  const customer = shop.user()
  const variantId = await shopping.variant({ stock: 3 })
  const { order } = await shopping.buy(customer, [{ variantId, quantity: 3 }], { payment: null })
  assert.equal(order.status, 'PENDING')
  const watch = 'subscription ($id: ID!) { orderChanged(orderId: $id) { status history { reason } } }'
  const events = shop.watch(watch, { id: order.id }, customer)
  const { orderChanged } = await eventWhere(events, (data) => data.orderChanged.status === 'CANCELLED')
  await events.return?.()
  assert.equal(orderChanged.history.at(-1).reason, 'PAYMENT_EXPIRED')
  await assertInvariants(shop.books)
  assert.deepEqual(await shopping.stockOf(variantId), { available: 3, onHand: 3, reserved: 0 })
  const late = await shopping.pay(customer, { orderId: order.id, payment: { token: CARD.visa } })
  assert.deepEqual(codesOf(late), ['ORDER_NOT_PAYABLE'])
  assert.equal((await shop.books.ledger(order.id)).charges.length, 0)
})

test('approved on the provider’s page after that, no money is kept', async () => {
  const { order } = await shopping.buy(shop.user(), [{ variantId: await shopping.variant() }], {
    payment: { token: CARD.authentication },
  })
  const page = order.payments[0].nextActionUrl
  await shopping.becomes(order.id, ({ status }) => status === 'CANCELLED')
  await fetch(`${page}/approve`, { method: 'POST', redirect: 'manual' })
  await assertInvariants(shop.books)
  const { charges } = await shop.books.ledger(order.id)
  assert.ok(charges.every((charge) => charge.amount_captured === charge.amount_refunded))
})
