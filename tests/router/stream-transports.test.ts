import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CLOCK_SKEW_S } from '#platform/auth/tokens.ts'
import { revokeSessions } from '#platform/auth/revocations.ts'
import { createRedis } from '#platform/live/redis.ts'
import { freshRedis } from '../support/backing.ts'
import { type Operation, postGraphQL } from '../support/client.ts'
import { quiet } from '../support/quiet.ts'
import { waitUntil } from '../support/wait-until.ts'
import { compose, startGraph } from './fixtures/graph.ts'
import { serveTokens, startTestRouter } from './fixtures/router.ts'
import { STREAM_CLIENTS } from './fixtures/stream-clients.ts'
import { errorsOf, next } from './fixtures/streamed.ts'

const graph = await startGraph()
const tokens = await serveTokens()
const redis = await freshRedis()
const connection = createRedis(redis.url, quiet)
const env = { JWKS_URL: tokens.jwksUrl, REDIS_URL: redis.url }
const router = await startTestRouter(graph.supergraphSdl, env)
const nobodyListens = () => waitUntil('the sources are free', () => graph.subscribers() === 0)

for (const [name, client] of Object.entries(STREAM_CLIENTS)) {
  const subscribe = (document: string, options: Omit<Operation, 'document'> = {}) =>
    client(router.url, { document, ...options })

  test(`${name}: the current state at once, then every change, completed from other subgraphs`, async () => {
    graph.setPrice(100)
    const events = subscribe('subscription($id: ID!) { priceChanged(id: $id) { price stock reviews { text } } }', {
      variables: { id: '1' },
    })
    const reviews = [{ text: 'good 1' }, { text: 'fair' }]
    assert.deepEqual((await next(events)).data, { priceChanged: { price: 100, stock: 10, reviews } })
    for (const price of [101, 102]) {
      graph.setPrice(price)
      assert.deepEqual((await next(events)).data, { priceChanged: { price, stock: 10, reviews } })
    }
    await events.return?.()
    await nobodyListens()
  })

  test(`${name}: denied fields of an event are null with their path, and a denied root field is refused`, async () => {
    const events = subscribe('subscription { priceChanged(id: 1) { id cost } }')
    const { data, errors } = await next(events)
    assert.deepEqual([data, errors?.[0]?.path], [{ priceChanged: { id: '1', cost: null } }, ['priceChanged', 'cost']])
    await events.return?.()
    const [refusal] = await errorsOf(subscribe('subscription { costChanged { id } }'))
    assert.equal(refusal?.extensions?.['code'], 'UNAUTHORIZED_FIELD_OR_TYPE')
    const allowed = subscribe('subscription { costChanged { id } }', { token: tokens.token() })
    assert.deepEqual((await next(allowed)).data, { costChanged: { id: '1' } })
    await allowed.return?.()
  })

  test(`${name}: the source's own refusal comes with its code`, async () => {
    const [error] = await errorsOf(subscribe('subscription { failing { id } }'))
    assert.deepEqual([error?.message, error?.extensions?.['code']], ['no such product', 'NOT_FOUND'])
  })

  test(`${name}: wrong variables are refused with a code`, async () => {
    const document = 'subscription($id: ID!) { priceChanged(id: $id) { id } }'
    const [error] = await errorsOf(subscribe(document, { variables: { id: {} } }))
    assert.equal(error?.extensions?.['code'], 'BAD_USER_INPUT')
  })

  test(`${name}: ends with UNAUTHENTICATED when the session is revoked`, async () => {
    const token = tokens.token({ sessionId: `leaving-${name.replaceAll(' ', '-')}` })
    const events = subscribe('subscription { costChanged { id } }', { token })
    await next(events)
    await revokeSessions(connection, [`leaving-${name.replaceAll(' ', '-')}`], Date.now() + 60_000)
    const { errors } = await next(events)
    assert.deepEqual(
      [errors?.[0]?.message, errors?.[0]?.extensions],
      ['authorization: the session has ended', { code: 'UNAUTHENTICATED' }],
    )
    assert.equal((await events.next()).done, true)
    assert.equal((await postGraphQL(router.url, { document: '{ __typename }', token })).status, 401)
  })

  test(`${name}: a token that does not hold opens nothing`, async () => {
    const events = subscribe('subscription { priceChanged(id: 1) { id } }', { token: tokens.forged() })
    await assert.rejects(events.next())
    assert.equal(graph.subscribers(), 0)
  })
}

test('on every transport ends with UNAUTHENTICATED when the token expires', async () => {
  const token = tokens.token({ ttlS: 2 - CLOCK_SKEW_S })
  const all = Object.values(STREAM_CLIENTS).map((client) =>
    client(router.url, { document: 'subscription { costChanged { id } }', token }),
  )
  for (const events of all) await next(events)
  for (const events of all) {
    const { errors } = await next(events)
    assert.deepEqual(
      [errors?.[0]?.message, errors?.[0]?.extensions],
      ['authorization: the access token has expired', { code: 'UNAUTHENTICATED' }],
    )
    assert.equal((await events.next()).done, true)
  }
  await nobodyListens()
})

test('on every transport ends with SUBSCRIPTION_SCHEMA_RELOAD once the new supergraph serves', async () => {
  const small = compose([graph.catalog, graph.stock])
  const all = Object.values(STREAM_CLIENTS).map((client) =>
    client(router.url, { document: 'subscription { priceChanged(id: 1) { price stock __typename } }' }),
  )
  for (const events of all) await next(events)
  assert.equal(graph.subscribers(), 1, 'all transports share one source')
  assert.equal(await router.reload(small), true)
  for (const events of all) {
    const { errors } = await next(events)
    assert.equal(errors?.[0]?.extensions?.['code'], 'SUBSCRIPTION_SCHEMA_RELOAD')
    assert.equal((await events.next()).done, true)
  }
  const { errors } = await postGraphQL(router.url, { document: '{ product(id: 1) { reviews { text } } }' })
  assert.equal(errors?.[0]?.extensions?.['code'], 'GRAPHQL_VALIDATION_FAILED', 'the new one serves')
  await nobodyListens()
})

test('a stopping router ends every stream and stops', async () => {
  const leaving = await startTestRouter(graph.supergraphSdl)
  const all = Object.values(STREAM_CLIENTS).map((client) =>
    client(leaving.url, { document: 'subscription { priceChanged(id: 1) { price } }' }),
  )
  for (const events of all) await next(events)
  await leaving.stop()
  const [socket, distinct, single, multipart] = all
  assert.ok(socket && distinct && single && multipart)
  // Their clients connect again by themselves, were they let.
  for (const events of [socket, distinct, single]) await assert.rejects(events.next())
  assert.equal((await next(multipart)).errors?.[0]?.extensions?.['code'], 'SUBSCRIPTION_GOING_AWAY')
  await nobodyListens()
})

test.after(async () => {
  connection.disconnect()
  await redis.stop()
})
