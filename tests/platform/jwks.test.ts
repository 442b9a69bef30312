import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { test } from 'node:test'
import { createRemoteJwks, readServiceKeys } from '#platform/auth/jwks.ts'
import { generateSigningKeyPem, type PublicJwk, readSigningKey } from '#platform/auth/keys.ts'
import { answerJson, close, listen } from '#platform/runtime/http.ts'
import type { TestContext } from 'node:test'
import { waitUntil } from '../support/wait-until.ts'

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

test('leaves out what it can’t verify with: symmetric keys, keys to encrypt with, unknown kinds, keys without an id', async (t) => {
  const { state, keys } = await keyServer(t)
  const { kid: _kid, ...anonymous } = second.publicJwk
  state.keys = [
    { kty: 'oct', k: 'c2VjcmV0', kid: 'shared' },
    { ...first.publicJwk, kid: 'encrypts', use: 'enc' },
    { kty: 'OKP-of-tomorrow', kid: 'new' },
    anonymous,
    first.publicJwk,
  ] as never
  for (const kid of ['shared', 'encrypts', 'new', 'undefined']) assert.equal(await keys(kid), undefined, kid)
  assert.ok(await keys(first.kid))
})

test('takes RSA keys, too', async (t) => {
  const { state, keys } = await keyServer(t)
  const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  state.keys = [{ ...publicKey.export({ format: 'jwk' }), kid: 'r' }] as never
  assert.equal((await keys('r'))?.asymmetricKeyType, 'rsa')
})

test('a key that was taken back is trusted for five minutes more', async (t) => {
  const { state, clock, keys } = await keyServer(t)
  assert.ok(await keys(first.kid))
  state.keys = [second.publicJwk]
  clock.ms += 5 * 60_000 - 1
  assert.ok(await keys(first.kid))
  clock.ms += 1
  await waitUntil('it is known to be taken back', async () => (await keys(first.kid)) === undefined)
  assert.ok(await keys(second.kid))
})

test('reads the keys of services by name, and no others', () => {
  const keys = readServiceKeys(JSON.stringify({ orders: first.publicJwk }))
  assert.equal(keys.byKid.get(first.kid)?.service, 'orders')
  assert.throws(() => readServiceKeys(JSON.stringify({ stranger: first.publicJwk })))
  assert.throws(() => readServiceKeys('nonsense'))
})
