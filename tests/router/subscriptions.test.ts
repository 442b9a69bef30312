import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { subscribeGraphQL } from '../support/client.ts'
import { waitUntil } from '../support/wait-until.ts'
import { startGraph } from './fixtures/graph.ts'
import { serveTokens, startTestRouter } from './fixtures/router.ts'
import { errorsOf, next } from './fixtures/streamed.ts'

const graph = await startGraph()
const tokens = await serveTokens()
const router = await startTestRouter(graph.supergraphSdl, { JWKS_URL: tokens.jwksUrl })

const subscribe = (
  document: string,
  options: { token?: string; variables?: object; headers?: Record<string, string> } = {},
) => subscribeGraphQL(router.wsUrl, { document, ...options })

const nobodyListens = () => waitUntil('the source is free', () => graph.subscribers() === 0)

test('answers with the current state at once and then with every change, completed from other subgraphs', async () => {
  graph.setPrice(100)
  const events = subscribe(
    'subscription($id: ID!) { changed: priceChanged(id: $id) { __typename now: price stock reviews { text author { name } } } }',
    { variables: { id: '1' } },
  )
  const reviews = [
    { text: 'good 1', author: { name: 'name of u1' } },
    { text: 'fair', author: null },
  ]
  assert.deepEqual((await next(events)).data, { changed: { __typename: 'Product', now: 100, stock: 10, reviews } })
  for (const price of [101, 102, 103]) {
    graph.setPrice(price)
    assert.deepEqual((await next(events)).data, { changed: { __typename: 'Product', now: price, stock: 10, reviews } })
  }
  await events.return?.()
})

test('keeps the order of events that come together', async () => {
  const events = subscribe('subscription { priceChanged(id: 1) { price stock } }')
  await next(events)
  const prices = Array.from({ length: 40 }, (_, index) => 500 + index)
  for (const price of prices) graph.setPrice(price)
  const seen: number[] = []
  while (seen.length < prices.length) seen.push((await next(events)).data.priceChanged.price)
  assert.deepEqual(seen, prices)
  await events.return?.()
})

test('frees the source as soon as the client leaves, without waiting for an event', async () => {
  const events = subscribe('subscription { priceChanged(id: 1) { id stock } }')
  await next(events)
  assert.equal(graph.subscribers(), 1)
  await events.return?.()
  await nobodyListens()
})

test('completes an event though another subgraph is down, and says where', async () => {
  const events = subscribe('subscription { priceChanged(id: 1) { name stock } }')
  await next(events)
  await graph.stock.stop()
  graph.setPrice(7)
  const { data, errors } = await next(events)
  await graph.stock.restart()
  assert.deepEqual(data, { priceChanged: { name: 'Headphones', stock: null } })
  assert.deepEqual(
    errors?.map(({ path, extensions }) => [path, extensions?.['code']]),
    [[['priceChanged', 'stock'], 'DOWNSTREAM_SERVICE_ERROR']],
  )
  graph.setPrice(8)
  assert.deepEqual((await next(events)).data, { priceChanged: { name: 'Headphones', stock: 10 } })
  await events.return?.()
})

test('lets the null of a non-null field rise in an event', async () => {
  await nobodyListens()
  const events = subscribe('subscription { maybeChanged { id shelf } }')
  await waitUntil('subscribed', () => graph.subscribers() === 1)
  await graph.stock.stop()
  graph.setPrice(9)
  const { data, errors } = await next(events)
  await graph.stock.restart()
  assert.deepEqual([data, errors?.[0]?.path], [{ maybeChanged: null }, ['maybeChanged', 'shelf']])
  await events.return?.()
})

test('denies fields of an event as it does those of a query', async () => {
  const document = 'subscription { priceChanged(id: 1) { id cost ...Hidden } } fragment Hidden on Product { counted }'
  const events = subscribe(document)
  const { data, errors } = await next(events)
  assert.deepEqual(data, { priceChanged: { id: '1', cost: null, counted: null } })
  assert.deepEqual(
    errors?.map(({ path }) => path?.join('.')),
    ['priceChanged.cost', 'priceChanged.counted'],
  )
  await events.return?.()
  const allowed = subscribe(document, { token: tokens.token({ scopes: ['cost:read', 'stock:read'] }) })
  assert.deepEqual((await next(allowed)).data, { priceChanged: { id: '1', cost: 60, counted: 7 } })
  await allowed.return?.()
})

