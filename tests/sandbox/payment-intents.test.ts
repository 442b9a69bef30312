import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newId } from '#platform/kernel/ids.ts'
import { charge, get, ledgerOf, post, sandboxFor, usePostgres } from './support.ts'

const postgresUrl = await usePostgres()

for (const [token, brand, last4] of [
  ['pm_card_visa', 'visa', '4242'],
  ['pm_card_mastercard', 'mastercard', '4444'],
  ['pm_card_chargeDeclined', 'visa', '0002'],
  ['pm_card_chargeDeclinedInsufficientFunds', 'visa', '9995'],
  ['pm_card_authenticationRequired', 'visa', '3184'],
]) {
  test(`shows brand, last digits and a future expiry of ${token}`, async (t) => {
    const { status, body } = await get(await sandboxFor(t, postgresUrl), `/v1/payment_methods/${token}`)
    assert.equal(status, 200)
    assert.equal(body.id, token)
    assert.deepEqual(body.card, { brand, last4, exp_month: 12, exp_year: new Date().getUTCFullYear() + 3 })
  })
}

test('answers resource_missing for a token that nobody made', async (t) => {
  const { status, body } = await get(await sandboxFor(t, postgresUrl), '/v1/payment_methods/pm_card_unknown')
  assert.equal(status, 404)
  assert.equal(body.error?.code, 'resource_missing')
})

test('charges a good card in whole', async (t) => {
  const sandbox = await sandboxFor(t, postgresUrl)
  const request = charge()
  const { status, body } = await post(sandbox, '/v1/payment_intents', request)
  assert.equal(status, 200)
  assert.match(String(body.id), /^pi_[0-9A-Za-z]{24}$/)
  const { id: _, created, ...rest } = body
  assert.ok(Math.abs(Number(created) - Date.now() / 1_000) < 60)
  assert.deepEqual(rest, {
    object: 'payment_intent',
    amount: 2_500,
    currency: 'usd',
    status: 'succeeded',
    amount_captured: 2_500,
    amount_refunded: 0,
    payment_method: 'pm_card_visa',
    next_action: null,
    last_payment_error: null,
    metadata: request.metadata,
  })
})

for (const [token, declineCode] of [
  ['pm_card_chargeDeclined', 'generic_decline'],
  ['pm_card_chargeDeclinedInsufficientFunds', 'insufficient_funds'],
]) {
  test(`declines ${token} with 402, ${declineCode} and the intent, and takes nothing`, async (t) => {
    const sandbox = await sandboxFor(t, postgresUrl)
    const request = charge({ payment_method: token })
    const { status, body } = await post(sandbox, '/v1/payment_intents', request)
    assert.equal(status, 402)
    const { payment_intent: intent, ...error } = body.error ?? {}
    assert.equal(error.type, 'card_error')
    assert.equal(error.code, 'card_declined')
    assert.equal(error.decline_code, declineCode)
    assert.equal(intent?.status, 'requires_payment_method')
    assert.deepEqual(intent?.last_payment_error, error)
    const ledger = await ledgerOf(sandbox, request)
    assert.equal(ledger.intents?.length, 1)
    assert.deepEqual(ledger.charges, [])
  })
}

test('finds an intent by its id, and all attempts of a payment by ours', async (t) => {
  const sandbox = await sandboxFor(t, postgresUrl)
  const request = charge({ payment_method: 'pm_card_chargeDeclined' })
  const declined = await post(sandbox, '/v1/payment_intents', request)
  const charged = await post(sandbox, '/v1/payment_intents', { ...request, payment_method: 'pm_card_mastercard' })
  assert.deepEqual((await get(sandbox, `/v1/payment_intents/${charged.body.id}`)).body, charged.body)
  const { status, body } = await get(sandbox, `/v1/payment_intents?payment_id=${request.metadata.payment_id}`)
  assert.equal(status, 200)
  assert.deepEqual(body.data, [declined.body.error?.payment_intent, charged.body])
})

test('answers an unknown intent with 404, an unknown payment with an empty list', async (t) => {
  const sandbox = await sandboxFor(t, postgresUrl)
  const missing = await get(sandbox, '/v1/payment_intents/pi_unknown')
  assert.equal(missing.status, 404)
  assert.equal(missing.body.error?.code, 'resource_missing')
  const none = await get(sandbox, `/v1/payment_intents?payment_id=${newId()}`)
  assert.deepEqual([none.status, none.body.data], [200, []])
  const unnamed = await get(sandbox, '/v1/payment_intents')
  assert.deepEqual([unnamed.status, unnamed.body.error?.param], [400, 'payment_id'])
})

