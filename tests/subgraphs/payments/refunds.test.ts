import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { newId } from '#platform/kernel/ids.ts'
import { waitUntil } from '../../support/wait-until.ts'
import { codesOf, startPayments, type TestPayments } from './fixtures/payments-shop.ts'

let payments: TestPayments
before(async () => void (payments = await startPayments()))
after(() => payments.stop())

const VISA = { token: 'pm_card_visa' }
const usd = (amount: string) => ({ amount, currency: 'USD' })

async function paidOrder() {
  const person = payments.shop.user()
  const order = payments.orders.place(person.id, { total: usd('100.00') })
  const { payment } = await payments.pay(person, { orderId: order.id, payment: VISA })
  return { person, order, paymentId: payment.id as string }
}

test('refunds in part and then all that is left, telling orders the totals each time', async () => {
  const { order, paymentId } = await paidOrder()
  const part = await payments.refund({ paymentId, amount: usd('30.5'), reason: 'scratched' })
  assert.deepEqual(part.userErrors, [])
  assert.equal(part.payment.status, 'PARTIALLY_REFUNDED')
  assert.deepEqual(part.payment.refundedAmount, usd('30.50'))
  const rest = await payments.refund({ paymentId })
  assert.equal(rest.payment.status, 'REFUNDED')
  assert.deepEqual(
    rest.payment.refunds.map(({ amount, reason }: { amount: object; reason: string | null }) => [amount, reason]),
    [
      [usd('30.50'), 'scratched'],
      [usd('69.50'), null],
    ],
  )
  const totals = payments.orders
    .reportsOf(order.id)
    .map((report) => [report.paymentVersion, report.capturedAmount.amount, report.refundedAmount.amount])
  assert.deepEqual(totals, [
    [2, '100.00', '0.00'],
    [3, '100.00', '30.50'],
    [4, '100.00', '100.00'],
  ])
  const { charges, refunds } = await payments.ledger(order.id)
  assert.deepEqual([charges[0]?.amount_refunded, refunds.length], [10_000, 2])
})

test('refunds once for one key, however often and however concurrently it is sent', async () => {
  const { order, paymentId } = await paidOrder()
  const input = { paymentId, amount: usd('60.00'), idempotencyKey: newId() }
  const answers = await Promise.all(Array.from({ length: 8 }, () => payments.refund(input)))
  assert.deepEqual(answers.flatMap(codesOf), [])
  assert.deepEqual(codesOf(await payments.refund(input)), [])
  assert.equal((await payments.ledger(order.id)).refunds.length, 1)
  assert.deepEqual(codesOf(await payments.refund({ ...input, amount: usd('1.00') })), ['IDEMPOTENCY_KEY_REUSED'])
})

test('never refunds more than was captured, whatever is asked for at once', async () => {
  const { order, paymentId } = await paidOrder()
  const answers = await Promise.all(
    Array.from({ length: 8 }, () => payments.refund({ paymentId, amount: usd('30.00') })),
  )
  assert.equal(answers.filter(({ userErrors }) => userErrors.length === 0).length, 3)
  assert.deepEqual(new Set(answers.flatMap(codesOf)), new Set(['AMOUNT_EXCEEDS_PAYMENT']))
  assert.equal((await payments.ledger(order.id)).charges[0]?.amount_refunded, 9_000)
})

test('refuses what is no amount, too much, or of no payment', async () => {
  const { paymentId } = await paidOrder()
  const codes = async (input: object) => codesOf(await payments.refund({ paymentId, ...input }))
  assert.deepEqual(await codes({ amount: usd('100.01') }), ['AMOUNT_EXCEEDS_PAYMENT'])
  assert.deepEqual(await codes({ amount: usd('0.00') }), ['INVALID_AMOUNT'])
  assert.deepEqual(await codes({ amount: usd('-5.00') }), ['INVALID_AMOUNT'])
  assert.deepEqual(await codes({ amount: usd('0.001') }), ['INVALID_AMOUNT'])
  assert.deepEqual(await codes({ amount: { amount: '1.00', currency: 'EUR' } }), ['INVALID_AMOUNT'])
  assert.deepEqual(await codes({ paymentId: newId() }), ['PAYMENT_NOT_FOUND'])
  assert.deepEqual(await codes({ paymentId: 'nonsense' }), ['PAYMENT_NOT_FOUND'])
  assert.deepEqual(await codes({}), [])
  assert.deepEqual(await codes({}), ['AMOUNT_EXCEEDS_PAYMENT'])
})

test('refuses to refund what was never captured, or is disputed', async () => {
  const person = payments.shop.user()
  const order = payments.orders.place(person.id)
  const { payment } = await payments.pay(person, { orderId: order.id, payment: { token: 'pm_card_chargeDeclined' } })
  assert.deepEqual(codesOf(await payments.refund({ paymentId: payment.id })), ['AMOUNT_EXCEEDS_PAYMENT'])
  const { paymentId } = await paidOrder()
  const { database } = await payments.shop.runtime('payments')
  await database.fork().execute("update payment set status = 'DISPUTED' where id = ?", [paymentId])
  assert.deepEqual(codesOf(await payments.refund({ paymentId })), ['AMOUNT_EXCEEDS_PAYMENT'])
})

