import assert from 'node:assert/strict'
import { createHmac, createPublicKey } from 'node:crypto'
import { test } from 'node:test'
import jwt from 'jsonwebtoken'
import { generateKeys } from '#platform/auth/generate-keys.ts'
import { readServiceKeys } from '#platform/auth/jwks.ts'
import { generateSigningKeyPem, readPublicKey, readSigningKey } from '#platform/auth/keys.ts'
import {
  CLOCK_SKEW_S,
  isServiceToken,
  type KeyLookup,
  signAccessToken,
  signServiceToken,
  verifyAccessToken,
  verifyServiceToken,
} from '#platform/auth/tokens.ts'
import { GUEST, hasScope, personOf, SCOPES_BY_ROLE } from '#platform/auth/viewer.ts'

const keys = generateKeys()
const signing = readSigningKey(keys.tokenSigningKey)
const publicKey = readPublicKey(signing.publicJwk)
const lookup: KeyLookup = async (kid) => (kid === signing.kid ? publicKey : undefined)
const services = readServiceKeys(keys.serviceJwks)
const orders = readSigningKey(keys.serviceKeys.orders)
const claims = {
  userId: 'u1',
  sessionId: 's1',
  role: 'ADMIN' as const,
  scopes: ['users:read', 'orders:read'],
  ttlS: 60,
}

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
const nowS = () => Math.floor(Date.now() / 1000)
const payload = () => ({ sub: 'u1', sid: 's1', role: 'ADMIN', scope: '', exp: nowS() + 60 })

/** A token whose header says whatever an attacker likes, signed with our key all the same. */
const signed = (header: object, body: object = payload()) =>
  jwt.sign(body, signing.privateKey, {
    algorithm: 'ES256',
    header: { alg: 'ES256', typ: 'at+jwt', kid: signing.kid, ...header },
  })

test('an access token says who, in which session, with which scopes, until when', async () => {
  const before = nowS()
  const { viewer, expiresAtMs } = await verifyAccessToken(signAccessToken(signing, claims), lookup)
  assert.deepEqual(viewer, {
    kind: 'user',
    userId: 'u1',
    sessionId: 's1',
    role: 'ADMIN',
    scopes: new Set(['users:read', 'orders:read']),
  })
  const takenForS = 60 + CLOCK_SKEW_S
  assert.ok(expiresAtMs >= (before + takenForS) * 1000 && expiresAtMs <= (nowS() + takenForS) * 1000)
})

test('refuses a token that is not signed at all', async () => {
  for (const alg of ['none', 'None', 'NONE']) {
    const token = `${encode({ alg, typ: 'at+jwt', kid: signing.kid })}.${encode(payload())}.`
    await assert.rejects(verifyAccessToken(token, lookup), alg)
  }
})

test('refuses a token that is signed with the public key as if it were a password', async () => {
  const pem = createPublicKey(signing.privateKey).export({ type: 'spki', format: 'pem' })
  for (const secret of [pem, JSON.stringify(signing.publicJwk)]) {
    const unsigned = `${encode({ alg: 'HS256', typ: 'at+jwt', kid: signing.kid })}.${encode(payload())}`
    const token = `${unsigned}.${createHmac('sha256', secret).update(unsigned).digest('base64url')}`
    await assert.rejects(verifyAccessToken(token, lookup), /invalid algorithm/)
  }
})

test('refuses another type of token, an unknown key and none', async () => {
  for (const typ of ['JWT', 'service+jwt', undefined]) {
    await assert.rejects(verifyAccessToken(signed({ typ }), lookup), /of type at\+jwt/)
  }
  await assert.rejects(verifyAccessToken(signed({ kid: 'other' }), lookup), /known key/)
  await assert.rejects(verifyAccessToken(signed({ kid: undefined }), lookup), /names its key/)
})

