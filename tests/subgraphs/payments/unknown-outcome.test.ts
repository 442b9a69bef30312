import assert from 'node:assert/strict'
import { after, afterEach, before, test } from 'node:test'
import { newId } from '#platform/kernel/ids.ts'
import { waitUntil } from '../../support/wait-until.ts'
import { codesOf, startPayments, type TestPayments } from './fixtures/payments-shop.ts'

let payments: TestPayments
// The provider is given up after 1.5 s (three quarters of it), and a call may be under way for two more.
before(async () => void (payments = await startPayments({ NEIGHBOUR_TIMEOUT_MS: '2000' })))
afterEach(() => payments.shop.sandbox.faults.set({ latencyMs: 0, failBefore: 0, failAfter: 0 }))
after(() => payments.stop())

/** Waits for what the jobs bring about, ahead of their time: the provider has said all that it will. */
const untilJobs = (what: string, condition: () => Promise<boolean> | boolean) =>
  waitUntil(what, async () => {
    await payments.hurryJobs()
    return condition()
  })

const VISA = { token: 'pm_card_visa' }
const charged = { amount: '299.99', currency: 'USD' }

async function chargeWithoutAnswer() {
  const person = payments.shop.user()
  const order = payments.orders.place(person.id)
  payments.shop.sandbox.faults.set({ failAfter: { next: 1 } })
  const answer = await payments.pay(person, { orderId: order.id, payment: VISA })
  assert.deepEqual([answer.payment.status, codesOf(answer)], ['PENDING', ['PROVIDER_UNAVAILABLE']])
  return { person, order, payment: answer.payment }
}

test('charged but not answered: stays PENDING, nothing else may charge, and the job finds the charge', async () => {
  const { person, order, payment } = await chargeWithoutAnswer()
  const second = await payments.pay(person, { orderId: order.id, payment: VISA })
  assert.deepEqual([second.payment, codesOf(second)], [null, ['ORDER_NOT_PAYABLE']])
  await untilJobs('the order is confirmed', () => order.status === 'CONFIRMED')
  assert.equal((await payments.find(payment.id, person)).status, 'COMPLETED')
  assert.equal((await payments.ledger(order.id)).charges.length, 1)
})

test('failed before charging: the job finds nothing, the payment is FAILED, and the order can be paid', async () => {
  const person = payments.shop.user()
  const order = payments.orders.place(person.id)
  payments.shop.sandbox.faults.set({ failBefore: { next: 1 } })
  const key = newId()
  const input = { orderId: order.id, payment: VISA, idempotencyKey: key }
  const first = await payments.pay(person, input)
  assert.deepEqual([first.payment.status, codesOf(first)], ['PENDING', ['PROVIDER_UNAVAILABLE']])
  await untilJobs(
    'the payment has failed',
    async () => (await payments.find(first.payment.id, person)).status === 'FAILED',
  )
  const again = await payments.pay(person, input)
  assert.deepEqual(
    [again.payment.id, again.payment.failureCode, codesOf(again)],
    [first.payment.id, 'processing_error', ['DECLINED']],
  )
  assert.equal((await payments.pay(person, { orderId: order.id, payment: VISA })).payment.status, 'COMPLETED')
  assert.equal((await payments.ledger(order.id)).charges.length, 1)
})

test('an answer that comes too late is none; the charge is found all the same, and made once', async () => {
  const person = payments.shop.user()
  const order = payments.orders.place(person.id)
  const { paymentMethod } = await payments.save(person, VISA)
  payments.shop.sandbox.faults.set({ latencyMs: 2_500 })
  const answer = await payments.pay(person, { orderId: order.id, payment: { methodId: paymentMethod.id } })
  assert.deepEqual(codesOf(answer), ['PROVIDER_UNAVAILABLE'])
  payments.shop.sandbox.faults.set({ latencyMs: 0 })
  await waitUntil('the order is confirmed', () => order.status === 'CONFIRMED')
  assert.equal((await payments.ledger(order.id)).intents.length, 1)
})

test('a provider that does not even describe the method is unavailable, and nothing was begun', async () => {
  const person = payments.shop.user()
  const order = payments.orders.place(person.id)
  payments.shop.sandbox.faults.set({ latencyMs: 2_500 })
  const answer = await payments.pay(person, { orderId: order.id, payment: VISA })
  assert.deepEqual([answer.payment, codesOf(answer)], [null, ['PROVIDER_UNAVAILABLE']])
  assert.equal((await payments.ledger(order.id)).intents.length, 0)
})

