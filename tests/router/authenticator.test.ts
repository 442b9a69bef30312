import assert from 'node:assert/strict'
import { mock, test } from 'node:test'
import { createAuthenticator } from '../../router/security/authenticate.ts'

const MINUTE_MS = 60_000

/** An authenticator whose tokens are their users, and their sessions; `ended` are the sessions that were ended. */
function startAuthenticator() {
  const verified: string[] = []
  const ended = new Set<string>()
  const authenticate = createAuthenticator({
    verify: async (token) => {
      verified.push(token)
      return {
        userId: token,
        sessionId: token,
        scopes: new Set(),
        claims: {},
        expiresAtMs: Date.now() + 20 * MINUTE_MS,
      }
    },
    isRevoked: (sessionId) => ended.has(sessionId),
  })
  const ask = async (token: string, connection?: object) => {
    const { viewer } = await authenticate(`Bearer ${token}`, connection)
    return viewer.kind === 'user' ? viewer.userId : viewer.kind
  }
  return { ask, verified, ended }
}

test('people who share a connection are told apart, and each token is verified once', async () => {
  const { ask, verified } = startAuthenticator()
  const [one, other] = [{}, {}]
  for (const connection of [one, other, undefined, one])
    for (const token of ['ana', 'ben', 'ben', 'ana']) assert.equal(await ask(token, connection), token)
  assert.deepEqual(verified, ['ana', 'ben'])
})

test('a session that has ended is refused on the connection that has sent it before; a token is verified again in time', async () => {
  mock.timers.enable({ apis: ['Date'] })
  try {
    const { ask, verified, ended } = startAuthenticator()
    const connection = {}
    await ask('ana', connection)
    ended.add('ana')
    await assert.rejects(ask('ana', connection), /the session has ended/)
    await ask('ben', connection)
    mock.timers.tick(6 * MINUTE_MS)
    await ask('ben', connection)
    assert.deepEqual(verified, ['ana', 'ben', 'ben'])
  } finally {
    mock.timers.reset()
  }
})

test('a token that expires between two requests of a connection is refused', async () => {
  mock.timers.enable({ apis: ['Date'] })
  try {
    const authenticate = createAuthenticator({
      verify: async () => ({
        userId: 'ana',
        sessionId: undefined,
        scopes: new Set(),
        claims: {},
        expiresAtMs: Date.now() + MINUTE_MS,
      }),
      isRevoked: () => false,
    })
    const connection = {}
    await authenticate('Bearer ana', connection)
    mock.timers.tick(MINUTE_MS)
    await assert.rejects(authenticate('Bearer ana', connection), /jwt expired/)
  } finally {
    mock.timers.reset()
  }
})
