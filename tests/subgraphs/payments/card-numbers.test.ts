import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { newId } from '#platform/kernel/ids.ts'
import { codesOf, startPayments, type TestPayments } from './fixtures/payments-shop.ts'

let payments: TestPayments
before(async () => void (payments = await startPayments()))
after(() => payments.stop())

const NUMBER = '4929 1234-5678 9015'
const DIGITS = NUMBER.replaceAll(/\D/g, '')
const VISA = { token: 'pm_card_visa' }
const refusal = (...path: string[]) => [{ code: 'CARD_NUMBER_REFUSED', path: ['input', ...path] }]

/** Every row of every table of payments, as text. */
async function everythingStored(): Promise<string> {
  const db = (await payments.shop.runtime('payments')).database.sql()
  const { rows: tables } = await sql<{ name: string }>`
    select format('%I.%I', table_schema, table_name) as name from information_schema.tables
    where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')`.execute(db)
  const texts = tables.map(async ({ name }) => {
    const { rows } = await sql<{ row: string }>`select t::text as row from ${sql.raw(name)} t`.execute(db)
    return rows.map(({ row }) => row).join('\n')
  })
  return (await Promise.all(texts)).join('\n')
}

test('a card number is refused wherever it stands, and nothing of it reaches a log, the database or the answer', async () => {
  const person = payments.shop.user()
  const order = payments.orders.place(person.id)
  const { payment } = await payments.pay(person, { orderId: order.id, payment: VISA })
  const answers: unknown[] = []
  for (const number of [NUMBER, DIGITS, `card ${NUMBER}!`]) {
    const saved = await payments.save(person, { token: number })
    const paid = await payments.pay(person, { orderId: order.id, payment: { token: number } })
    const keyed = await payments.pay(person, { orderId: order.id, payment: VISA, idempotencyKey: number })
    const refunded = await payments.refund({ paymentId: payment.id, reason: `wrong card: ${number}` })
    const amount = { amount: '1.00', currency: 'USD' }
    const input = { orderId: newId(), userId: person.id, amount, payment: { token: number }, idempotencyKey: newId() }
    const charged = await payments.charge(input)
    const given = await payments.refundOrder({ orderId: order.id, reason: number })
    const told = [saved, paid, keyed, refunded, charged, given].map(({ userErrors }) =>
      userErrors.map(({ code, path }: { code: string; path: string[] }) => ({ code, path })),
    )
    const token = refusal('payment', 'token')
    assert.deepEqual(told, [
      refusal('token'),
      token,
      refusal('idempotencyKey'),
      refusal('reason'),
      token,
      refusal('reason'),
    ])
    answers.push(saved, paid, keyed, refunded, charged, given)
  }
  const stored = await everythingStored()
  assert.ok(stored.includes(payment.id), 'the rows were read')
  assert.ok(payments.shop.logs.length > 0, 'the logs were read')
  for (const text of [stored, payments.shop.logs.join('\n'), JSON.stringify(answers)]) {
    for (const piece of [NUMBER, DIGITS, '1234-5678', DIGITS.slice(0, 8), DIGITS.slice(-8)])
      assert.ok(!text.includes(piece))
  }
  assert.equal((await payments.ledger(order.id)).refunds.length, 0)
})

test('ordinary keys and ids are never mistaken for one', async () => {
  const person = payments.shop.user()
  for (const idempotencyKey of [crypto.randomUUID(), `checkout-${Date.now()}`, `order:${newId()}:1`]) {
    const order = payments.orders.place(person.id)
    assert.deepEqual(codesOf(await payments.pay(person, { orderId: order.id, payment: VISA, idempotencyKey })), [])
  }
})
