import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { RouterOptionsInput } from '../../router/options/router-options.ts'
import { postGraphQL } from '../support/client.ts'
import { readMetrics } from '../support/metrics.ts'
import { waitUntil } from '../support/wait-until.ts'
import { startFaulty } from './fixtures/faulty.ts'
import { startTestRouter } from './fixtures/router.ts'

const { sdl, left, right } = await startFaulty()
type Policy = NonNullable<NonNullable<RouterOptionsInput['subgraphs']>['all']>

/** A router that calls its subgraphs by this policy, and how it is asked. Equal queries are not shared: each is a call. */
async function routerWith(all: Policy, byName: Record<string, Policy> = {}) {
  const router = await startTestRouter(sdl, {}, { subgraphs: { all, byName }, sharing: { inFlight: false } })
  return { ...router, ask: (document: string) => postGraphQL(router.url, { document }) }
}

const codesOf = ({ errors }: Awaited<ReturnType<typeof postGraphQL>>) =>
  errors?.map(({ extensions }) => extensions?.['code'])
const queued = async (base: string) => (await readMetrics(base))('agora_router_subgraph_calls_queued{subgraph="left"}')
const NO_BREAKER = { enabled: false }
const unavailable = (name: string, retryAfterSeconds: number) => ({
  message: `the ${name} subgraph is not asked for now: try again later`,
  path: [name],
  extensions: { code: 'SUBGRAPH_UNAVAILABLE', serviceName: name, retryAfterSeconds },
})

test('sends a query again that broke or was turned away, and a mutation never', async () => {
  const { ask } = await routerWith({ retryDelayMs: 5, breaker: NO_BREAKER })
  for (const fault of [{ status: 502 }, { status: 503 }, { status: 504 }, 'cut'] as const) {
    left.fail((call) => (call < 2 ? fault : undefined))
    assert.deepEqual((await ask('{ left }')).data, { left: 'served' })
    assert.equal(left.calls(), 3)
    left.fail((call) => (call < 2 ? fault : undefined))
    const refused = await ask('mutation { setLeft }')
    assert.deepEqual([refused.data, codesOf(refused)], [{ setLeft: null }, ['DOWNSTREAM_SERVICE_ERROR']])
    assert.equal(left.calls(), 1)
  }
})

test('gives up after as many retries as the options say, and sends nothing again that was answered', async () => {
  const { ask } = await routerWith({ retryDelayMs: 5, breaker: NO_BREAKER }, { right: { retries: 0 } })
  for (const [subgraph, calls] of [
    [left, 3],
    [right, 1],
  ] as const) {
    subgraph.fail(() => ({ status: 503 }))
    assert.deepEqual(codesOf(await ask(`{ ${subgraph.name} }`)), ['DOWNSTREAM_SERVICE_ERROR'])
    assert.equal(subgraph.calls(), calls)
  }
  left.fail(() => ({ status: 500 }))
  assert.deepEqual(codesOf(await ask('{ left }')), ['DOWNSTREAM_SERVICE_ERROR'])
  assert.equal(left.calls(), 1)
  right.fail(() => undefined)
})

test('a subgraph that is down gets a bounded share more of calls by retries', async () => {
  const { ask, base } = await routerWith({ retryDelayMs: 1, retryBudget: 0.25, breaker: NO_BREAKER })
  left.fail(() => ({ status: 503 }))
  for (let index = 0; index < 50; index++) await ask('{ left }')
  // A quarter of them, and the ten that a quiet graph may always make.
  assert.equal(left.calls(), 50 + 12 + 10)
  assert.equal((await readMetrics(base))('agora_router_subgraph_retries_total{subgraph="left"}'), 22)
})

