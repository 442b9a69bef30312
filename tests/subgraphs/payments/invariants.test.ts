import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import { parseMoney } from '#platform/kernel/money.ts'
import { waitUntil } from '../../support/wait-until.ts'
import type { DoubleOrder } from './fixtures/orders-double.ts'
import { startPayments, type TestPayments } from './fixtures/payments-shop.ts'

let payments: TestPayments
before(async () => void (payments = await startPayments({ NEIGHBOUR_TIMEOUT_MS: '2000' })))
after(() => payments.stop())

const cents = (text: { amount: string }) => parseMoney({ amount: text.amount, currency: 'USD' })?.amountMinor ?? 0n
const total = (amounts: bigint[]) => amounts.reduce((sum, amount) => sum + amount, 0n)

const TOKENS = ['pm_card_visa', 'pm_card_mastercard', 'pm_card_chargeDeclined', 'pm_card_authenticationRequired']
/** What people do to one order, most of it at once: pay with some cards, approve what waits, refund some. */
const story = fc.record({
  cards: fc.array(fc.constantFrom(...TOKENS), { minLength: 1, maxLength: 4 }),
  isApproved: fc.boolean(),
  refunds: fc.array(fc.option(fc.integer({ min: 1, max: 60 })), { maxLength: 3 }),
})
type Story = typeof story extends fc.Arbitrary<infer Value> ? Value : never

async function play({ cards, isApproved, refunds }: Story): Promise<DoubleOrder> {
  const person = payments.shop.user()
  const order = payments.orders.place(person.id, { total: { amount: '100.00', currency: 'USD' } })
  const answers = await Promise.all(
    cards.map((token) => payments.pay(person, { orderId: order.id, payment: { token } })),
  )
  for (const { payment } of answers) {
    if (isApproved && payment?.nextActionUrl) await payments.confirm(payment.nextActionUrl, 'approve')
  }
  const amounts = refunds.map((units) => (units === null ? {} : { amount: { amount: `${units}.00`, currency: 'USD' } }))
  await Promise.all(amounts.map((amount) => payments.refundOrder({ orderId: order.id, ...amount })))
  return order
}

const PAYMENTS = `query ($representations: [_Any!]!) {
  _entities(representations: $representations) { ... on Order { payments { status amount { amount } refundedAmount { amount } } } }
}`
type Read = { status: string; amount: { amount: string }; refundedAmount: { amount: string } }

async function paymentsOf(order: DoubleOrder): Promise<Read[]> {
  const representations = [{ __typename: 'Order', id: order.id }]
  return (await payments.shop.call('payments', PAYMENTS, { representations }, payments.admin)).data._entities[0]
    .payments
}

/** What three different books say was captured less what was given back, and captured alone. */
async function books(order: DoubleOrder) {
  const { charges, refunds } = await payments.ledger(order.id)
  const own = (await paymentsOf(order)).filter(({ status }) =>
    ['COMPLETED', 'PARTIALLY_REFUNDED', 'REFUNDED'].includes(status),
  )
  const latest = new Map(
    payments.orders
      .reportsOf(order.id)
      .toSorted((a, b) => a.paymentVersion - b.paymentVersion)
      .map((one) => [one.paymentId, one]),
  )
  const told = [...latest.values()]
  return {
    provider: [total(charges.map(({ amount }) => BigInt(amount))), total(refunds.map(({ amount }) => BigInt(amount)))],
    payments: [
      total(own.map(({ amount }) => cents(amount))),
      total(own.map(({ refundedAmount }) => cents(refundedAmount))),
    ],
    orders: [total(told.map((one) => cents(one.capturedAmount))), total(told.map((one) => cents(one.refundedAmount)))],
  }
}

test('whatever fails: nobody is charged twice, and the books of provider, payments and orders agree', async (t) => {
  const seed = Date.now()
  t.diagnostic(`seed ${seed}`)
  const stories = fc.sample(story, { seed, numRuns: 25 })
  payments.shop.sandbox.faults.set({ failBefore: 0.15, failAfter: 0.15 })
  const orders = await Promise.all(stories.map(play))
  payments.shop.sandbox.faults.set({ failBefore: 0, failAfter: 0 })
  for (const order of orders) {
    const agrees = async () => {
      const { provider, payments: own, orders: told } = await books(order)
      const isSettled = (await paymentsOf(order)).every(({ status }) => status !== 'PENDING')
      return isSettled && String(provider) === String(own) && String(own) === String(told)
    }
    await waitUntil(`the books of ${order.id} agree`, agrees, { timeoutMs: 90_000 })
    const { provider } = await books(order)
    const [captured = 0n, refunded = 0n] = provider
    assert.ok(captured === 0n || captured === 10_000n, `captured ${captured}`)
    assert.ok(refunded <= captured)
  }
})