test('a restart between the charge and its answer loses nothing', async () => {
  const { person, order, payment } = await chargeWithoutAnswer()
  await payments.shop.stopSubgraph('payments')
  await payments.shop.startSubgraph('payments')
  await untilJobs('the order is confirmed', () => order.status === 'CONFIRMED')
  assert.equal((await payments.find(payment.id, person)).status, 'COMPLETED')
  assert.equal((await payments.ledger(order.id)).charges.length, 1)
})

test('chargeOrder says the same however often it is asked while the outcome is unknown, and after', async () => {
  const [orderId, userId] = [newId(), newId()]
  const input = { orderId, userId, amount: charged, payment: VISA, idempotencyKey: `order:${orderId}:1` }
  payments.shop.sandbox.faults.set({ failAfter: { next: 1 } })
  const answers = await Promise.all(Array.from({ length: 5 }, () => payments.charge(input)))
  assert.equal(new Set(answers.map(({ payment }) => payment.id)).size, 1)
  await untilJobs('it is known', async () => (await payments.charge(input)).payment.status === 'COMPLETED')
  assert.deepEqual((await payments.charge(input)).userErrors, [])
  assert.equal((await payments.ledger(orderId)).charges.length, 1)
  await untilJobs('orders hears of it', () => payments.orders.reportsOf(orderId).length === 1)
})

test('a refund that was made but not answered counts at once, is made once, and is reported', async () => {
  const person = payments.shop.user()
  const order = payments.orders.place(person.id)
  const { payment } = await payments.pay(person, { orderId: order.id, payment: VISA })
  payments.shop.sandbox.faults.set({ failAfter: { next: 1 } })
  const amount = { amount: '200.00', currency: 'USD' }
  const answer = await payments.refund({ paymentId: payment.id, amount })
  assert.deepEqual(
    [answer.payment.status, answer.payment.refunds, codesOf(answer)],
    ['COMPLETED', [], ['PROVIDER_UNAVAILABLE']],
  )
  assert.deepEqual(codesOf(await payments.refund({ paymentId: payment.id, amount })), ['AMOUNT_EXCEEDS_PAYMENT'])
  await untilJobs(
    'the refund is known',
    async () => (await payments.find(payment.id, person)).status === 'PARTIALLY_REFUNDED',
  )
  await untilJobs(
    'orders hears of it',
    () => payments.orders.reportsOf(order.id).at(-1)?.refundedAmount.amount === '200.00',
  )
  assert.equal((await payments.ledger(order.id)).refunds.length, 1)
})

test('a refund that failed before it was made is made under the same key when it is sent again', async () => {
  const person = payments.shop.user()
  const order = payments.orders.place(person.id)
  const { payment } = await payments.pay(person, { orderId: order.id, payment: VISA })
  payments.shop.sandbox.faults.set({ failBefore: { next: 1 } })
  const input = { paymentId: payment.id, idempotencyKey: newId() }
  assert.deepEqual(codesOf(await payments.refund(input)), ['PROVIDER_UNAVAILABLE'])
  const again = await payments.refund(input)
  assert.deepEqual([again.payment.status, again.userErrors], ['REFUNDED', []])
  assert.equal((await payments.ledger(order.id)).refunds.length, 1)
})

test('a payment that waits for the person stays while the provider does not say that it is cancelled', async () => {
  const person = payments.shop.user()
  const order = payments.orders.place(person.id)
  const { paymentMethod } = await payments.save(person, VISA)
  const waiting = await payments.pay(person, {
    orderId: order.id,
    payment: { token: 'pm_card_authenticationRequired' },
  })
  payments.shop.sandbox.faults.set({ latencyMs: 2_500 })
  const second = await payments.pay(person, { orderId: order.id, payment: { methodId: paymentMethod.id } })
  assert.deepEqual([second.payment, codesOf(second)], [null, ['PROVIDER_UNAVAILABLE']])
  payments.shop.sandbox.faults.set({ latencyMs: 0 })
  const isOver = async () => (await payments.find(waiting.payment.id, person)).status === 'FAILED'
  await waitUntil('it is known that the provider did cancel', isOver)
  assert.equal((await payments.pay(person, { orderId: order.id })).payment.status, 'COMPLETED')
  assert.equal((await payments.ledger(order.id)).charges.length, 1)
})
