import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { newId } from '#platform/kernel/ids.ts'
import type { TestViewer } from '../../support/viewers.ts'
import { waitUntil } from '../../support/wait-until.ts'
import { CARD, codesOf, type OrdersShop, startOrdersShop } from './orders-shop.ts'

let orders: OrdersShop
let person: TestViewer & { id: string }
let variantId: string
before(async () => {
  orders = await startOrdersShop()
  person = orders.shop.user()
  variantId = await orders.variant({ price: '10.00', stock: 1_000 })
})
after(() => orders.shop.stop())

/** A CONFIRMED order of `quantity` units at 10.00. */
async function bought(quantity = 2) {
  const cart = await orders.cart(orders.shop.guest, [{ variantId, quantity }])
  const { order } = await orders.checkout(person, { cartId: cart.id, payment: { token: CARD.visa } })
  assert.equal(order.status, 'CONFIRMED')
  return order
}
async function placed() {
  const cart = await orders.cart(orders.shop.guest, [{ variantId, quantity: 1 }])
  return (await orders.checkout(person, { cartId: cart.id })).order
}
const netAtProvider = async (orderId: string) =>
  (await orders.ledger(orderId)).charges.reduce(
    (sum, charge) => sum + charge.amount_captured - charge.amount_refunded,
    0,
  )

describe('cancelOrder', () => {
  test('puts back what was sold and refunds what was paid; again: no change', async () => {
    const before = await orders.stockOf(variantId)
    const order = await bought(2)
    const { order: cancelled } = await orders.cancel(person, { id: order.id, reason: ' changed my mind ' })
    assert.equal(cancelled.status, 'CANCELLED')
    const { reason, note } = cancelled.history.at(-1)
    assert.deepEqual([reason, note], ['CUSTOMER_CANCELLED', 'changed my mind'])
    await waitUntil('the refund', async () => (await orders.order(order.id)).refundedAmount.amount === '20.00')
    assert.equal(await netAtProvider(order.id), 0)
    assert.deepEqual(await orders.stockOf(variantId), before)
    const now = await orders.order(order.id)
    assert.equal(now.status, 'CANCELLED')
    assert.deepEqual((await orders.cancel(person, { id: order.id })).order, now)
  })

  test('gives back what is only reserved', async () => {
    const before = await orders.stockOf(variantId)
    const order = await placed()
    await orders.cancel(person, { id: order.id })
    await waitUntil('the release', async () => (await orders.stockOf(variantId))?.reserved === before?.reserved)
  })

  test('by the shop says so; another customer hears that there is no such order', async () => {
    const order = await placed()
    for (const id of [order.id, newId(), 'no-id']) {
      const refused = await orders.cancel(orders.shop.user(), { id })
      assert.deepEqual([refused.order, codesOf(refused)], [null, ['ORDER_NOT_FOUND']])
    }
    assert.deepEqual(codesOf(await orders.cancel(orders.shop.user({ role: 'SUPPORT' }), { id: order.id })), [
      'ORDER_NOT_FOUND',
    ])
    const { order: cancelled } = await orders.cancel(orders.merchant, { id: order.id })
    assert.equal(cancelled.history.at(-1).reason, 'SHOP_CANCELLED')
  })

  test('is refused once shipped', async () => {
    const order = await bought()
    await orders.ship({ id: order.id })
    assert.deepEqual(codesOf(await orders.cancel(person, { id: order.id })), ['INVALID_STATUS'])
  })
})

describe('shipping', () => {
  test('goes from CONFIRMED over SHIPPED, with tracking that can be replaced, to DELIVERED', async () => {
    const { id } = await bought()
    const tracking = { carrier: 'DHL', trackingNumber: 'A1', trackingUrl: 'https://example.com/A1' }
    const shipped = (await orders.ship({ id, ...tracking })).order
    assert.equal(shipped.status, 'SHIPPED')
    const again = (await orders.ship({ id, carrier: 'UPS' })).order
    assert.deepEqual(again.shipments, [
      { ...shipped.shipments[0], carrier: 'UPS', trackingNumber: null, trackingUrl: null },
    ])
    assert.equal(again.history.length, 3)
    const delivered = (await orders.deliver({ id })).order
    assert.equal(delivered.status, 'DELIVERED')
    assert.ok(delivered.shipments[0].deliveredAt)
    assert.deepEqual((await orders.deliver({ id })).order, delivered)
    assert.deepEqual(codesOf(await orders.ship({ id })), ['INVALID_STATUS'])
  })

  test('needs a paid order, and the scope orders:write', async () => {
    const { id } = await placed()
    assert.deepEqual(codesOf(await orders.ship({ id })), ['INVALID_STATUS'])
    assert.deepEqual(codesOf(await orders.deliver({ id })), ['INVALID_STATUS'])
    assert.deepEqual(codesOf(await orders.ship({ id: newId() })), ['ORDER_NOT_FOUND'])
    const document = 'mutation ($id: ID!) { shipOrder(input: { id: $id }) { order { id } } }'
    const { errors } = await orders.shop.call('orders', document, { id }, person)
    assert.equal(errors?.[0]?.extensions?.code, 'FORBIDDEN')
  })
})

