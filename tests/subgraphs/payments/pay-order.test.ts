import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { newId } from '#platform/kernel/ids.ts'
import { waitUntil } from '../../support/wait-until.ts'
import { codesOf, startPayments, type TestPayments } from './fixtures/payments-shop.ts'

let payments: TestPayments
before(async () => void (payments = await startPayments()))
after(() => payments.stop())

const VISA = { token: 'pm_card_visa' }
const THREE_D_SECURE = { token: 'pm_card_authenticationRequired' }

test('pays a pending order with the amount that orders names, and tells orders before it answers', async () => {
  const person = payments.shop.user()
  const order = payments.orders.place(person.id)
  const { payment, userErrors } = await payments.pay(person, { orderId: order.id, payment: VISA })
  assert.deepEqual(userErrors, [])
  assert.equal(payment.status, 'COMPLETED')
  assert.equal(payment.provider, 'sandbox')
  assert.deepEqual(payment.amount, { amount: '299.99', currency: 'USD' })
  assert.deepEqual(payment.refundedAmount, { amount: '0.00', currency: 'USD' })
  assert.deepEqual(payment.method, { brand: 'visa', last4: '4242' })
  assert.deepEqual(payment.order, { id: order.id })
  assert.equal(order.status, 'CONFIRMED')
  assert.deepEqual(payments.orders.reportsOf(order.id), [
    {
      orderId: order.id,
      paymentId: payment.id,
      paymentVersion: 2,
      capturedAmount: { amount: '299.99', currency: 'USD' },
      refundedAmount: { amount: '0.00', currency: 'USD' },
      failureCode: null,
    },
  ])
  const { charges } = await payments.ledger(order.id)
  assert.deepEqual(
    charges.map(({ amount, currency }) => [amount, currency]),
    [[29_999, 'usd']],
  )
})

test('charges currencies without decimals as they are', async () => {
  const person = payments.shop.user()
  const order = payments.orders.place(person.id, { total: { amount: '500', currency: 'JPY' } })
  const { payment } = await payments.pay(person, { orderId: order.id, payment: VISA })
  assert.deepEqual(payment.amount, { amount: '500', currency: 'JPY' })
  assert.equal((await payments.ledger(order.id)).charges[0]?.amount, 500)
})

for (const [token, code, words] of [
  ['pm_card_chargeDeclined', 'generic_decline', /declined/],
  ['pm_card_chargeDeclinedInsufficientFunds', 'insufficient_funds', /insufficient funds/],
] as const) {
  test(`answers ${code} with DECLINED, the failed payment and a sentence; another card may then pay`, async () => {
    const person = payments.shop.user()
    const order = payments.orders.place(person.id)
    const key = newId()
    const declined = await payments.pay(person, { orderId: order.id, payment: { token }, idempotencyKey: key })
    assert.deepEqual(codesOf(declined), ['DECLINED'])
    assert.match(declined.userErrors[0].message, words)
    assert.deepEqual([declined.payment.status, declined.payment.failureCode], ['FAILED', code])
    assert.equal(payments.orders.reportsOf(order.id)[0]?.failureCode, code)
    assert.deepEqual(
      await payments.pay(person, { orderId: order.id, payment: { token }, idempotencyKey: key }),
      declined,
    )
    const second = await payments.pay(person, { orderId: order.id, payment: VISA })
    assert.equal(second.payment.status, 'COMPLETED')
    assert.equal((await payments.ledger(order.id)).charges.length, 1)
  })
}

test('charges once for one key sent twelve times at once, and answers all of them alike', async () => {
  const person = payments.shop.user()
  const order = payments.orders.place(person.id)
  const input = { orderId: order.id, payment: VISA, idempotencyKey: newId() }
  const answers = await Promise.all(Array.from({ length: 12 }, () => payments.pay(person, input)))
  assert.deepEqual(answers.flatMap(codesOf), [])
  assert.deepEqual(new Set(answers.map(({ payment }) => payment.status)), new Set(['COMPLETED']))
  assert.equal(new Set(answers.map(({ payment }) => payment.id)).size, 1)
  assert.equal((await payments.ledger(order.id)).intents.length, 1)
})

test('charges once for different keys at once; the others hear that the order is not payable', async () => {
  const person = payments.shop.user()
  const order = payments.orders.place(person.id)
  const pay = () => payments.pay(person, { orderId: order.id, payment: VISA })
  const answers = await Promise.all(Array.from({ length: 6 }, pay))
  assert.equal(answers.filter(({ payment }) => payment?.status === 'COMPLETED').length, 1)
  assert.deepEqual(
    answers.flatMap(codesOf),
    Array.from({ length: 5 }, () => 'ORDER_NOT_PAYABLE'),
  )
  assert.equal((await payments.ledger(order.id)).intents.length, 1)
})

