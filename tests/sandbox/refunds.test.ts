import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { newId } from '#platform/kernel/ids.ts'
import { charge, get, ledgerOf, post, sandboxFor, usePostgres } from './support.ts'

const postgresUrl = await usePostgres()

test('refunds in part, then all that is left, then nothing more', async (t) => {
  const sandbox = await sandboxFor(t, postgresUrl)
  const charged = await post(sandbox, '/v1/payment_intents', charge())
  const payment_intent = charged.body.id
  const part = await post(sandbox, '/v1/refunds', { payment_intent, amount: 1_000, metadata: { refund_id: 'r1' } })
  assert.equal(part.status, 200)
  assert.match(String(part.body.id), /^re_[0-9A-Za-z]{24}$/)
  const { object, amount, currency, status, metadata } = part.body
  assert.deepEqual(
    { object, amount, currency, status },
    { object: 'refund', amount: 1_000, currency: 'usd', status: 'succeeded' },
  )
  assert.deepEqual(metadata, { refund_id: 'r1' })
  const tooMuch = await post(sandbox, '/v1/refunds', { payment_intent, amount: 1_501 })
  assert.deepEqual([tooMuch.status, tooMuch.body.error?.code], [400, 'amount_too_large'])
  const rest = await post(sandbox, '/v1/refunds', { payment_intent })
  assert.equal(rest.body.amount, 1_500)
  const none = await post(sandbox, '/v1/refunds', { payment_intent })
  assert.deepEqual([none.status, none.body.error?.code], [400, 'charge_already_refunded'])
  assert.equal((await get(sandbox, `/v1/payment_intents/${payment_intent}`)).body.amount_refunded, 2_500)
  assert.deepEqual((await get(sandbox, `/v1/refunds?payment_intent=${payment_intent}`)).body.data, [
    part.body,
    rest.body,
  ])
})

test('requires a key, and refunds once per key however often it is sent at once', async (t) => {
  const sandbox = await sandboxFor(t, postgresUrl)
  const request = charge()
  const charged = await post(sandbox, '/v1/payment_intents', request)
  const body = { payment_intent: charged.body.id, amount: 100 }
  assert.equal((await post(sandbox, '/v1/refunds', body, null)).status, 400)
  const key = newId()
  const replies = await Promise.all(Array.from({ length: 12 }, () => post(sandbox, '/v1/refunds', body, key)))
  assert.equal(new Set(replies.map((reply) => reply.body.id)).size, 1)
  assert.equal((await ledgerOf(sandbox, request)).refunds?.length, 1)
})

test('refuses to refund what was never charged, or what there is not', async (t) => {
  const sandbox = await sandboxFor(t, postgresUrl)
  const waiting = await post(
    sandbox,
    '/v1/payment_intents',
    charge({ payment_method: 'pm_card_authenticationRequired' }),
  )
  const early = await post(sandbox, '/v1/refunds', { payment_intent: waiting.body.id })
  assert.deepEqual([early.status, early.body.error?.code], [400, 'payment_intent_unexpected_state'])
  const unknown = await post(sandbox, '/v1/refunds', { payment_intent: 'pi_unknown' })
  assert.deepEqual(
    [unknown.status, unknown.body.error?.code, unknown.body.error?.param],
    [400, 'resource_missing', 'payment_intent'],
  )
})

test('never refunds more than was charged, whatever is asked for at once', async (t) => {
  const sandbox = await sandboxFor(t, postgresUrl)
  const amounts = fc.array(fc.option(fc.integer({ min: 1, max: 1_500 })), { minLength: 2, maxLength: 8 })
  await fc.assert(
    fc.asyncProperty(amounts, async (asked) => {
      const request = charge()
      const charged = await post(sandbox, '/v1/payment_intents', request)
      const replies = await Promise.all(
        asked.map((amount) =>
          post(sandbox, '/v1/refunds', { payment_intent: charged.body.id, amount: amount ?? undefined }),
        ),
      )
      const given = replies
        .filter((reply) => reply.status === 200)
        .reduce((sum, reply) => sum + Number(reply.body.amount), 0)
      const { refunds, charges } = await ledgerOf(sandbox, request)
      assert.ok(given <= 2_500)
      assert.equal(charges?.[0]?.amount_refunded, given)
      assert.equal(
        refunds?.reduce((sum, refund) => sum + Number(refund.amount), 0),
        given,
      )
      if (given < 2_500)
        assert.ok(
          asked.every((amount) => amount !== null),
          'all that is left was asked for, but some was kept',
        )
    }),
    { numRuns: 25 },
  )
})

test('lists charges and refunds of one order, and of no other', async (t) => {
  const sandbox = await sandboxFor(t, postgresUrl)
  const request = charge()
  const charged = await post(sandbox, '/v1/payment_intents', request)
  await post(sandbox, '/v1/payment_intents', charge())
  const refunded = await post(sandbox, '/v1/refunds', {
    payment_intent: charged.body.id,
    amount: 1,
    metadata: { refund_id: 'r1' },
  })
  const { body } = await get(sandbox, `/test/ledger?order_id=${request.metadata.order_id}`)
  assert.deepEqual(body.charges, [{ ...charged.body, amount_refunded: 1 }])
  assert.deepEqual(body.refunds, [refunded.body])
  const all = await get(sandbox, '/test/ledger')
  assert.ok(Number(all.body.charges?.length) >= 2)
})
