import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { Redis } from 'ioredis'
import { createQueue } from '#platform/live/queue.ts'
import { readConfig } from '#platform/runtime/config.ts'
import { readRouterOptions } from '../../router/options/router-options.ts'
import { freshRedis } from '../support/backing.ts'
import { postGraphQL, subscribeGraphQL } from '../support/client.ts'
import { waitUntil } from '../support/wait-until.ts'
import { compose } from './fixtures/graph.ts'
import { serveTokens, startTestRouter } from './fixtures/router.ts'
import { startSubgraph } from './fixtures/subgraph.ts'

const SDL = `
  type Query { products(first: Int! = 2): [Product!] @listSize(slicingArguments: ["first"]) }
  type Mutation { touch: Product @cost(weight: 20) }
  type Subscription { changed: Product }
  type Product { id: ID! tags: [Tag!] @listSize(assumedSize: 4) }
  type Tag { name: String }
`
const product = { id: '1', tags: [{ name: 'a' }, { name: 'b' }] }
const shop = await startSubgraph('shop', SDL, {
  Query: {
    products: (_: unknown, { first }: { first: number }) => Array.from({ length: Math.min(first, 3) }, () => product),
  },
  Mutation: { touch: () => product },
  Subscription: {
    changed: {
      subscribe: () => {
        const queue = createQueue<object>(() => undefined)
        queue.push(product)
        return queue
      },
      resolve: (event: object) => event,
    },
  },
})
const supergraphSdl = compose([shop])
const redis = await freshRedis()
const reader = new Redis(redis.url)
after(async () => {
  reader.disconnect()
  await redis.stop()
  await shop.stop()
})
const tokens = await serveTokens()
const env = { REDIS_URL: redis.url, JWKS_URL: tokens.jwksUrl }
// 100 for each address, so that a test can be whoever it says in X-Forwarded-For.
const options = {
  limits: { maxCost: 60 },
  rateLimit: { costPerAddress: 100, costPerIdentity: 70 },
  clientAddress: { trustedProxies: ['127.0.0.1'] },
}
const router = await startTestRouter(supergraphSdl, env, options)

type Asking = { first: number; from?: string; token?: string; url?: string }

/** An operation that costs as much as `first` says. */
const ask = ({ first, from, token, url = router.url }: Asking) =>
  postGraphQL(url, {
    document: 'query ($first: Int!) { products(first: $first) { id } }',
    variables: { first },
    token,
    headers: from === undefined ? {} : { 'x-forwarded-for': from },
  })

// A document is charged for once more when it comes first: that is a test of its own.
await ask({ first: 0, from: '5.5.5.9' })

const metricsOf = async (base: string) => (await fetch(`${base}/metrics`)).text()

test('refuses what costs too much before any subgraph is asked, over HTTP and WebSocket', async () => {
  const document = '{ products(first: 13) { tags { name } } }'
  const calls = shop.calls.length
  const { status, errors } = await postGraphQL(router.url, { document })
  assert.equal(status, 400)
  const expected = { code: 'OPERATION_TOO_COSTLY', limit: 'cost', maximum: 60, actual: 13 * 5 }
  assert.deepEqual(errors?.[0]?.extensions, expected)
  assert.match(errors?.[0]?.message ?? '', /the operation costs up to 65, expected at most 60/)
  const overSocket = await subscribeGraphQL(router.wsUrl, { document }).next()
  assert.deepEqual(overSocket.value.errors[0].extensions, expected)
  assert.equal(shop.calls.length, calls)
  assert.match(await metricsOf(router.base), /agora_router_refused_total\{limit="cost"\} 2/)
})

test('tells the cost to whoever asks for it, estimated and actual', async () => {
  const operation = { document: '{ products(first: 5) { tags { name } } }', headers: { 'x-include-cost': '1' } }
  const cost = { estimated: 25, actual: 9, maximum: 60 }
  const asked = { ...operation, headers: { ...operation.headers, 'x-forwarded-for': '5.5.5.1' } }
  assert.deepEqual((await postGraphQL(router.url, asked)).extensions, { cost })
  assert.deepEqual((await subscribeGraphQL(router.wsUrl, operation).next()).value.extensions, { cost })
  const quiet = { ...operation, headers: { 'x-forwarded-for': '5.5.5.1' } }
  assert.equal((await postGraphQL(router.url, quiet)).extensions, undefined)
  const events = subscribeGraphQL(router.wsUrl, {
    ...operation,
    document: 'subscription { changed { tags { name } } }',
  })
  assert.deepEqual((await events.next()).value.extensions, { cost: { estimated: 5, actual: 3, maximum: 60 } })
  await events.return?.()
})

