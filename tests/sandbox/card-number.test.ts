import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { newId } from '#platform/kernel/ids.ts'
import { holdsCardNumber } from '../../sandbox/card-number.ts'
import { providerId } from '../../sandbox/provider-ids.ts'
import { charge, get, type Lines, post, sandboxFor, usePostgres } from './support.ts'

const postgresUrl = await usePostgres()

// Published test numbers, in the lengths and spellings that people use.
const CARDS = [
  '4242424242424242',
  '4242 4242 4242 4242',
  '5555-5555-5555-4444',
  '4242.4242.4242.4242',
  '378282246310005',
  '3782 822463 10005',
  '6205500000000000004',
  'card:4242424242424242;12/30',
  '4242 4242 4242 4242 12 30',
]

for (const text of CARDS) {
  test(`sees the card number in "${text}"`, () => assert.ok(holdsCardNumber(text)))
}

for (const text of ['4242424242424241', '424242424242', '1700000000007', '42424242424242424242', 'pm_card_visa']) {
  test(`sees no card number in "${text}"`, () => assert.ok(!holdsCardNumber(text)))
}

test('never takes our ids, keys or times for a card number', () => {
  fc.assert(
    fc.property(fc.nat(2 ** 47), fc.date({ noInvalidDate: true, min: new Date(0) }), (time, date) => {
      const ids = {
        payment_id: newId(time),
        key: `order:${newId(time)}:1`,
        id: providerId('pi'),
        uuid: crypto.randomUUID(),
      }
      return !holdsCardNumber(JSON.stringify({ ...ids, at: date.toISOString() }))
    }),
    { numRuns: 2_000 },
  )
})

const SPELLINGS: readonly [string, unknown][] = [
  ['as the payment method', charge({ payment_method: '4242424242424242' })],
  ['in metadata', charge({ metadata: { note: 'please use 4242 4242 4242 4242 again' } })],
  ['as the name of a field', charge({ '4242424242424242': 'x' })],
  ['as a number, deep down', charge({ card: { details: [{ number: 4_242_424_242_424_242 }] } })],
  [
    'behind escapes',
    JSON.stringify(charge({ payment_method: 'CARD' })).replace('CARD', String.raw`\u0034242424242424242`),
  ],
]

for (const [where, body] of SPELLINGS) {
  test(`refuses a card number ${where}, neither repeating nor logging it`, async (t) => {
    const lines: Lines = []
    const sandbox = await sandboxFor(t, postgresUrl, { lines })
    const reply = await post(sandbox, '/v1/payment_intents', body)
    assert.deepEqual([reply.status, reply.body.error?.code], [400, 'card_number_refused'])
    await sandbox.stop()
    assert.ok(lines.some((line) => line.includes('"status":400')))
    assert.doesNotMatch(lines.join('') + JSON.stringify(reply.body), /4242[ ]?4242/)
  })
}

test('refuses and never logs a card number in a key, nor logs one in an address', async (t) => {
  const lines: Lines = []
  const sandbox = await sandboxFor(t, postgresUrl, { lines })
  const { status, body } = await post(sandbox, '/v1/payment_intents', charge(), 'pay-4242424242424242')
  assert.deepEqual([status, body.error?.code], [400, 'card_number_refused'])
  assert.equal((await get(sandbox, '/v1/payment_methods/4242424242424242')).status, 404)
  assert.equal((await post(sandbox, '/v1/refunds', { payment_intent: '4242424242424242' })).status, 400)
  await sandbox.stop()
  assert.doesNotMatch(lines.join(''), /42424242/)
})
