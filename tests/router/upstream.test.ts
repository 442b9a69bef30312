import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { createClient } from 'graphql-ws'
import { WebSocket } from 'ws'
import { revokeSessions } from '#platform/auth/revocations.ts'
import { CLOCK_SKEW_S } from '#platform/auth/tokens.ts'
import { createRedis } from '#platform/live/redis.ts'
import { freshRedis } from '../support/backing.ts'
import { postGraphQL, subscribeGraphQL } from '../support/client.ts'
import { quiet } from '../support/quiet.ts'
import { waitUntil } from '../support/wait-until.ts'
import { startGraph } from './fixtures/graph.ts'
import { serveTokens, startTestRouter } from './fixtures/router.ts'
import { next } from './fixtures/streamed.ts'

const graph = await startGraph()
const tokens = await serveTokens()
const router = await startTestRouter(graph.supergraphSdl, { JWKS_URL: tokens.jwksUrl })
const PRICE = 'subscription { priceChanged(id: 1) { price } }'

const subscribe = (document: string, options: { token?: string; headers?: Record<string, string> } = {}) =>
  subscribeGraphQL(router.wsUrl, { document, ...options })

test('shares one connection and what is equal among the subscriptions of one identity, and nothing among two', async () => {
  await waitUntil('no connection is left', () => graph.catalog.openSockets() === 0)
  const [token, other] = [tokens.token(), tokens.token({ sessionId: 's2' })]
  const all = [
    subscribe(PRICE, { token }),
    subscribe(PRICE, { token }),
    subscribe(PRICE, { token: other }),
    subscribe(PRICE),
    subscribe(PRICE, { headers: { 'x-currency': 'EUR' } }),
  ]
  for (const events of all) await next(events)
  assert.equal(graph.subscribers(), 4)
  assert.equal(graph.catalog.openSockets(), 4)
  for (const events of all) await events.return?.()
  await waitUntil('nobody listens', () => graph.subscribers() === 0)
})

test('keeps an idle connection for a moment only', async () => {
  const events = subscribe(PRICE)
  await next(events)
  assert.ok(graph.catalog.openSockets() > 0)
  await events.return?.()
  await waitUntil('idle connections are closed', () => graph.catalog.openSockets() === 0)
})

test('tells the subgraph who asks in connection_init', async () => {
  const token = tokens.token({ sessionId: 's3' })
  const events = subscribe(PRICE, { token, headers: { 'X-Currency': 'CHF', 'x-request-id': 'r-7' } })
  await next(events)
  const { authorization, ...headers } = graph.catalog.connections.at(-1) ?? {}
  assert.equal(authorization, `Bearer ${token}`)
  assert.deepEqual(headers, { 'x-currency': 'CHF', 'x-request-id': 'r-7' })
  await events.return?.()
})

test('subscribes again when the connection is lost, and starts with the state as it is then', async () => {
  graph.setPrice(1)
  const events = subscribe(PRICE)
  assert.equal((await next(events)).data.priceChanged.price, 1)
  await graph.catalog.stop()
  graph.setPrice(2)
  await graph.catalog.restart()
  let price = 1
  while (price !== 2) price = (await next(events)).data.priceChanged.price
  graph.setPrice(3)
  while (price !== 3) price = (await next(events)).data.priceChanged.price
  await events.return?.()
})

test('ends at once with UNAUTHENTICATED or a failure when the subgraph refuses the connection', async () => {
  for (const [code, expected] of [
    [4400, 'DOWNSTREAM_SERVICE_ERROR'],
    [4401, 'UNAUTHENTICATED'],
    [4403, 'UNAUTHENTICATED'],
  ] as const) {
    graph.catalog.refuseSockets(code)
    const events = subscribe(PRICE, { headers: { 'x-currency': `C${code}` } })
    const { errors } = await next(events)
    assert.equal(errors?.[0]?.extensions?.['code'], expected)
    assert.equal((await events.next()).done, true)
  }
  graph.catalog.refuseSockets(undefined)
})

test('gives a subgraph that was never reached up soon, with a code', async () => {
  const alone = await startTestRouter(graph.supergraphSdl, {})
  await graph.catalog.stop()
  const events = subscribeGraphQL(alone.wsUrl, { document: PRICE })
  const { errors } = await next(events)
  await graph.catalog.restart()
  assert.equal(errors?.[0]?.extensions?.['code'], 'DOWNSTREAM_SERVICE_ERROR')
  assert.doesNotMatch(JSON.stringify(errors), /127\.0\.0\.1|ECONN/)
})

test('closes a socket whose token does not hold with 4401', async () => {
  for (const connectionParams of [
    { authorization: `Bearer ${tokens.forged()}` },
    { Authorization: 'Bearer x' },
    { authorization: `Bearer ${tokens.token({ ttlS: -60 })}` },
  ]) {
    const client = createClient({ url: router.wsUrl, webSocketImpl: WebSocket, connectionParams, retryAttempts: 0 })
    const failed = Promise.withResolvers<unknown>()
    client.subscribe(
      { query: PRICE },
      { next: failed.reject, error: failed.resolve, complete: () => failed.reject(new Error('completed')) },
    )
    const closed = (await failed.promise) as { code: number; reason: string }
    assert.deepEqual([closed.code, closed.reason], [4401, 'UNAUTHENTICATED'])
  }
})

