import assert from 'node:assert/strict'
import { test } from 'node:test'
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
