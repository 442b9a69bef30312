import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { cacheSizes, createCache } from '../../router/caches.ts'
import { allParts, ask as askInParts } from './defer/read-parts.ts'
import { startGraph } from './fixtures/graph.ts'
import { serveTokens, startTestRouter } from './fixtures/router.ts'

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

const isDeep = (fc.readConfigureGlobal()?.numRuns ?? 0) > 1_000
// An hour with a new operation every 0.6 s; what is remembered is full after 2 000 of them.
const OPERATIONS = isDeep ? 6_000 : 100
const AT_ONCE = 10

const [graph, tokens] = await Promise.all([startGraph(), serveTokens()])
const router = await startTestRouter(graph.supergraphSdl, { JWKS_URL: tokens.jwksUrl })
const authorization = `Bearer ${tokens.token()}`

async function ask(query: string): Promise<void> {
  const response = await fetch(router.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization },
    body: JSON.stringify({ query, variables: { on: query.length % 2 === 0 } }),
  })
  const { data } = (await response.json()) as { data?: unknown }
  assert.ok(data, query)
}

const operation = (index: number): string =>
  `query($on: Boolean!) { a${index}: products { id name @include(if: $on) stock margin ... on Product { price } } }`

/** Asks operations that nobody has asked before. */
async function askUnique(from: number, count: number): Promise<void> {
  for (let index = from; index < from + count; index += AT_ONCE) {
    await Promise.all(Array.from({ length: AT_ONCE }, (_, offset) => ask(operation(index + offset))))
    for (const subgraph of [graph.catalog, graph.stock, graph.people]) subgraph.calls.length = 0
  }
}

function heapBytes(): number {
  for (let turn = 0; turn < 3; turn += 1) collectGarbage()
  return process.memoryUsage().heapUsed
}

test('a simulated hour of unique operations fills no cache beyond its limit, and grows nothing that has none', async () => {
  await askUnique(0, OPERATIONS / 2)
  const before = heapBytes()
  await askUnique(OPERATIONS / 2, OPERATIONS / 2)
  // First: to count caches is to hold those that nobody needs any more, until this turn is over.
  const grownMb = (heapBytes() - before) / 1_000_000
  for (const { name, entries, limit } of cacheSizes()) assert.ok(entries <= limit, `${name}: ${entries} of ${limit}`)
  if (isDeep) assert.ok(grownMb < 20, `the heap has grown by ${grownMb} MB in half an hour`)
})

test('every cache has its size and its limit at /metrics', async () => {
  await allParts(await askInParts(router.url, { query: '{ product(id: 1) { id ... @defer { stock } } }' }))
  const text = await (await fetch(`${router.base}/metrics`)).text()
  const names = [...text.matchAll(/^agora_router_cache_limit_entries\{cache="(\w+)"\} (\d+)$/gm)].map(
    ([, name, limit]) => {
      assert.ok(Number(limit) > 0, name)
      return name
    },
  )
  for (const name of [
    'deferred_document_variants',
    'deferred_projection_variants',
    'documents',
    'filtered_variants',
    'known_documents',
    'known_headers',
    'plans',
    'projection_variants',
    'refused_plans',
    'stream_documents',
    'tokens',
  ])
    assert.ok(names.includes(name), `${name} is shown`)
  assert.match(text, /^agora_router_cache_entries\{cache="documents"\} \d+$/m)
})

test('caches of one name are counted together, and what they forget is counted', () => {
  const [one, other] = [1, 2].map(() => createCache<string, string>('of_a_test', { max: 2 }))
  assert.ok(one && other)
  for (const key of ['1', '2', '3']) one.set(key, 'value')
  other.set('1', 'value')
  const sizes = cacheSizes().find(({ name }) => name === 'of_a_test')
  assert.deepEqual(sizes, { name: 'of_a_test', entries: 3, limit: 4, evicted: 1 })
})
