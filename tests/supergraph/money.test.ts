import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { newId } from '#platform/kernel/ids.ts'
import { assertInvariants } from '../support/invariants.ts'
import { startWholeShop, type WholeShop } from '../support/whole-shop.ts'
import { CARD, codesOf, createShopping, eventWhere, nextEvent, type Shopping } from './shopping.ts'

let shop: WholeShop
let shopping: Shopping
let variantId: string
before(async () => {
  shop = await startWholeShop()
  shopping = createShopping(shop)
  variantId = await shopping.variant({ price: '10.00', stock: 1_000 })
})
after(() => shop.stop())

const net = async (orderId: string) =>
  (await shop.books.ledger(orderId)).charges.reduce((sum, it) => sum + it.amount_captured - it.amount_refunded, 0)
const WATCH = 'subscription ($id: ID!) { orderChanged(orderId: $id) { status refundedAmount { amount } } }'

describe('a card that is refused', () => {
  for (const token of [CARD.declined, CARD.insufficientFunds]) {
    test(`${token}: PAYMENT_DECLINED, the order waits, and another card pays it`, async () => {
      const customer = shop.user()
      const declined = await shopping.buy(customer, [{ variantId }], { payment: { token } })
      assert.deepEqual([declined.order.status, codesOf(declined)], ['PENDING', ['PAYMENT_DECLINED']])
      const [failed] = declined.order.payments
      assert.deepEqual([failed.status, typeof failed.failureCode], ['FAILED', 'string'])
      const paid = await shopping.pay(customer, { orderId: declined.order.id, payment: { token: CARD.mastercard } })
      assert.deepEqual([paid.payment.status, codesOf(paid)], ['COMPLETED', []])
      assert.equal((await shopping.order(declined.order.id)).status, 'CONFIRMED')
      assert.equal(await net(declined.order.id), 1000)
    })
  }
})

describe('3-D Secure', () => {
  const asked = async () => {
    const customer = shop.user()
    const { order, userErrors } = await shopping.buy(customer, [{ variantId }], {
      payment: { token: CARD.authentication },
      returnUrl: 'https://shop.example/back',
    })
    assert.deepEqual([order.status, userErrors], ['PENDING', []])
    const events = shop.watch(WATCH, { id: order.id }, customer)
    assert.equal((await nextEvent(events)).orderChanged.status, 'PENDING')
    const [{ status, nextActionUrl }] = order.payments
    assert.equal(status, 'REQUIRES_ACTION')
    return { customer, order, events, page: nextActionUrl as string }
  }

  test('approved on the provider’s page, the order becomes CONFIRMED live', async () => {
    const { order, events, page } = await asked()
    const { status, headers } = await fetch(`${page}/approve`, { method: 'POST', redirect: 'manual' })
    assert.deepEqual([status, new URL(headers.get('location') ?? '').host], [303, 'shop.example'])
    await eventWhere(events, ({ orderChanged }) => orderChanged.status === 'CONFIRMED')
    await events.return?.()
    assert.equal(await net(order.id), 1000)
  })

  test('failed there, the order waits for another card', async () => {
    const { customer, order, events, page } = await asked()
    await fetch(`${page}/fail`, { method: 'POST', redirect: 'manual' })
    await shopping.becomes(order.id, ({ payments }) => payments[0].status === 'FAILED')
    await shopping.pay(customer, { orderId: order.id, payment: { token: CARD.visa } })
    await eventWhere(events, ({ orderChanged }) => orderChanged.status === 'CONFIRMED')
    await events.return?.()
  })
})

describe('what comes back', () => {
  test('a paid order that its customer cancels: the money and the stock, live', async () => {
    const customer = shop.user()
    const stock = await shopping.stockOf(variantId)
    const { order } = await shopping.buy(customer, [{ variantId, quantity: 2 }])
    const events = shop.watch(WATCH, { id: order.id }, customer)
    await nextEvent(events)
    const cancelled = await shopping.cancel(customer, { id: order.id })
    assert.deepEqual([cancelled.order.status, codesOf(cancelled)], ['CANCELLED', []])
    await eventWhere(events, ({ orderChanged }) => orderChanged.refundedAmount.amount === '20.00')
    await events.return?.()
    assert.equal(await net(order.id), 0)
    await shopping.becomes(order.id, ({ payments }) => payments[0].status === 'REFUNDED')
    assert.deepEqual(await shopping.stockOf(variantId), stock)
  })

  test('a part of a shipped order, then the whole: REFUNDED, and nothing is restocked', async () => {
    const { order } = await shopping.buy(shop.user(), [{ variantId, quantity: 3 }])
    await shopping.ship(shopping.merchant, { id: order.id })
    const stock = await shopping.stockOf(variantId)
    const [line] = order.lines
    const part = { id: order.id, lines: [{ lineId: line.id, quantity: 1 }], idempotencyKey: newId() }
    for (let again = 0; again < 2; again++) await shopping.refund(shopping.merchant, part)
    const after = await shopping.becomes(order.id, ({ refundedAmount }) => refundedAmount.amount === '10.00')
    assert.deepEqual([after.status, after.lines[0].refundedQuantity, await net(order.id)], ['SHIPPED', 1, 2000])
    await shopping.refund(shopping.merchant, { id: order.id })
    const whole = await shopping.becomes(order.id, ({ status }) => status === 'REFUNDED')
    assert.deepEqual([whole.refundedAmount.amount, await net(order.id)], ['30.00', 0])
    assert.deepEqual(await shopping.stockOf(variantId), stock)
  })
})

test('after all of that the invariants hold', async () => {
  await assertInvariants(shop.books)
})