describe('refundOrder', () => {
  test('in part by lines and by amount, then the rest: REFUNDED, and nothing restocked', async () => {
    const order = await bought(3)
    const before = await orders.stockOf(variantId)
    const [line] = order.lines
    const byLine = (await orders.refund({ id: order.id, lines: [{ lineId: line.id, quantity: 1 }] })).order
    assert.deepEqual(
      [byLine.status, byLine.refundedAmount.amount, byLine.lines[0].refundedQuantity],
      ['CONFIRMED', '10.00', 1],
    )
    const byAmount = (await orders.refund({ id: order.id, amount: { amount: '2.50', currency: 'USD' } })).order
    assert.deepEqual([byAmount.status, byAmount.refundedAmount.amount], ['CONFIRMED', '12.50'])
    const rest = (await orders.refund({ id: order.id, reason: 'gone wrong' })).order
    assert.deepEqual(
      [rest.status, rest.refundedAmount.amount, rest.lines[0].refundedQuantity],
      ['REFUNDED', '30.00', 3],
    )
    assert.deepEqual([rest.history.at(-1).reason, rest.history.at(-1).note], ['REFUNDED', 'gone wrong'])
    assert.equal(await netAtProvider(order.id), 0)
    assert.deepEqual(await orders.stockOf(variantId), before)
    assert.deepEqual(codesOf(await orders.refund({ id: order.id })), ['INVALID_STATUS'])
  })

  test('pays back once for one key, even at once, and refuses the key for something else', async () => {
    const { id } = await bought()
    const input = { id, amount: { amount: '1.00', currency: 'USD' }, idempotencyKey: newId() }
    const answers = await Promise.all([orders.refund(input), orders.refund(input), orders.refund(input)])
    assert.deepEqual(answers.flatMap(codesOf), [])
    assert.equal((await orders.refund(input)).order.refundedAmount.amount, '1.00')
    assert.equal((await orders.ledger(id)).refunds.length, 1)
    assert.deepEqual(codesOf(await orders.refund({ ...input, amount: { amount: '2.00', currency: 'USD' } })), [
      'IDEMPOTENCY_KEY_REUSED',
    ])
  })

  test('never pays back more than was paid, however many ask at once', async () => {
    const { id } = await bought(1)
    const amount = { amount: '4.00', currency: 'USD' }
    const answers = await Promise.all(Array.from({ length: 5 }, () => orders.refund({ id, amount })))
    assert.deepEqual(answers.flatMap(codesOf), ['INVALID_AMOUNT', 'INVALID_AMOUNT', 'INVALID_AMOUNT'])
    assert.equal((await orders.order(id)).refundedAmount.amount, '8.00')
  })

  test('names what it refuses', async () => {
    const { id, lines } = await bought(2)
    assert.deepEqual(codesOf(await orders.refund({ id, lines: [{ lineId: newId(), quantity: 1 }] })), [
      'LINE_NOT_FOUND',
    ])
    assert.deepEqual(codesOf(await orders.refund({ id, lines: [{ lineId: lines[0].id, quantity: 3 }] })), [
      'INVALID_QUANTITY',
    ])
    assert.deepEqual(codesOf(await orders.refund({ id, amount: { amount: '20.01', currency: 'USD' } })), [
      'INVALID_AMOUNT',
    ])
    assert.deepEqual(codesOf(await orders.refund({ id: newId() })), ['ORDER_NOT_FOUND'])
    assert.deepEqual(codesOf(await orders.refund({ id: (await placed()).id })), ['INVALID_STATUS'])
  })

  test('by the door of payments reaches the order as well', async () => {
    const order = await bought(1)
    const admin = orders.shop.user({ role: 'ADMIN' })
    const representations = [{ __typename: 'Order', id: order.id }]
    const find = 'query ($r: [_Any!]!) { _entities(representations: $r) { ... on Order { payments { id } } } }'
    const { data } = await orders.shop.call('payments', find, { r: representations }, admin)
    const input = { paymentId: data._entities[0].payments[0].id, idempotencyKey: newId() }
    await orders.shop.call(
      'payments',
      'mutation ($input: RefundPaymentInput!) { refundPayment(input: $input) { userErrors { code } } }',
      { input },
      admin,
    )
    await orders.becomes(order.id, 'REFUNDED')
  })
})

describe('recordPayment', () => {
  const money = (amount: string, currency = 'USD') => ({ amount, currency })
  const report = (orderId: string, changes: object = {}) => ({
    orderId,
    paymentId: newId(),
    paymentVersion: 2,
    capturedAmount: money('10.00'),
    refundedAmount: money('0.00'),
    ...changes,
  })

  test('confirms a PENDING order, once', async () => {
    const { id } = await placed()
    const paid = report(id)
    const first = (await orders.record(paid)).order
    assert.equal(first.status, 'CONFIRMED')
    assert.deepEqual((await orders.record(paid)).order, first)
    assert.deepEqual((await orders.record({ ...paid, paymentVersion: 1, capturedAmount: money('0.00') })).order, first)
  })

  test('tells of a failure without changing the status', async () => {
    const order = await placed()
    const failed = report(order.id, { capturedAmount: money('0.00'), failureCode: 'card_declined' })
    const after = (await orders.record(failed)).order
    assert.deepEqual([after.status, after.version], ['PENDING', order.version + 1])
  })

  test('raises an alarm over an amount that is not the order’s, and does not confirm', async () => {
    const { id, number } = await placed()
    const after = (await orders.record(report(id, { capturedAmount: money('9.99') }))).order
    assert.equal(after.status, 'PENDING')
    assert.ok(orders.shop.logs.some((line) => line.includes('payment-amount') && line.includes(number)))
  })

  test('is refused for an order that does not exist, and to anyone but a service', async () => {
    assert.deepEqual(codesOf(await orders.record(report(newId()))), ['ORDER_NOT_FOUND'])
    const document = 'mutation ($input: RecordPaymentInput!) { recordPayment(input: $input) { order { id } } }'
    const admin = orders.shop.user({ role: 'ADMIN' })
    const { errors } = await orders.shop.call('orders', document, { input: report(newId()) }, admin)
    assert.equal(errors?.[0]?.extensions?.code, 'FORBIDDEN')
  })
})