test('refundPayment needs the scope payments:write, and the doors between services a service', async () => {
  const { person, order, paymentId } = await paidOrder()
  for (const viewer of [person, payments.shop.user({ role: 'SUPPORT' }), payments.shop.user({ role: 'MERCHANT' })]) {
    await assert.rejects(payments.refund({ paymentId }, viewer), /FORBIDDEN/)
  }
  const input = { orderId: order.id, idempotencyKey: newId() }
  const document =
    'mutation ($input: RefundOrderPaymentsInput!) { refundOrderPayments(input: $input) { payment { id } } }'
  const { errors } = await payments.shop.call('payments', document, { input }, payments.admin)
  assert.equal(errors?.[0]?.extensions?.['code'], 'FORBIDDEN')
})

test('refunds what is held for an order, in part and whole, once for each key', async () => {
  const { order } = await paidOrder()
  const key = `late:${newId()}`
  const part = await payments.refundOrder({ orderId: order.id, amount: usd('10.00') })
  assert.equal(part.payment.status, 'PARTIALLY_REFUNDED')
  const all = await Promise.all([1, 2, 3].map(() => payments.refundOrder({ orderId: order.id, idempotencyKey: key })))
  assert.deepEqual(
    all.map(({ payment }) => payment.status),
    ['REFUNDED', 'REFUNDED', 'REFUNDED'],
  )
  const more = await payments.refundOrder({ orderId: order.id })
  assert.deepEqual([more.payment.status, more.userErrors], ['REFUNDED', []])
  assert.deepEqual(codesOf(await payments.refundOrder({ orderId: order.id, amount: usd('1.00') })), [
    'AMOUNT_EXCEEDS_PAYMENT',
  ])
  assert.equal((await payments.ledger(order.id)).refunds.length, 2)
  await waitUntil(
    'orders hears of it',
    () => payments.orders.reportsOf(order.id).at(-1)?.refundedAmount.amount === '100.00',
  )
})

test('where nothing is held there is nothing to give back; what waits for the person is cancelled', async () => {
  const none = await payments.refundOrder({ orderId: newId() })
  assert.deepEqual([none.payment, none.userErrors], [null, []])
  const person = payments.shop.user()
  const order = payments.orders.place(person.id)
  const { payment } = await payments.pay(person, {
    orderId: order.id,
    payment: { token: 'pm_card_authenticationRequired' },
  })
  const answer = await payments.refundOrder({ orderId: order.id })
  assert.deepEqual([answer.payment, answer.userErrors], [null, []])
  await payments.confirm(payment.nextActionUrl, 'approve')
  assert.equal((await payments.ledger(order.id)).charges.length, 0)
  assert.equal((await payments.find(payment.id, person)).status, 'FAILED')
})

test('chargeOrder charges the customer, by a saved method too, and orders hears of it by job', async () => {
  const person = payments.shop.user()
  const order = payments.orders.place(person.id)
  const { paymentMethod } = await payments.save(person, { token: 'pm_card_mastercard' })
  const input = { orderId: order.id, userId: person.id, amount: usd('299.99'), idempotencyKey: `order:${order.id}:1` }
  const { payment, userErrors } = await payments.charge({ ...input, payment: { methodId: paymentMethod.id } })
  assert.deepEqual([payment.status, payment.method.brand, userErrors], ['COMPLETED', 'mastercard', []])
  await waitUntil('the order is confirmed', () => order.status === 'CONFIRMED')
  const reused = await payments.charge({ ...input, payment: VISA })
  assert.deepEqual(codesOf(reused), ['IDEMPOTENCY_KEY_REUSED'])
  const stolen = await payments.charge({
    ...input,
    orderId: newId(),
    userId: newId(),
    payment: { methodId: paymentMethod.id },
  })
  assert.deepEqual(codesOf(stolen), ['PAYMENT_METHOD_NOT_FOUND'])
  const nothing = await payments.charge({ ...input, orderId: newId(), amount: usd('0.00'), payment: VISA })
  assert.deepEqual(codesOf(nothing), ['INVALID_AMOUNT'])
})

test('what the provider refuses to give back is not counted as given', async () => {
  const { order, paymentId, person } = await paidOrder()
  const [charge] = (await payments.ledger(order.id)).charges
  // Somebody refunds at the provider's own desk, past us.
  const headers = { 'content-type': 'application/json', 'idempotency-key': newId() }
  const body = JSON.stringify({ payment_intent: charge?.id, amount: 8_000 })
  await fetch(`${payments.shop.sandbox.url}/v1/refunds`, { method: 'POST', headers, body })
  assert.deepEqual(codesOf(await payments.refund({ paymentId, amount: usd('50.00') })), ['AMOUNT_EXCEEDS_PAYMENT'])
  const { payment, userErrors } = await payments.refund({ paymentId, amount: usd('20.00') })
  assert.deepEqual([payment.refundedAmount, userErrors], [usd('20.00'), []])
  assert.equal((await payments.find(paymentId, person)).refunds.length, 1)
})