test('refuses a key that was used for something else, and gives no other person the answer', async () => {
  const person = payments.shop.user()
  const [first, second] = [payments.orders.place(person.id), payments.orders.place(person.id)]
  const key = newId()
  await payments.pay(person, { orderId: first.id, payment: VISA, idempotencyKey: key })
  const reused = await payments.pay(person, { orderId: second.id, payment: VISA, idempotencyKey: key })
  assert.deepEqual([reused.payment, codesOf(reused)], [null, ['IDEMPOTENCY_KEY_REUSED']])
  const other = payments.shop.user()
  const stolen = await payments.pay(other, { orderId: first.id, payment: VISA, idempotencyKey: key })
  assert.deepEqual([stolen.payment, codesOf(stolen)], [null, ['ORDER_NOT_FOUND']])
})

test("says ORDER_NOT_FOUND of another's, an unknown and a malformed order", async () => {
  const order = payments.orders.place(newId())
  for (const orderId of [order.id, newId(), 'nonsense']) {
    const answer = await payments.pay(payments.shop.user(), { orderId, payment: VISA })
    assert.deepEqual([answer.payment, codesOf(answer)], [null, ['ORDER_NOT_FOUND']])
  }
})

test('refuses to pay what is paid, ended or overdue', async () => {
  const person = payments.shop.user()
  const ended = payments.orders.place(person.id, { status: 'CANCELLED' })
  const overdue = payments.orders.place(person.id, { paymentDueAt: new Date(Date.now() - 1_000).toISOString() })
  const paid = payments.orders.place(person.id)
  await payments.pay(person, { orderId: paid.id, payment: VISA })
  for (const order of [ended, overdue, paid]) {
    const answer = await payments.pay(person, { orderId: order.id, payment: VISA })
    assert.deepEqual([answer.payment, codesOf(answer)], [null, ['ORDER_NOT_PAYABLE']])
  }
})

test('an order that says it is pending, though its payment was captured, is not charged again', async () => {
  const person = payments.shop.user()
  const order = payments.orders.place(person.id)
  await payments.pay(person, { orderId: order.id, payment: VISA })
  order.status = 'PENDING'
  assert.deepEqual(codesOf(await payments.pay(person, { orderId: order.id, payment: VISA })), ['ORDER_NOT_PAYABLE'])
  assert.equal((await payments.ledger(order.id)).charges.length, 1)
})

test('refuses what is no method, or not exactly one', async () => {
  const person = payments.shop.user()
  const order = payments.orders.place(person.id)
  const codes = async (payment: object | null) => codesOf(await payments.pay(person, { orderId: order.id, payment }))
  assert.deepEqual(await codes(null), ['NO_PAYMENT_METHOD'])
  assert.deepEqual(await codes({ methodId: newId(), ...VISA }), ['NO_PAYMENT_METHOD'])
  assert.deepEqual(await codes({ methodId: newId() }), ['PAYMENT_METHOD_NOT_FOUND'])
  assert.deepEqual(await codes({ token: 'pm_card_nobody' }), ['PAYMENT_METHOD_NOT_FOUND'])
  await assert.rejects(codes({}), /BAD_USER_INPUT/)
  await assert.rejects(payments.pay(person, { orderId: order.id, payment: VISA, idempotencyKey: '' }), /BAD_USER_INPUT/)
  await assert.rejects(
    payments.pay(person, { orderId: order.id, payment: VISA, idempotencyKey: 'k'.repeat(256) }),
    /BAD_USER_INPUT/,
  )
})

test('waits for 3-D Secure, and confirms the order about a second after the approval', async () => {
  const person = payments.shop.user()
  const order = payments.orders.place(person.id)
  const { payment, userErrors } = await payments.pay(person, { orderId: order.id, payment: THREE_D_SECURE })
  assert.deepEqual([payment.status, userErrors], ['REQUIRES_ACTION', []])
  assert.equal(payments.orders.reportsOf(order.id).length, 0)
  const approvedAt = Date.now()
  assert.equal(await payments.confirm(payment.nextActionUrl, 'approve'), 200)
  await waitUntil('the order is confirmed', () => order.status === 'CONFIRMED')
  // About one second on an idle machine; the tests of the whole project share two cores.
  assert.ok(Date.now() - approvedAt < 4_000, `it took ${Date.now() - approvedAt} ms`)
  const { status, nextActionUrl } = await payments.find(payment.id, person)
  assert.deepEqual([status, nextActionUrl], ['COMPLETED', null])
})