for (const [what, change, param] of [
  ['a fraction of a cent', { amount: 0.5 }, 'amount'],
  ['an amount as text', { amount: '2500' }, 'amount'],
  ['nothing', { amount: 0 }, 'amount'],
  ['a negative amount', { amount: -1 }, 'amount'],
  ['more than twelve digits', { amount: 1_000_000_000_000 }, 'amount'],
  ['a missing amount', { amount: undefined }, 'amount'],
  ['a currency in upper case', { currency: 'USD' }, 'currency'],
  ['an unknown currency', { currency: 'xxx' }, 'currency'],
  ['an unconfirmed charge', { confirm: false }, 'confirm'],
  ['an unknown payment method', { payment_method: 'pm_card_unknown' }, 'payment_method'],
  ['a return address that is a script', { return_url: 'javascript:alert(1)' }, 'return_url'],
  ['metadata that is no text', { metadata: { payment_id: 7 } }, 'metadata.payment_id'],
  ['a parameter that nobody knows', { tip: 5 }, 'tip'],
] as const) {
  test(`refuses ${what} with 400 that names ${param}, burning no key`, async (t) => {
    const sandbox = await sandboxFor(t, postgresUrl)
    const key = newId()
    const { status, body } = await post(sandbox, '/v1/payment_intents', charge(change), key)
    assert.deepEqual([status, body.error?.type, body.error?.param], [400, 'invalid_request_error', param])
    assert.equal((await post(sandbox, '/v1/payment_intents', charge(), key)).status, 200)
  })
}

test('refuses what is no JSON, too long, or not there, without repeating it', async (t) => {
  const sandbox = await sandboxFor(t, postgresUrl)
  const broken = await post(sandbox, '/v1/payment_intents', '{"secret-looking": ')
  assert.deepEqual([broken.status, broken.body.error?.code], [400, 'body_invalid'])
  assert.doesNotMatch(JSON.stringify(broken.body), /secret/)
  const long = await post(sandbox, '/v1/payment_intents', charge({ metadata: { note: 'x'.repeat(70_000) } }))
  assert.deepEqual([long.status, long.body.error?.code], [400, 'body_too_large'])
  const nowhere = await get(sandbox, '/v1/nothing')
  assert.deepEqual([nowhere.status, nowhere.body.error?.code], [404, 'unrecognized_request_url'])
})

test('cancels what waits for the person; again changes nothing', async (t) => {
  const sandbox = await sandboxFor(t, postgresUrl)
  const waiting = await post(
    sandbox,
    '/v1/payment_intents',
    charge({ payment_method: 'pm_card_authenticationRequired' }),
  )
  const first = await post(sandbox, `/v1/payment_intents/${waiting.body.id}/cancel`, '', null)
  assert.deepEqual([first.status, first.body.status, first.body.next_action], [200, 'canceled', null])
  const second = await post(sandbox, `/v1/payment_intents/${waiting.body.id}/cancel`, {}, null)
  assert.deepEqual([second.status, second.body], [200, first.body])
})

test('does not cancel what has succeeded, and answers with the intent', async (t) => {
  const sandbox = await sandboxFor(t, postgresUrl)
  const charged = await post(sandbox, '/v1/payment_intents', charge())
  const { status, body } = await post(sandbox, `/v1/payment_intents/${charged.body.id}/cancel`, {}, null)
  assert.deepEqual([status, body.error?.code], [400, 'payment_intent_unexpected_state'])
  assert.deepEqual(body.error?.payment_intent, charged.body)
  assert.equal((await post(sandbox, '/v1/payment_intents/pi_unknown/cancel', {}, null)).status, 404)
})

test('keeps its test doors shut in production', async (t) => {
  const sandbox = await sandboxFor(t, postgresUrl, { env: { NODE_ENV: 'production' } })
  assert.equal((await get(sandbox, '/test/ledger')).status, 404)
  assert.equal((await get(sandbox, '/test/faults')).status, 404)
  assert.equal((await post(sandbox, '/test/faults', {})).status, 404)
  assert.equal((await post(sandbox, '/v1/payment_intents', charge())).status, 200)
})