test('refuses a token that is changed, signed by a stranger, expired or no token', async () => {
  const [header, , signature] = signAccessToken(signing, claims).split('.')
  await assert.rejects(verifyAccessToken(`${header}.${encode(payload())}.${signature}`, lookup), /invalid signature/)
  const stranger = { ...readSigningKey(generateSigningKeyPem()), kid: signing.kid }
  await assert.rejects(verifyAccessToken(signAccessToken(stranger, claims), lookup), /invalid signature/)
  await assert.rejects(verifyAccessToken(signed({}, { ...payload(), exp: nowS() - 6 }), lookup), /jwt expired/)
  for (const text of ['', 'x', 'a.b.c', '..', 'e30.e30.']) await assert.rejects(verifyAccessToken(text, lookup))
})

test('refuses claims that are none of ours', async () => {
  const { exp: _exp, ...endless } = payload()
  for (const body of [
    { ...payload(), role: 'OWNER' },
    { ...payload(), sid: undefined },
    { ...payload(), scope: 7 },
    endless,
  ]) {
    await assert.rejects(verifyAccessToken(signed({}, body), lookup))
  }
})

test('a service token names caller and person, and holds for its audience only', async () => {
  const token = signServiceToken(orders, { from: 'orders', to: 'inventory', actorId: 'u1' })
  const { viewer } = await verifyServiceToken(token, 'inventory', services)
  assert.deepEqual(viewer, { kind: 'service', service: 'orders', actorId: 'u1' })
  await assert.rejects(verifyServiceToken(token, 'payments', services), /audience/)
  const alone = signServiceToken(orders, { from: 'orders', to: 'inventory', actorId: null })
  assert.equal(personOf((await verifyServiceToken(alone, 'inventory', services)).viewer), null)
})

test('refuses a service token in the name of another service', async () => {
  const forged = signServiceToken(orders, { from: 'payments', to: 'inventory', actorId: null })
  await assert.rejects(verifyServiceToken(forged, 'inventory', services), /signed by payments, it was signed by orders/)
  const stranger = { ...readSigningKey(generateSigningKeyPem()), kid: orders.kid }
  const foreign = signServiceToken(stranger, { from: 'orders', to: 'inventory', actorId: null })
  await assert.rejects(verifyServiceToken(foreign, 'inventory', services), /invalid signature/)
})

test('neither kind of token passes for the other', async () => {
  const access = signAccessToken(signing, claims)
  const service = signServiceToken(orders, { from: 'orders', to: 'inventory', actorId: null })
  assert.deepEqual([isServiceToken(access), isServiceToken(service), isServiceToken('x')], [false, true, false])
  await assert.rejects(verifyServiceToken(access, 'inventory', services), /of type service\+jwt/)
  await assert.rejects(verifyAccessToken(service, lookup), /of type at\+jwt/)
  const dressedUp = jwt.sign({ ...payload(), iss: 'orders' }, orders.privateKey, {
    algorithm: 'ES256',
    header: { alg: 'ES256', typ: 'at+jwt', kid: orders.kid },
  })
  await assert.rejects(verifyAccessToken(dressedUp, lookup), /known key/)
})

test('reads a key whose line breaks are written out, as environment files have them', () => {
  const pem = generateSigningKeyPem()
  assert.equal(readSigningKey(pem.replaceAll('\n', '\\n')).kid, readSigningKey(pem).kid)
})

test('publishes no private part of a key', () => {
  assert.equal('d' in signing.publicJwk, false)
  assert.doesNotMatch(keys.serviceJwks, /"d":/)
})

test('scopes belong to people, never to services', () => {
  const user = {
    kind: 'user',
    userId: 'u',
    sessionId: 's',
    role: 'SUPPORT',
    scopes: new Set(SCOPES_BY_ROLE.SUPPORT),
  } as const
  const service = { kind: 'service', service: 'orders', actorId: 'u' } as const
  assert.deepEqual(
    [user, service, GUEST].map((viewer) => hasScope(viewer, 'orders:read')),
    [true, false, false],
  )
  assert.deepEqual([user, service, GUEST].map(personOf), ['u', 'u', null])
})