test('takes the token under either spelling of its name', async () => {
  for (const name of ['authorization', 'Authorization']) {
    const events = subscribe('subscription { costChanged { id } }', { headers: { [name]: `Bearer ${tokens.token()}` } })
    assert.deepEqual((await next(events)).data, { costChanged: { id: '1' } })
    await events.return?.()
  }
})

test('ends a subscription with a code when its token expires', async () => {
  const events = subscribe('subscription { costChanged { id } }', { token: tokens.token({ ttlS: 2 - CLOCK_SKEW_S }) })
  await next(events)
  const { errors } = await next(events)
  assert.deepEqual(
    [errors?.[0]?.message, errors?.[0]?.extensions],
    ['authorization: the access token has expired', { code: 'UNAUTHENTICATED' }],
  )
  assert.equal((await events.next()).done, true)
  await waitUntil('nobody listens', () => graph.subscribers() === 0)
})

test('ends what a session holds when it is revoked, and takes its token no more', async () => {
  const redis = await freshRedis()
  const revoking = await startTestRouter(graph.supergraphSdl, { JWKS_URL: tokens.jwksUrl, REDIS_URL: redis.url })
  const connection = createRedis(redis.url, quiet)
  const token = tokens.token({ sessionId: 'leaving' })
  const events = subscribeGraphQL(revoking.wsUrl, { document: 'subscription { costChanged { id } }', token })
  await next(events)
  const last = next(events)
  await waitUntil('the revocation arrived', async () => {
    await revokeSessions(connection, ['leaving'], Date.now() + 60_000)
    return (await postGraphQL(revoking.url, { document: '{ __typename }', token })).status === 401
  })
  const { errors } = await last
  assert.deepEqual(
    [errors?.[0]?.message, errors?.[0]?.extensions?.['code']],
    ['authorization: the session has ended', 'UNAUTHENTICATED'],
  )
  await revoking.stop()
  connection.disconnect()
  await redis.stop()
})

test('serves no socket elsewhere, and closes those at /graphql with 1001 when it stops', async () => {
  const leaving = await startTestRouter(graph.supergraphSdl)
  const stray = new WebSocket(leaving.wsUrl.replace('/graphql', '/other'), 'graphql-transport-ws')
  const [failure] = await once(stray, 'error')
  assert.match(String(failure), /404/)
  const client = createClient({ url: leaving.wsUrl, webSocketImpl: WebSocket, retryAttempts: 0 })
  const started = Promise.withResolvers<void>()
  const closed = Promise.withResolvers<unknown>()
  client.subscribe(
    { query: PRICE },
    { next: () => started.resolve(), error: closed.resolve, complete: () => closed.reject(new Error('completed')) },
  )
  await started.promise
  await leaving.stop()
  assert.equal(((await closed.promise) as { code: number }).code, 1001)
})

test('finishes a query under way over a socket before it closes it, and does not wait for a client that is gone', async () => {
  const leaving = await startTestRouter(graph.supergraphSdl)
  const mute = new WebSocket(leaving.wsUrl, 'graphql-transport-ws')
  await once(mute, 'open')
  mute.pause()
  const held = graph.stock.hold()
  const answer = subscribeGraphQL(leaving.wsUrl, { document: '{ product(id: 1) { stock } }' }).next()
  await held.called
  const stopped = leaving.stop()
  held.release()
  assert.deepEqual((await answer).value.data, { product: { stock: 10 } })
  await stopped
  mute.terminate()
})

test('closes a socket that breaks the protocol and serves the others', async () => {
  for (const [message, code] of [
    ['not JSON', 4400],
    ['x'.repeat(1_100_000), 1009],
    [JSON.stringify({ type: 'subscribe', id: '1', payload: { query: PRICE } }), 4401],
  ] as const) {
    const socket = new WebSocket(router.wsUrl, 'graphql-transport-ws')
    await once(socket, 'open')
    socket.send(message)
    const [closedWith] = await once(socket, 'close')
    assert.equal(closedWith, code)
  }
  const events = subscribe(PRICE)
  await next(events)
  await events.return?.()
})

test('a subscription that lost its subgraph leaves it alone while its circuit is open', async () => {
  const breaker = { minimumCalls: 1, openMs: 800 }
  const guarded = await startTestRouter(graph.supergraphSdl, {}, { subgraphs: { all: { retries: 0, breaker } } })
  const events = subscribeGraphQL(guarded.wsUrl, { document: PRICE })
  await next(events)
  const before = graph.catalog.connections.length
  graph.catalog.answerWith({ status: 503, body: 'out of order' })
  await postGraphQL(guarded.url, { document: '{ product(id: 1) { name } }' })
  const openedAt = performance.now()
  graph.catalog.answerWith(undefined)
  graph.catalog.dropSockets()
  // The current state again, once it was asked again.
  await next(events)
  assert.equal(graph.catalog.connections.length, before + 1)
  // Left to itself it would have come back within a tenth of that.
  assert.ok(performance.now() - openedAt > 500, 'it waited for the circuit')
  await events.return?.()
})
