import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createRemoteJwks, readServiceKeys } from '#platform/auth/jwks.ts'
import { generateSigningKeyPem, type PublicJwk, readSigningKey } from '#platform/auth/keys.ts'
import { answerJson, close, listen } from '#platform/runtime/http.ts'
import type { TestContext } from 'node:test'

const [first, second] = [readSigningKey(generateSigningKeyPem()), readSigningKey(generateSigningKeyPem())]

/** A server of keys that can be changed, and that counts how often it is asked. */
async function keyServer(t: TestContext) {
  const state = { keys: [first.publicJwk] as PublicJwk[], status: 200, asked: 0 }
  const answer = (_request: unknown, response: Parameters<typeof answerJson>[0]) => {
    state.asked += 1
    answerJson(response, state.status, { keys: state.keys })
  }
  const { server, url } = await listen({ paths: {}, otherwise: answer }, { host: '127.0.0.1', port: 0 })
  t.after(() => close(server))
  const clock = { ms: 1_000 }
  return { state, clock, keys: createRemoteJwks(url, { now: () => clock.ms }) }
}

test('asks once for many who need the keys at the same time, and then remembers', async (t) => {
  const { state, keys } = await keyServer(t)
  const found = await Promise.all(Array.from({ length: 20 }, () => keys(first.kid)))
  assert.ok(found.every((key) => key?.asymmetricKeyType === 'ec'))
  await keys(first.kid)
  assert.equal(state.asked, 1)
})

test('an unknown key makes it look again, but not each time', async (t) => {
  const { state, clock, keys } = await keyServer(t)
  await keys(first.kid)
  state.keys.push(second.publicJwk)
  for (let n = 0; n < 10; n += 1) assert.equal(await keys(second.kid), undefined)
  assert.equal(state.asked, 1)
  clock.ms += 5_000
  assert.ok(await keys(second.kid))
  assert.equal(state.asked, 2)
})

test('while the keys can’t be had, known ones hold, unknown ones throw, and nobody is asked without pause', async (t) => {
  const { state, clock, keys } = await keyServer(t)
  await keys(first.kid)
  state.status = 500
  clock.ms += 5_000
  for (let n = 0; n < 10; n += 1) await assert.rejects(keys(second.kid), /expected a JWK Set/)
  assert.equal(state.asked, 2)
  assert.ok(await keys(first.kid))
  state.status = 200
  state.keys.push(second.publicJwk)
  clock.ms += 500
  assert.ok(await keys(second.kid))
})

test('keys of another kind are no keys', async (t) => {
  const { state, keys } = await keyServer(t)
  state.keys = [{ ...first.publicJwk, kty: 'RSA' }]
  await assert.rejects(keys(first.kid), /JWK Set/)
})

test('reads the keys of services by name, and no others', () => {
  const keys = readServiceKeys(JSON.stringify({ orders: first.publicJwk }))
  assert.equal(keys.byKid.get(first.kid)?.service, 'orders')
  assert.throws(() => readServiceKeys(JSON.stringify({ stranger: first.publicJwk })))
  assert.throws(() => readServiceKeys('nonsense'))
})
