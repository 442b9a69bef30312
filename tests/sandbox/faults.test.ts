import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newId } from '#platform/kernel/ids.ts'
import { charge, get, ledgerOf, post, sandboxFor, usePostgres } from './support.ts'

const postgresUrl = await usePostgres()

test('delays every answer under /v1 by the latency, and no other', async (t) => {
  const sandbox = await sandboxFor(t, postgresUrl, { env: { SANDBOX_LATENCY_MS: '150' } })
  const startedAt = performance.now()
  await get(sandbox, '/v1/payment_methods/pm_card_visa')
  assert.ok(performance.now() - startedAt >= 149)
  sandbox.faults.set({ latencyMs: 60_000 })
  const stuck = post(sandbox, '/v1/payment_intents', charge())
  assert.equal((await get(sandbox, '/test/ledger')).status, 200)
  await sandbox.stop()
  assert.equal((await stuck).status, 200)
})

test('fails before charging: 500, nothing taken, the key not burnt', async (t) => {
  const sandbox = await sandboxFor(t, postgresUrl)
  sandbox.faults.set({ failBefore: { next: 2 } })
  const request = charge()
  const key = newId()
  for (let attempt = 1; attempt <= 2; attempt++) {
    const { status, body } = await post(sandbox, '/v1/payment_intents', request, key)
    assert.deepEqual([status, body.error?.type], [500, 'api_error'])
    assert.deepEqual((await ledgerOf(sandbox, request)).intents, [])
  }
  const third = await post(sandbox, '/v1/payment_intents', request, key)
  assert.deepEqual([third.status, third.headers.get('idempotent-replayed')], [200, null])
})

test('charges but never answers; the same key then tells what happened', async (t) => {
  const sandbox = await sandboxFor(t, postgresUrl)
  sandbox.faults.set({ failAfter: { next: 1 } })
  const request = charge()
  const key = newId()
  await assert.rejects(post(sandbox, '/v1/payment_intents', request, key), /fetch failed/)
  const { charges } = await ledgerOf(sandbox, request)
  assert.equal(charges?.length, 1)
  const again = await post(sandbox, '/v1/payment_intents', request, key)
  assert.deepEqual([again.status, again.headers.get('idempotent-replayed')], [200, 'true'])
  assert.deepEqual([again.body], charges)
  const found = await get(sandbox, `/v1/payment_intents?payment_id=${request.metadata.payment_id}`)
  assert.deepEqual(found.body.data, charges)
})

test('treats refunds alike: failed before, or done and not answered', async (t) => {
  const sandbox = await sandboxFor(t, postgresUrl)
  const request = charge()
  const charged = await post(sandbox, '/v1/payment_intents', request)
  const body = { payment_intent: charged.body.id, amount: 700 }
  const key = newId()
  sandbox.faults.set({ failBefore: { next: 1 }, failAfter: { next: 1 } })
  assert.equal((await post(sandbox, '/v1/refunds', body, key)).status, 500)
  await assert.rejects(post(sandbox, '/v1/refunds', body, key), /fetch failed/)
  const again = await post(sandbox, '/v1/refunds', body, key)
  assert.deepEqual([again.status, again.headers.get('idempotent-replayed'), again.body.amount], [200, 'true', 700])
  assert.equal((await ledgerOf(sandbox, request)).refunds?.length, 1)
})

test('takes shares from the environment: 1 is always, and a replay is answered all the same', async (t) => {
  const before = await sandboxFor(t, postgresUrl, { env: { SANDBOX_FAIL_BEFORE: '1' } })
  assert.equal((await post(before, '/v1/payment_intents', charge())).status, 500)
  const later = await sandboxFor(t, postgresUrl, { env: { SANDBOX_FAIL_AFTER: '1' } })
  const request = charge()
  const key = newId()
  await assert.rejects(post(later, '/v1/payment_intents', request, key), /fetch failed/)
  assert.equal((await post(later, '/v1/payment_intents', request, key)).status, 200)
})

test('cuts one of ten requests at once with one key, and answers the others with that one charge', async (t) => {
  const sandbox = await sandboxFor(t, postgresUrl)
  sandbox.faults.set({ failAfter: { next: 1 } })
  const request = charge()
  const key = newId()
  const ten = Array.from({ length: 10 }, () => post(sandbox, '/v1/payment_intents', request, key))
  const settled = await Promise.allSettled(ten)
  assert.equal(settled.filter((one) => one.status === 'rejected').length, 1)
  assert.equal((await ledgerOf(sandbox, request)).charges?.length, 1)
})

test('lets another process set faults, and leaves alone what it does not name', async (t) => {
  const sandbox = await sandboxFor(t, postgresUrl)
  const set = await post(sandbox, '/test/faults', { failBefore: { next: 1 } }, null)
  assert.deepEqual(set.body, { latencyMs: 0, failBefore: { next: 1 }, failAfter: 0 })
  assert.equal((await post(sandbox, '/v1/payment_intents', charge())).status, 500)
  await post(sandbox, '/test/faults', { latencyMs: 1 }, null)
  assert.deepEqual((await get(sandbox, '/test/faults')).body, { latencyMs: 1, failBefore: { next: 0 }, failAfter: 0 })
  for (const wrong of [{ failBefore: 2 }, { latencyMs: -1 }, { failAfter: { next: -1 } }, { explode: true }]) {
    assert.equal((await post(sandbox, '/test/faults', wrong, null)).status, 400)
  }
})
