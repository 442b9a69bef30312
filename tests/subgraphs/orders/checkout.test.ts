import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { newId } from '#platform/kernel/ids.ts'
import { ADDRESS, CARD, codesOf, type OrdersShop, startOrdersShop } from './orders-shop.ts'

let orders: OrdersShop
before(async () => {
  orders = await startOrdersShop()
})
after(() => orders.shop.stop())

describe('checkout', () => {
  test('turns a cart into a paid order: priced, its stock sold, its cart empty', async () => {
    const person = orders.shop.user()
    const [shirt, hat] = [await orders.variant({ price: '19.99' }), await orders.variant({ price: '5.00', stock: 3 })]
    const cart = await orders.cart(person, [{ variantId: shirt, quantity: 2 }, { variantId: hat, quantity: 3 }])
    const { order, userErrors } = await orders.checkout(person, { cartId: cart.id, payment: { token: CARD.visa } })
    assert.deepEqual(userErrors, [])
    assert.equal(order.status, 'CONFIRMED')
    assert.match(order.number, /^ORD-\d{4}-\d{6}$/)
    assert.deepEqual(order.total, { amount: '54.98', currency: 'USD' })
    assert.deepEqual(order.paidAmount, { amount: '54.98' })
    assert.deepEqual(order.customer, { id: person.id })
    assert.equal(order.paymentDueAt, null)
    assert.deepEqual(order.lines.map((line: { variant: object; quantity: number; total: object }) => [line.variant, line.quantity, line.total]), [
      [{ id: shirt }, 2, { amount: '39.98' }],
      [{ id: hat }, 3, { amount: '15.00' }],
    ])
    assert.deepEqual(order.history.map(({ status, reason }: { status: string; reason: string }) => [status, reason]), [
      ['PENDING', 'PLACED'],
      ['CONFIRMED', 'PAYMENT_CAPTURED'],
    ])
    assert.deepEqual(order.shippingAddress, { ...ADDRESS, line2: null, region: null, phone: null })
    assert.deepEqual(await orders.stockOf(hat), { onHand: 0, reserved: 0 })
    assert.equal(await orders.unitsInCart(person, cart.id), 0)
    assert.equal((await orders.ledger(order.id)).charges.length, 1)
  })

  test('makes one order and one charge of twelve calls at once with one key', async () => {
    const person = orders.shop.user()
    const cart = await orders.cart(person, [{ variantId: await orders.variant({ stock: 5 }) }])
    const input = { cartId: cart.id, payment: { token: CARD.visa }, idempotencyKey: newId() }
    const answers = await Promise.all(Array.from({ length: 12 }, () => orders.checkout(person, input)))
    assert.deepEqual(new Set(answers.map(({ order }) => `${order.id} ${order.status}`)).size, 1)
    assert.deepEqual(answers.flatMap(({ userErrors }) => userErrors), [])
    const { order } = answers[0]
    assert.equal(order.status, 'CONFIRMED')
    assert.equal((await orders.ledger(order.id)).charges.length, 1)
  })
})