test('sends the person back to where they came from', async () => {
  const person = payments.shop.user()
  const order = payments.orders.place(person.id)
  const { payment } = await payments.pay(person, {
    orderId: order.id,
    payment: THREE_D_SECURE,
    returnUrl: 'https://shop.example/done',
  })
  assert.equal(await payments.confirm(payment.nextActionUrl, 'approve'), 303)
})

test('fails a payment that the person did not confirm', async () => {
  const person = payments.shop.user()
  const order = payments.orders.place(person.id)
  const { payment } = await payments.pay(person, { orderId: order.id, payment: THREE_D_SECURE })
  await payments.confirm(payment.nextActionUrl, 'fail')
  await waitUntil('orders hears of it', () => payments.orders.reportsOf(order.id).length === 1)
  assert.equal((await payments.find(payment.id, person)).failureCode, 'authentication_failed')
})

test('another attempt takes the place of one that waits for the person, at the provider first', async () => {
  const person = payments.shop.user()
  const order = payments.orders.place(person.id)
  const first = await payments.pay(person, { orderId: order.id, payment: THREE_D_SECURE })
  const second = await payments.pay(person, { orderId: order.id, payment: VISA })
  assert.equal(second.payment.status, 'COMPLETED')
  assert.equal((await payments.find(first.payment.id, person)).status, 'FAILED')
  await payments.confirm(first.payment.nextActionUrl, 'approve')
  const { intents, charges } = await payments.ledger(order.id)
  assert.deepEqual([intents.length, charges.length], [2, 1])
})

test('an approval that came before the other attempt is its answer', async () => {
  const person = payments.shop.user()
  const order = payments.orders.place(person.id)
  const first = await payments.pay(person, { orderId: order.id, payment: THREE_D_SECURE })
  await payments.confirm(first.payment.nextActionUrl, 'approve')
  const second = await payments.pay(person, { orderId: order.id, payment: VISA })
  assert.deepEqual(
    [second.payment?.id ?? first.payment.id, second.payment?.status ?? 'COMPLETED'],
    [first.payment.id, 'COMPLETED'],
  )
  assert.equal((await payments.ledger(order.id)).charges.length, 1)
  assert.equal(order.status, 'CONFIRMED')
})

test('cancels at the provider what was not confirmed when the order is due', async () => {
  const person = payments.shop.user()
  const order = payments.orders.place(person.id, { paymentDueAt: new Date(Date.now() + 1_500).toISOString() })
  const { payment } = await payments.pay(person, { orderId: order.id, payment: THREE_D_SECURE })
  await waitUntil('orders hears of it', () => payments.orders.reportsOf(order.id).length === 1)
  assert.equal(payments.orders.reportsOf(order.id)[0]?.failureCode, 'expired')
  await payments.confirm(payment.nextActionUrl, 'approve')
  const { intents, charges } = await payments.ledger(order.id)
  assert.deepEqual([intents[0]?.status, charges.length], ['canceled', 0])
})

test('tells orders of a payment when it can be reached again', async () => {
  const person = payments.shop.user()
  const order = payments.orders.place(person.id)
  const { payment } = await payments.pay(person, { orderId: order.id, payment: THREE_D_SECURE })
  payments.orders.state.isDown = true
  await payments.confirm(payment.nextActionUrl, 'approve')
  await waitUntil(
    'the payment is completed',
    async () => (await payments.find(payment.id, person)).status === 'COMPLETED',
  )
  assert.equal(payments.orders.reportsOf(order.id).length, 0)
  payments.orders.state.isDown = false
  await waitUntil('the order is confirmed', () => order.status === 'CONFIRMED')
})

test('while orders cannot be asked nothing is charged, and the client hears that it is an outage', async () => {
  const person = payments.shop.user()
  const order = payments.orders.place(person.id)
  payments.orders.state.isDown = true
  await assert.rejects(payments.pay(person, { orderId: order.id, payment: VISA }), /DOWNSTREAM_SERVICE_ERROR/)
  payments.orders.state.isDown = false
  assert.equal((await payments.ledger(order.id)).intents.length, 0)
})

test('a payment that orders does not take note of at once is answered all the same, and reported later', async () => {
  const person = payments.shop.user()
  const order = payments.orders.place(person.id)
  payments.orders.state.isDeaf = true
  const { payment, userErrors } = await payments.pay(person, { orderId: order.id, payment: VISA })
  assert.deepEqual([payment.status, userErrors, order.status], ['COMPLETED', [], 'PENDING'])
  payments.orders.state.isDeaf = false
  await waitUntil('the order is confirmed', () => order.status === 'CONFIRMED')
})