test('opens the circuit of a subgraph that fails, answers the rest, and 503 with Retry-After where there is no rest', async () => {
  const { ask, base, lines } = await routerWith({
    retries: 0,
    breaker: { minimumCalls: 5, openMs: 60_000, longestOpenMs: 60_000 },
  })
  left.fail(() => ({ status: 503 }))
  right.fail(() => undefined)
  for (let index = 0; index < 5; index++) await ask('{ left }')
  const partial = await ask('{ left right }')
  assert.equal(left.calls(), 5)
  assert.deepEqual([partial.status, partial.data], [200, { left: null, right: 'served' }])
  const retryAfter = Number(partial.errors?.[0]?.extensions?.['retryAfterSeconds'])
  assert.ok(retryAfter >= 45 && retryAfter <= 75, `expected a minute, more or less, got ${retryAfter}`)
  assert.deepEqual(partial.errors, [unavailable('left', retryAfter)])
  for (const document of ['{ left }', '{ __typename again: left }', 'mutation { setLeft }']) {
    const nothing = await ask(document)
    assert.equal(nothing.status, document.includes('__typename') ? 200 : 503, document)
    assert.equal(nothing.headers?.get('retry-after') === null, nothing.status === 200)
  }
  assert.equal(left.calls(), 5)
  assert.deepEqual(
    lines.filter(({ breaker }) => breaker !== undefined).map(({ subgraph, breaker }) => [subgraph, breaker]),
    [['left', 'open']],
  )
  const metric = await readMetrics(base)
  assert.equal(metric('agora_router_subgraph_breaker_state{subgraph="left"}'), 2)
  assert.equal(metric('agora_router_subgraph_calls_total{subgraph="left",outcome="failed"}'), 5)
  assert.equal(metric('agora_router_subgraph_calls_total{subgraph="left",outcome="open"}'), 4)
  assert.equal(metric('agora_router_subgraph_call_duration_seconds_count{subgraph="left"}'), 5)
})

test('lets one call try when the circuit was open for its time, and the others when it went well', async () => {
  const { ask } = await routerWith({ retries: 0, breaker: { minimumCalls: 5, openMs: 50 } })
  const { promise: until, resolve: release } = Promise.withResolvers<void>()
  left.fail((call) => (call < 5 ? { status: 503 } : { until }))
  for (let index = 0; index < 5; index++) await ask('{ left }')
  const tries: ReturnType<typeof ask>[] = []
  await waitUntil('one tries', async () => {
    tries.push(ask('{ left }'))
    await new Promise(setImmediate)
    return left.calls() === 6
  })
  assert.deepEqual(codesOf(await ask('{ left }')), ['SUBGRAPH_UNAVAILABLE'])
  assert.equal(left.calls(), 6)
  release()
  const answers = await Promise.all(tries)
  assert.equal(answers.filter(({ data }) => data.left === 'served').length, 1)
  assert.deepEqual((await ask('{ left }')).data, { left: 'served' })
})

test('holds back what is over the bound, refuses what is over the queue, and forgets who left it', async () => {
  const { ask, url, base } = await routerWith({ maxConcurrent: 1, maxQueued: 1 })
  const { promise: until, resolve: release } = Promise.withResolvers<void>()
  left.fail(() => ({ until }))
  const first = ask('{ left }')
  await waitUntil('the first is under way', () => left.calls() === 1)
  const leaving = new AbortController()
  const gone = fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"query":"{ left }"}',
    signal: leaving.signal,
  })
  await waitUntil('the second waits', async () => (await queued(base)) === 1)
  const partial = await ask('{ left right }')
  assert.deepEqual([partial.status, partial.data], [200, { left: null, right: 'served' }])
  assert.deepEqual(partial.errors, [unavailable('left', 1)])
  const nothing = await ask('mutation { setLeft }')
  assert.deepEqual([nothing.status, nothing.headers?.get('retry-after')], [503, '1'])
  leaving.abort()
  await assert.rejects(gone)
  await waitUntil('its place is free', async () => (await queued(base)) === 0)
  const waiting = ask('{ left }')
  await waitUntil('another waits', async () => (await queued(base)) === 1)
  assert.equal(left.calls(), 1)
  release()
  assert.deepEqual([(await first).data, (await waiting).data], [{ left: 'served' }, { left: 'served' }])
})

test('gives up a subgraph that says nothing for its own time, and asks no second time', async () => {
  const { ask } = await routerWith({}, { left: { timeoutMs: 100 } })
  const { promise: until, resolve: release } = Promise.withResolvers<void>()
  left.fail(() => ({ until }))
  const answer = await ask('{ left right }')
  assert.deepEqual([answer.data, codesOf(answer)], [{ left: null, right: 'served' }, ['DOWNSTREAM_SERVICE_ERROR']])
  assert.equal(left.calls(), 1)
  release()
})
