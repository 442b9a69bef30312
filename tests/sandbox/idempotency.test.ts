import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newId } from '#platform/kernel/ids.ts'
import { charge, ledgerOf, post, sandboxFor, usePostgres } from './support.ts'

const postgresUrl = await usePostgres()

test('requires an Idempotency-Key of at most 255 characters', async (t) => {
  const sandbox = await sandboxFor(t, postgresUrl)
  for (const key of [null, 'k'.repeat(256)]) {
    const { status, body } = await post(sandbox, '/v1/payment_intents', charge(), key)
    assert.deepEqual([status, body.error?.param], [400, 'Idempotency-Key'])
  }
})

test('replays the first answer for the same key, whatever the order of the fields, and charges once', async (t) => {
  const sandbox = await sandboxFor(t, postgresUrl)
  const request = charge()
  const key = `payment:${request.metadata.payment_id}`
  const first = await post(sandbox, '/v1/payment_intents', request, key)
  const second = await post(sandbox, '/v1/payment_intents', Object.fromEntries(Object.entries(request).reverse()), key)
  assert.equal(first.headers.get('idempotent-replayed'), null)
  assert.equal(second.headers.get('idempotent-replayed'), 'true')
  assert.deepEqual([second.status, second.body], [first.status, first.body])
  assert.equal((await ledgerOf(sandbox, request)).charges?.length, 1)
})

test('replays a decline as the same decline', async (t) => {
  const sandbox = await sandboxFor(t, postgresUrl)
  const request = charge({ payment_method: 'pm_card_chargeDeclined' })
  const key = newId()
  const first = await post(sandbox, '/v1/payment_intents', request, key)
  const second = await post(sandbox, '/v1/payment_intents', request, key)
  assert.deepEqual([second.status, second.body], [402, first.body])
  assert.equal((await ledgerOf(sandbox, request)).intents?.length, 1)
})

test('refuses a key that was used for something else', async (t) => {
  const sandbox = await sandboxFor(t, postgresUrl)
  const key = newId()
  const charged = await post(sandbox, '/v1/payment_intents', charge(), key)
  for (const [path, body] of [
    ['/v1/payment_intents', charge({ amount: 2_501 })],
    ['/v1/refunds', { payment_intent: charged.body.id }],
  ] as const) {
    const refused = await post(sandbox, path, body, key)
    assert.deepEqual([refused.status, refused.body.error?.type], [400, 'idempotency_error'])
  }
})

test('makes one charge of twenty requests at once with one key, and answers all of them alike', async (t) => {
  const sandbox = await sandboxFor(t, postgresUrl)
  const request = charge()
  const key = newId()
  const replies = await Promise.all(
    Array.from({ length: 20 }, () => post(sandbox, '/v1/payment_intents', request, key)),
  )
  assert.deepEqual(new Set(replies.map((reply) => reply.status)), new Set([200]))
  assert.equal(new Set(replies.map((reply) => reply.body.id)).size, 1)
  assert.equal(replies.filter((reply) => reply.headers.get('idempotent-replayed') === null).length, 1)
  assert.equal((await ledgerOf(sandbox, request)).charges?.length, 1)
})

test('makes one charge of one key sent to two copies of the sandbox at once', async (t) => {
  const copies = await Promise.all([sandboxFor(t, postgresUrl), sandboxFor(t, postgresUrl)])
  const request = charge()
  const key = newId()
  const replies = await Promise.all(
    [...copies, ...copies, ...copies].map((copy) => post(copy, '/v1/payment_intents', request, key)),
  )
  assert.equal(new Set(replies.map((reply) => reply.body.id)).size, 1)
  assert.equal((await ledgerOf(copies[0], request)).charges?.length, 1)
})

test('keeps different keys apart: thirty at once are thirty charges', async (t) => {
  const sandbox = await sandboxFor(t, postgresUrl)
  const request = charge()
  const replies = await Promise.all(Array.from({ length: 30 }, () => post(sandbox, '/v1/payment_intents', request)))
  assert.ok(replies.every((reply) => reply.status === 200))
  assert.equal((await ledgerOf(sandbox, request)).charges?.length, 30)
})
