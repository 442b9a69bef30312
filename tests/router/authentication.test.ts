import assert from 'node:assert/strict'
import { createHmac, generateKeyPairSync } from 'node:crypto'
import { after, test } from 'node:test'
import jwt from 'jsonwebtoken'
import { answerJson, close, listen } from '#platform/runtime/http.ts'
import { postGraphQL } from '../support/client.ts'
import { startGraph } from './fixtures/graph.ts'
import { serveTokens, startTestRouter } from './fixtures/router.ts'

const ISSUER = 'https://id.example.com/'
const AUDIENCE = 'https://shop.example.com'

const graph = await startGraph()
const tokens = await serveTokens()
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
const others = await serveKeys({ ...rsa.publicKey.export({ format: 'jwk' }), kid: 'rsa-1', use: 'sig', alg: 'RS256' })
const elsewhere = { issuer: ISSUER, audience: [AUDIENCE], algorithms: ['RS256' as const], types: ['JWT'] }
const router = await startTestRouter(
  graph.supergraphSdl,
  { JWKS_URL: tokens.jwksUrl },
  { authentication: { jwks: [{ url: others, ...elsewhere }] } },
)

async function serveKeys(...keys: object[]): Promise<string> {
  const { server, url } = await listen(
    { paths: {}, otherwise: (_request, response) => answerJson(response, 200, { keys }) },
    { host: '127.0.0.1', port: 0 },
  )
  after(() => close(server))
  return `${url}/keys`
}

const claims = { sub: 'u9', scope: ['cost:read'], iss: ISSUER, aud: [AUDIENCE, 'another'] }
const sign = (payload: object = claims, options: jwt.SignOptions = {}) =>
  jwt.sign(payload, rsa.privateKey, { algorithm: 'RS256', keyid: 'rsa-1', expiresIn: 60, ...options })
const ask = (token: string, document = '{ product(id: 1) { cost } }') => postGraphQL(router.url, { document, token })

async function assertRefused(token: string, reason: RegExp): Promise<void> {
  const { status, errors } = await ask(token)
  assert.deepEqual([status, errors?.[0]?.extensions?.['code']], [401, 'UNAUTHENTICATED'])
  assert.match(errors?.[0]?.message ?? '', reason)
}

test('takes the tokens of several JWK Sets, each with the rules of its own', async () => {
  const own = await ask(tokens.token({ scopes: ['cost:read'] }))
  const foreign = await ask(sign())
  for (const answer of [own, foreign]) assert.deepEqual(answer.data, { product: { cost: 60 } })
})

test('reads scopes as text, as a list, and by the name of scp', async () => {
  const { scope: _scope, ...scopeless } = claims
  for (const scopes of [{ scope: 'other cost:read' }, { scp: ['cost:read'] }, { scp: 'cost:read' }])
    assert.deepEqual((await ask(sign({ ...scopeless, ...scopes }))).data, { product: { cost: 60 } })
  assert.deepEqual((await ask(sign(scopeless))).data, { product: { cost: null } })
})

test('refuses another issuer, another audience, another type and another algorithm', async () => {
  await assertRefused(sign({ ...claims, iss: 'https://evil.example.com/' }), /type and an issuer/)
  await assertRefused(sign({ ...claims, aud: 'another' }), /audience/)
  await assertRefused(sign(claims, { header: { alg: 'RS256', typ: 'dpop+jwt' } }), /type and an issuer/)
  await assertRefused(sign(claims, { algorithm: 'PS256' }), /invalid algorithm/)
})

test('refuses the issuer of one set on a token that another set signed', async () => {
  const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const token = jwt.sign(claims, stranger.privateKey, { algorithm: 'ES256', keyid: 'rsa-1', expiresIn: 60 })
  await assertRefused(token, /invalid algorithm/)
})

test('refuses a token that is not signed, and one that is signed with the public key as if it were a password', async () => {
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const payload = encode({ ...claims, exp: Math.floor(Date.now() / 1000) + 60 })
  for (const alg of ['none', 'None'])
    await assertRefused(
      `${encode({ alg, kid: 'rsa-1' })}.${payload}.`,
      /signature is required|invalid algorithm|signed JWT/,
    )
  const pem = rsa.publicKey.export({ type: 'spki', format: 'pem' })
  const unsigned = `${encode({ alg: 'HS256', typ: 'JWT', kid: 'rsa-1' })}.${payload}`
  const signature = createHmac('sha256', pem).update(unsigned).digest('base64url')
  await assertRefused(`${unsigned}.${signature}`, /invalid algorithm/)
})

test('refuses a token without an end, and one without an owner', async () => {
  await assertRefused(jwt.sign(claims, rsa.privateKey, { algorithm: 'RS256', keyid: 'rsa-1' }), /exp/)
  const { sub: _sub, ...nobodys } = claims
  await assertRefused(sign(nobodys), /sub/)
})

test('takes a token for as long as clocks may differ, before its time and after it', async () => {
  assert.equal((await ask(tokens.token({ ttlS: -2 }))).status, 200)
  await assertRefused(tokens.token({ ttlS: -7 }), /jwt expired/)
  assert.equal((await ask(sign(claims, { notBefore: 3 }))).status, 200)
  await assertRefused(sign(claims, { notBefore: 60 }), /jwt not active/)
  const strict = await startTestRouter(
    graph.supergraphSdl,
    { JWKS_URL: tokens.jwksUrl },
    { authentication: { clockSkewS: 0 } },
  )
  const late = await postGraphQL(strict.url, { document: '{ __typename }', token: tokens.token({ ttlS: -2 }) })
  assert.equal(late.status, 401)
})

test('a set that is away holds up the tokens of no other', async () => {
  const lame = await startTestRouter(
    graph.supergraphSdl,
    { JWKS_URL: tokens.jwksUrl },
    { authentication: { jwks: [{ url: 'http://127.0.0.1:1/keys' }] } },
  )
  const answer = await postGraphQL(lame.url, { document: '{ __typename }', token: tokens.token() })
  assert.equal(answer.status, 200)
})