test('refuses a subscription whose root field is denied, and never asks for it', async () => {
  graph.catalog.connections.length = 0
  const [error] = await errorsOf(subscribe('subscription { secret: costChanged { id } }'))
  assert.deepEqual([error?.extensions?.['code'], error?.path], ['UNAUTHORIZED_FIELD_OR_TYPE', ['secret']])
  assert.equal(graph.catalog.connections.length, 0)
  const events = subscribe('subscription { costChanged { id } }', { token: tokens.token() })
  assert.deepEqual((await next(events)).data, { costChanged: { id: '1' } })
  await events.return?.()
})

test('refuses @skip and @include at the root of a subscription with a clear error', async () => {
  for (const document of [
    'subscription($off: Boolean = true) { priceChanged(id: 1) @skip(if: $off) { id } }',
    'subscription { ...F @include(if: false) } fragment F on Subscription { priceChanged(id: 1) { id } }',
    'subscription { ...F } fragment F on Subscription { ... @skip(if: true) { priceChanged(id: 1) { id } } }',
  ]) {
    const [error] = await errorsOf(subscribe(document))
    assert.match(error?.message ?? '', /neither @skip nor @include/)
    assert.equal(error?.extensions?.['code'], 'GRAPHQL_VALIDATION_FAILED')
  }
})

test('refuses what is not valid, not parsable or not there', async () => {
  assert.equal(
    (await errorsOf(subscribe('subscription { nope }')))[0]?.extensions?.['code'],
    'GRAPHQL_VALIDATION_FAILED',
  )
  assert.equal((await errorsOf(subscribe('subscription {')))[0]?.extensions?.['code'], 'GRAPHQL_PARSE_FAILED')
  assert.equal(
    (await errorsOf(subscribe('query A { __typename } query B { __typename }')))[0]?.extensions?.['code'],
    'OPERATION_RESOLUTION_FAILURE',
  )
  const [invalid] = await errorsOf(
    subscribe('subscription($id: ID!) { priceChanged(id: $id) { id } }', { variables: { id: {} } }),
  )
  assert.equal(invalid?.extensions?.['code'], 'BAD_USER_INPUT')
})

test("passes on the source's own refusal, with its code", async () => {
  const [error] = await errorsOf(subscribe('subscription { failing { id } }'))
  assert.deepEqual([error?.message, error?.extensions?.['code']], ['no such product', 'NOT_FOUND'])
})

test('answers queries and mutations over the socket too', async () => {
  const query = subscribe('{ product(id: 2) { name stock cost } }')
  const { data, errors } = await next(query)
  assert.deepEqual(data, { product: { name: 'Watch', stock: 20, cost: null } })
  assert.equal(errors?.[0]?.extensions?.['code'], 'UNAUTHORIZED_FIELD_OR_TYPE')
  assert.equal((await query.next()).done, true)
  assert.deepEqual((await next(subscribe('mutation { rename(id: 1, name: "by socket") { name } }'))).data, {
    rename: { name: 'by socket' },
  })
})

test('masks an error of a query over the socket', async () => {
  const { data, errors } = await next(subscribe('{ broken(message: "at 10.0.0.1") }'))
  assert.deepEqual([data, errors?.[0]?.message], [{ broken: null }, 'a part of the graph failed'])
})

test('every trap that docs/subscriptions.md names has the test that it names', () => {
  const page = readFileSync(new URL('../../docs/subscriptions.md', import.meta.url), 'utf8')
  const traps = [...page.matchAll(/^\| .+ \| (.+) \| `(.+\.test\.ts)` \|$/gm)]
  assert.ok(traps.length > 0)
  for (const [, name = '', file] of traps)
    assert.ok(readFileSync(new URL(`../${file}`, import.meta.url), 'utf8').includes(`'${name}'`), `${file}: ${name}`)
})