test('a mutation costs 10 beside its fields', async () => {
  const { extensions } = await postGraphQL(router.url, {
    document: 'mutation { touch { id } }',
    headers: { 'x-include-cost': 'true', 'x-forwarded-for': '5.5.5.2' },
  })
  assert.deepEqual(extensions?.['cost'], { estimated: 30, actual: 30, maximum: 60 })
})

test('an address may ask for so much in a minute, and is then told when to come again', async () => {
  assert.equal((await ask({ first: 60, from: '7.7.7.7' })).status, 200)
  const { status, errors, headers } = await ask({ first: 41, from: '7.7.7.7' })
  assert.equal(status, 429)
  const { retryAfterSeconds, ...rest } = errors?.[0]?.extensions ?? {}
  assert.deepEqual(rest, { code: 'RATE_LIMITED', limit: 'rate', maximum: 100, actual: 41 })
  assert.equal(headers?.get('retry-after'), String(retryAfterSeconds))
  assert.ok(Number(retryAfterSeconds) > 0 && Number(retryAfterSeconds) <= 60)
  assert.equal((await ask({ first: 40, from: '7.7.7.7' })).status, 200)
  assert.equal((await ask({ first: 0, from: '7.7.7.7' })).status, 429)
  assert.equal((await ask({ first: 60, from: '7.7.7.8' })).status, 200)
})

test('an IPv6 address counts with its whole /64, and every transport counts together', async () => {
  assert.equal((await ask({ first: 60, from: '2001:db8::1' })).status, 200)
  assert.equal((await ask({ first: 60, from: '2001:db8::ffff:2' })).status, 429)
  assert.equal((await ask({ first: 60, from: '2001:db8:0:1::1' })).status, 200)
  // This very machine, without a proxy before it.
  await waitUntil('nothing is left', async () => (await ask({ first: 10 })).status === 429)
  const document = 'query { products(first: 60) { id } }'
  const query = await subscribeGraphQL(router.wsUrl, { document }).next()
  assert.equal(query.value.errors[0].extensions.code, 'RATE_LIMITED')
  assert.ok(query.value.errors[0].extensions.retryAfterSeconds > 0)
})

test('holds the same over event streams and multipart', async () => {
  for (const [accept, from] of [
    ['text/event-stream', '5.5.5.3'],
    ['multipart/mixed;subscriptionSpec=1.0', '5.5.5.4'],
  ] as const) {
    const send = async (document: string) => {
      const headers = { accept, 'content-type': 'application/json', 'x-forwarded-for': from }
      const response = await fetch(router.url, { method: 'POST', headers, body: JSON.stringify({ query: document }) })
      return { status: response.status, retryAfter: response.headers.get('retry-after'), text: await response.text() }
    }
    assert.match((await send('{ products(first: 13) { tags { name } } }')).text, /"code":"OPERATION_TOO_COSTLY"/)
    assert.match((await send('{ products(first: 60) { id } }')).text, /"id":"1"/)
    assert.match((await send('{ products(first: 60) { id } }')).text, /"code":"RATE_LIMITED"/)
    await send(`{ products { ${'nothing '.repeat(45)}} }`)
    const spent = await send('{ products { id nothing } }')
    assert.equal(spent.status, 429)
    assert.ok(Number(spent.retryAfter) > 0)
    assert.match(spent.text, /"code":"RATE_LIMITED"/)
  }
})

test('somebody who is signed in has an allowance of their own, from wherever they ask', async () => {
  const token = tokens.token()
  assert.equal((await ask({ first: 60, from: '8.8.8.1', token })).status, 200)
  const { status, errors } = await ask({ first: 11, from: '8.8.8.2', token })
  assert.equal(status, 429)
  assert.equal(errors?.[0]?.extensions?.['maximum'], 70)
  assert.equal((await ask({ first: 60, from: '8.8.8.1' })).status, 200)
})

