import assert from 'node:assert/strict'
import { test } from 'node:test'
import { UNSEEN } from '#platform/telemetry/unseen-traces.ts'
import { Forwarded } from '../../router/headers/forwarded.ts'
import { createAuthenticator } from '../../router/security/authenticate.ts'

const authenticate = createAuthenticator({
  verify: async (token) => ({
    userId: token,
    sessionId: undefined,
    scopes: new Set(),
    claims: {},
    expiresAtMs: Date.now() + 60_000,
  }),
  isRevoked: () => false,
})

async function identityOf(authorization: string, more: Record<string, string> = {}): Promise<string> {
  const { authorization: sent, tokenName } = await authenticate(authorization)
  return new Forwarded({ ...more, authorization: sent ?? '' }, tokenName).identity
}

test('a token that was verified is told from every other one, and from what a header can say', async () => {
  const [ana, again, ben] = [
    await identityOf('Bearer ana'),
    await identityOf('Bearer ana'),
    await identityOf('Bearer ben'),
  ]
  assert.equal(again, ana)
  assert.notEqual(ben, ana)
  assert.match((await authenticate('Bearer ana')).tokenName ?? '', /\n/)
  assert.notEqual(await identityOf('Bearer ana', { 'x-tenant': 'north' }), ana)
})

test('ids and the address of the client change no answer; a token that was not verified does, as it is', () => {
  const of = (headers: Record<string, string>) => new Forwarded(headers).identity
  assert.equal(of({ 'x-request-id': '1', 'x-client-address': '::1', traceparent: 'a' }), of({ 'x-request-id': '2' }))
  assert.notEqual(of({ authorization: 'Bearer ana' }), of({ authorization: 'Bearer ben' }))
})

test('of a trace that nobody records subgraphs hear another id for each request, or the client’s own', () => {
  const sentFor = (traceparent: string) => {
    const forwarded = new Forwarded({ traceparent })
    const [query = [], mutation = []] = [true, false].map((isQuery) => forwarded.listFor({ isQuery }))
    const [sent = '', again] = [query, mutation].map((list) => list[list.indexOf('traceparent') + 1])
    assert.equal(again, sent, 'the calls of a request are of one trace')
    return sent
  }
  const made = [sentFor(UNSEEN), sentFor(UNSEEN)]
  for (const sent of made) assert.match(sent, /^00-[\da-f]{32}-[\da-f]{16}-00$/)
  assert.equal(new Set([...made, UNSEEN]).size, 3)
  const own = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-00`
  assert.equal(sentFor(own), own)
})
