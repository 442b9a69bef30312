import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { PAYMENT_EVENTS } from '#schema/events/payments.ts'
import { eventEnvelopeSchema, streamOf } from '#schema/events/envelope.ts'
import { newId } from '#platform/kernel/ids.ts'
import type { TestViewer } from '../../support/viewers.ts'
import { waitUntil } from '../../support/wait-until.ts'
import { startPayments, type TestPayments } from './fixtures/payments-shop.ts'

let payments: TestPayments
before(async () => void (payments = await startPayments()))
after(() => payments.stop())

const VISA = { token: 'pm_card_visa' }
const PAYMENTS = `query ($representations: [_Any!]!) {
  _entities(representations: $representations) { ... on Order { payments { id status refunds { id } } } }
}`

async function entities(document: string, representations: object[], viewer: TestViewer) {
  const { data, errors } = await payments.shop.call('payments', document, { representations }, viewer)
  assert.equal(errors, undefined)
  return data._entities
}

async function paidOrder(person = payments.shop.user()) {
  const order = payments.orders.place(person.id)
  const { payment } = await payments.pay(person, { orderId: order.id, payment: VISA })
  return { person, order, paymentId: payment.id as string }
}

test('a payment is shown to its customer, to payments:read and to services; to anyone else there is none', async () => {
  const { person, paymentId } = await paidOrder()
  const document =
    'query ($representations: [_Any!]!) { _entities(representations: $representations) { ... on Payment { id } } }'
  const { shop } = payments
  const allowed = [person, shop.user({ role: 'SUPPORT' }), shop.service('orders'), shop.service('orders', person.id)]
  for (const viewer of allowed) {
    assert.deepEqual(await entities(document, [{ __typename: 'Payment', id: paymentId }], viewer), [{ id: paymentId }])
  }
  for (const viewer of [shop.user(), shop.guest]) {
    assert.deepEqual(await entities(document, [{ __typename: 'Payment', id: paymentId }], viewer), [null])
  }
  assert.equal((await payments.find(paymentId, person)).id, paymentId)
  assert.equal((await payments.find(paymentId, shop.user({ role: 'MERCHANT' }))).id, paymentId)
  for (const id of [paymentId, newId(), 'nonsense']) assert.equal(await payments.find(id, shop.user()), null)
})

test("an order's payments are for its customer and payments:read, oldest first, failed ones too", async () => {
  const { shop } = payments
  const person = shop.user()
  const order = payments.orders.place(person.id)
  await payments.pay(person, { orderId: order.id, payment: { token: 'pm_card_chargeDeclined' } })
  await payments.pay(person, { orderId: order.id, payment: VISA })
  const asked = async (viewer: TestViewer) =>
    (await entities(PAYMENTS, [{ __typename: 'Order', id: order.id }], viewer))[0].payments
  for (const viewer of [person, payments.admin]) {
    assert.deepEqual(
      (await asked(viewer)).map(({ status }: { status: string }) => status),
      ['FAILED', 'COMPLETED'],
    )
  }
  for (const viewer of [shop.user(), shop.guest]) assert.equal(await asked(viewer), null)
  const [unpaid] = await entities(PAYMENTS, [{ __typename: 'Order', id: newId() }], person)
  assert.deepEqual(unpaid.payments, [])
})

test('reads twenty orders with their payments and refunds in one statement per type', async () => {
  const person = payments.shop.user()
  const orders = await Promise.all(Array.from({ length: 20 }, () => paidOrder(person)))
  await Promise.all(
    orders
      .slice(0, 5)
      .map(({ paymentId }) => payments.refund({ paymentId, amount: { amount: '1.00', currency: 'USD' } })),
  )
  await waitUntil('all is reported', () => orders.every(({ order }) => order.status === 'CONFIRMED'))
  payments.shop.resetStatements()
  const representations = orders.map(({ order }) => ({ __typename: 'Order', id: order.id }))
  const read = await entities(PAYMENTS, representations, person)
  assert.equal(
    read.filter((order: { payments: { refunds: object[] }[] }) => order.payments[0]?.refunds.length === 1).length,
    5,
  )
  const statements = payments.shop.statements('payments').filter((text) => !text.includes('graphile_worker'))
  assert.deepEqual(
    statements.map((text) => /from "(\w+)"/.exec(text)?.[1]),
    ['payment', 'refund'],
  )
})

test('publishes what happened, as its parsers say', async () => {
  const { order, paymentId } = await paidOrder()
  await payments.refund({ paymentId, amount: { amount: '9.99', currency: 'USD' } })
  const { redis } = await payments.shop.runtime('payments')
  const published = async () => {
    const entries = await redis.xrange(streamOf('payments'), '-', '+')
    return entries
      .map(([, fields]) => eventEnvelopeSchema.parse(JSON.parse(fields[1] ?? '')))
      .filter(({ subject }) => subject === paymentId)
  }
  await waitUntil('both are published', async () => (await published()).length === 2)
  const [completed, refunded] = await published()
  assert.equal(completed?.type, 'payment.completed')
  assert.equal(PAYMENT_EVENTS['payment.completed'].parse(completed?.data).orderId, order.id)
  const data = PAYMENT_EVENTS['payment.refunded'].parse(refunded?.data)
  assert.deepEqual([data.refundAmount.amount, data.refundedAmount.amount, data.version], ['9.99', '9.99', 3])
})

test('a guest can neither pay nor read, and only a service can charge', async () => {
  const codeOf = async (document: string, viewer: TestViewer) => {
    const { errors } = await payments.shop.call('payments', document, {}, viewer)
    return errors?.[0]?.extensions?.['code']
  }
  assert.equal(await codeOf('{ payment(id: "1") { id } }', payments.shop.guest), 'UNAUTHENTICATED')
  const pay = 'mutation { payOrder(input: { orderId: "1", idempotencyKey: "k" }) { payment { id } } }'
  assert.equal(await codeOf(pay, payments.shop.guest), 'UNAUTHENTICATED')
  const money = '{ amount: "1.00", currency: USD }'
  const charge = `mutation { chargeOrder(input: { orderId: "1", userId: "1", amount: ${money}, payment: {}, idempotencyKey: "k" }) { payment { id } } }`
  assert.equal(await codeOf(charge, payments.admin), 'FORBIDDEN')
})