test('reading what the router does not know yet is charged, valid or not, and refused where nothing is left', async () => {
  const from = '4.4.4.4'
  const send = (document: string) => postGraphQL(router.url, { document, headers: { 'x-forwarded-for': from } })
  const unknown = (fields: number) => `{ products { ${'nothing '.repeat(fields - 1)}} }`
  assert.equal((await send(unknown(60))).errors?.[0]?.extensions?.['code'], 'GRAPHQL_VALIDATION_FAILED')
  assert.equal((await send('{ products { ')).errors?.[0]?.extensions?.['code'], 'GRAPHQL_PARSE_FAILED')
  assert.equal((await ask({ first: 31, from })).status, 429)
  assert.equal((await ask({ first: 20, from })).status, 200)
  assert.equal((await send(unknown(50))).status, 400)
  const { status, errors } = await send(unknown(7))
  assert.equal(status, 429)
  assert.equal(errors?.[0]?.extensions?.['code'], 'RATE_LIMITED')
})

test('routers count together through Redis', async () => {
  const other = await startTestRouter(supergraphSdl, env, options)
  const from = '9.9.9.9'
  const isCounted = (cost: number) =>
    waitUntil(`${cost} is counted`, async () => (await reader.get(`router:cost:address ${from}`)) === String(cost))
  assert.equal((await ask({ first: 60, from })).status, 200)
  assert.equal((await ask({ first: 30, from })).status, 200)
  await isCounted(90)
  // The other hears of it with the answer to its own first batch.
  assert.equal((await ask({ first: 1, from, url: other.url })).status, 200)
  await isCounted(90 + 2 + 1)
  let asked = 0
  await waitUntil('the other refuses', async () => {
    asked += 10
    assert.ok(asked < 90, 'expected a refusal before its own count is spent')
    return (await ask({ first: 10, from, url: other.url })).status === 429
  })
})

test('nothing is refused while Redis is away, and that is counted', async () => {
  const leaving = await freshRedis()
  const open = await startTestRouter(supergraphSdl, { REDIS_URL: leaving.url }, options)
  const from = '6.6.6.6'
  assert.equal((await ask({ first: 60, from, url: open.url })).status, 200)
  await leaving.stop()
  await waitUntil('it is open', async () => (await ask({ first: 60, from, url: open.url })).status === 200)
  assert.equal((await ask({ first: 60, from, url: open.url })).status, 200)
  assert.match(await metricsOf(open.base), /agora_router_rate_limit_open_total [1-9]/)
})

test('without a Redis, or where it is off, there is no rate limit', async () => {
  const alone = await startTestRouter(supergraphSdl, {}, { rateLimit: { costPerAddress: 1 } })
  for (const _ of [1, 2]) assert.equal((await ask({ first: 60, url: alone.url })).status, 200)
  const off = await readRouterOptions(readConfig({ RATE_LIMIT: 'off' }))
  assert.equal(off.rateLimit.enabled, false)
  const byNumber = await readRouterOptions(readConfig({ RATE_LIMIT: '500' }))
  assert.deepEqual(byNumber.rateLimit, { enabled: true, costPerAddress: 500, costPerIdentity: 500 })
  const byDefault = await readRouterOptions(readConfig({}))
  assert.deepEqual(byDefault.rateLimit, { enabled: true, costPerAddress: 120_000, costPerIdentity: 120_000 })
  assert.equal(byDefault.limits.inFlight, 200)
})

test('sheds what is more than may be under way at once, and takes more when there is room again', async () => {
  const small = await startTestRouter(supergraphSdl, { MAX_IN_FLIGHT: '2' })
  const held = shop.hold()
  const document = '{ products { id } }'
  const first = postGraphQL(small.url, { document })
  const second = subscribeGraphQL(small.wsUrl, { document: '{ products(first: 1) { id } }' }).next()
  await held.called
  const hasTwo = async () => /agora_router_operations_in_flight 2/.test(await metricsOf(small.base))
  await waitUntil('two are under way', hasTwo)
  const shed = await postGraphQL(small.url, { document })
  assert.equal(shed.status, 503)
  assert.equal(shed.headers?.get('retry-after'), '1')
  const expected = { code: 'OVERLOADED', limit: 'inFlight', maximum: 2, retryAfterSeconds: 1 }
  assert.deepEqual(shed.errors?.[0]?.extensions, expected)
  const shedSocket = await subscribeGraphQL(small.wsUrl, { document }).next()
  assert.deepEqual(shedSocket.value.errors[0].extensions, expected)
  held.release()
  assert.equal((await first).status, 200)
  assert.equal((await second).value.errors, undefined)
  assert.equal((await postGraphQL(small.url, { document })).status, 200)
  assert.match(await metricsOf(small.base), /agora_router_refused_total\{limit="inFlight"\} 2/)
})
