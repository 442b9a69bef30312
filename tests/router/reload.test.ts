import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parse as parseText } from 'graphql'
import { readConfig } from '#platform/runtime/config.ts'
import { createMetrics } from '#platform/runtime/metrics.ts'
import { createCaching } from '../../router/caching/caching.ts'
import { createTraffic } from '../../router/limits/traffic.ts'
import { createPersistedDocuments } from '../../router/documents/persisted-documents.ts'
import { readRouterOptions } from '../../router/options/router-options.ts'
import { createGuards } from '../../router/resilience/guards.ts'
import { startReloading } from '../../router/supergraph/reloading.ts'
import { postGraphQL, subscribeGraphQL } from '../support/client.ts'
import { quiet } from '../support/quiet.ts'
import { waitUntil } from '../support/wait-until.ts'
import { compose, startGraph } from './fixtures/graph.ts'
import { startTestRouter } from './fixtures/router.ts'

const graph = await startGraph()
const full = graph.supergraphSdl
// Without people and their reviews.
const small = compose([graph.catalog, graph.stock])
const router = await startTestRouter(small)

const NEW_FIELD = '{ product(id: 1) { name stock reviews { text } } }'
const OLD_FIELD = '{ product(id: 1) { name stock } }'
const ask = (document: string) => postGraphQL(router.url, { document })
const isServed = async (document: string) => (await ask(document)).errors === undefined

test('loses no request while a new supergraph takes over, and answers each by one of the two', async () => {
  assert.equal(await router.reload(small), false, 'it is served already')
  let isOver = false
  const answers: Awaited<ReturnType<typeof ask>>[] = []
  const client = async (document: string) => {
    while (!isOver) answers.push(await ask(document))
  }
  const clients = [...Array.from({ length: 8 }, () => client(OLD_FIELD)), client(NEW_FIELD)]
  for (const sdl of [full, small, full]) assert.equal(await router.reload(sdl), true)
  await waitUntil('a few more are answered', () => answers.length > 100)
  isOver = true
  await Promise.all(clients)
  for (const { data, errors, status } of answers) {
    if (errors === undefined) assert.equal(data.product.stock, 10)
    else assert.deepEqual([status, errors[0]?.extensions?.['code']], [400, 'GRAPHQL_VALIDATION_FAILED'])
  }
  assert.equal(await isServed(NEW_FIELD), true)
})

test('answers what was under way by the supergraph that it began with', async () => {
  await router.reload(full)
  const held = graph.people.hold()
  const answer = ask(NEW_FIELD)
  await held.called
  assert.equal(await router.reload(small), true)
  assert.equal(await isServed(NEW_FIELD), false)
  held.release()
  const { data, errors } = await answer
  assert.deepEqual([data.product.reviews[0].text, errors], ['good 1', undefined])
})

test('serves the one before where the new one is broken, and says so', async () => {
  await router.reload(full)
  for (const broken of ['type Query {', 'type Query { a: Int }', '', full.replaceAll('type Maker', 'type Taker')]) {
    router.lines.length = 0
    assert.equal(await router.reload(broken), false)
    const line = router.lines.find(({ msg }) => String(msg).includes('the new supergraph is broken'))
    assert.match(String(line?.['reason']), /expected a supergraph/)
    assert.equal(await isServed(NEW_FIELD), true)
  }
})

test('is ready all the while', async () => {
  await waitUntil('ready', async () => (await fetch(`${router.base}/ready`)).status === 200)
  await router.reload(small)
  assert.equal((await fetch(`${router.base}/ready`)).status, 200)
})

test('ends subscriptions once the new one is live, and not for a broken one', async () => {
  await router.reload(small)
  const events = subscribeGraphQL(router.wsUrl, { document: 'subscription { priceChanged(id: 1) { price stock } }' })
  await events.next()
  await router.reload('broken')
  graph.setPrice(44)
  assert.deepEqual((await events.next()).value.data, { priceChanged: { price: 44, stock: 10 } })
  const reloaded = router.reload(full)
  const { value } = await events.next()
  assert.equal(value.errors?.[0]?.extensions?.['code'], 'SUBSCRIPTION_SCHEMA_RELOAD')
  // Whoever subscribes again at once finds the new one.
  const again = subscribeGraphQL(router.wsUrl, {
    document: 'subscription { priceChanged(id: 1) { price reviews { text } } }',
  })
  assert.equal((await again.next()).value.data?.priceChanged.reviews[0].text, 'good 1')
  assert.equal((await events.next()).done, true)
  await again.return?.()
  assert.equal(await reloaded, true)
  await waitUntil('the sources are free', () => graph.subscribers() === 0)
})

test('warms the plans of recent operations and reads their documents before it takes over', async () => {
  const config = readConfig({ NODE_ENV: 'test' })
  const options = await readRouterOptions(config)
  const base = { log: quiet, metrics: createMetrics() }
  const guards = createGuards({ ...base, options: options.subgraphs, timeoutMs: 1_000 })
  const traffic = createTraffic({ ...base, config, options })
  const caching = createCaching({ ...base, options: options.caching, redisUrl: undefined })
  const documents = createPersistedDocuments({ ...base, config, options })
  const parts = { ...base, config, options, guards, traffic, caching, documents }
  const reloading = await startReloading(small, parts)
  const { planner, parse, documentStore } = reloading.current()
  const documentOf = (text: string, from = parse) => {
    const parsed = from(text, undefined)
    assert.ok('document' in parsed)
    return parsed.document
  }
  for (const text of [OLD_FIELD, '{ warehouses }']) await planner.plan(documentOf(text), undefined, () => false)
  for (const [hash, text] of Object.entries({ old: OLD_FIELD, gone: '{ product(id: 1) { gone } }' }))
    documentStore.remember(hash, parseText(text))
  assert.equal(await reloading.reload(full), true)
  const next = reloading.current()
  assert.deepEqual(
    next.documentStore.recent().map(({ hash }) => hash),
    ['old'],
  )
  assert.equal(next.planner.counters().planned, 2)
  await next.planner.plan(documentOf(OLD_FIELD, next.parse), undefined, () => false)
  // Once for the compiling, and now.
  assert.deepEqual([next.planner.counters().hits, next.planner.counters().planned], [2, 2])
  await reloading.stop()
})

test('of several that come at once the last is served', async () => {
  const decided = await Promise.all([router.reload(full), router.reload('broken'), router.reload(small)])
  assert.deepEqual([decided.slice(0, 2), await isServed(NEW_FIELD)], [[false, false], false])
})
