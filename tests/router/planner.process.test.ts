import assert from 'node:assert/strict'
import { monitorEventLoopDelay, performance } from 'node:perf_hooks'
import { after, test } from 'node:test'
import { GraphQLError, parse } from 'graphql'
import { mendSupergraph } from '../../router/planner/mend-supergraph.ts'
import { createPlanner, type Planner, type PlannerOptions } from '../../router/planner/planner.ts'
import { quiet } from '../support/quiet.ts'
import { heavyOperation, heavySupergraph } from './fixtures/heavy.ts'

const sdl = heavySupergraph()

function start(options: Partial<PlannerOptions> = {}): Planner {
  const planner = createPlanner({ mended: mendSupergraph(sdl) }, { log: quiet, ...options })
  after(() => planner.stop())
  return planner
}

const plan = async (planner: Planner, text: string, operationName?: string) =>
  planner.plan(parse(text), operationName, () => false)

const isRefused = (error: unknown) =>
  error instanceof GraphQLError && error.extensions['code'] === 'QUERY_PLANNING_FAILED'

test('a heavy cold plan blocks no other request', async () => {
  const planner = start()
  await plan(planner, '{ only_a }')
  const delay = monitorEventLoopDelay({ resolution: 5 })
  delay.enable()
  const startedMs = performance.now()
  const planned = await Promise.all([1, 2, 3].map((number) => plan(planner, heavyOperation(7, number))))
  const tookMs = performance.now() - startedMs
  delay.disable()
  assert.equal(planned.length, 3)
  const longestMs = delay.max / 1e6
  assert.ok(longestMs < tookMs / 4, `expected the loop to be free, it was held ${longestMs} of ${tookMs} ms`)
})

test('a light operation does not wait for a heavy one', async () => {
  const planner = start()
  // Two heavy ones at once, so that both threads are there.
  await Promise.all([plan(planner, heavyOperation(8, 1)), plan(planner, heavyOperation(8, 2))])
  const finished: string[] = []
  await Promise.all([
    plan(planner, heavyOperation(10)).then(() => finished.push('heavy')),
    plan(planner, '{ only_c }').then(() => finished.push('light')),
  ])
  assert.deepEqual(finished, ['light', 'heavy'])
})

test('plans an operation once, however many ask for it at once', async () => {
  const planner = start()
  const text = heavyOperation(2)
  const plans = await Promise.all(Array.from({ length: 50 }, () => plan(planner, text)))
  assert.equal(new Set(plans.map((planned) => planned.plan)).size, 1)
  const { planned, joined, hits } = planner.counters()
  assert.deepEqual({ planned, joined, hits }, { planned: 1, joined: 49, hits: 0 })
})

test('knows an operation again in another layout, with comments, or beside others in its document', async () => {
  const planner = start()
  const first = await plan(planner, 'query Q { only_a root { id } }')
  const again = await plan(planner, '# again\nquery Q {\n  only_a,\n  root { id }\n}')
  const beside = await plan(planner, 'query Q { only_a root { id } } query R { only_b }', 'Q')
  assert.equal(again.plan, first.plan)
  assert.equal(beside.plan, first.plan)
  const { planned, hits } = planner.counters()
  assert.deepEqual({ planned, hits }, { planned: 1, hits: 2 })
})

test('answers a known document at once, with the same object', async () => {
  const planner = start()
  const document = parse('{ only_a }')
  const first = await planner.plan(document, undefined, () => false)
  assert.equal(
    planner.plan(document, undefined, () => false),
    first,
  )
})

test('plans can go to another thread as they are', async () => {
  const planned = await plan(start(), heavyOperation(2))
  assert.deepEqual(structuredClone(planned.plan), planned.plan)
})

test('holds no more plans than it may, however many operations there are', async () => {
  const planner = start({ maxPlans: 10 })
  for (let number = 0; number < 60; number += 1) await plan(planner, `query Q${number} { only_a }`)
  const { size, planned, evicted } = planner.counters()
  assert.deepEqual({ size, planned, evicted }, { size: 10, planned: 60, evicted: 50 })
})

test('nor more text than it may', async () => {
  const planner = start({ maxCharacters: 5_000 })
  for (let number = 0; number < 40; number += 1) await plan(planner, `query Q${number} { only_a only_b }`)
  const { size, characters, evicted } = planner.counters()
  assert.ok(characters <= 5_000 && size < 40 && evicted > 0, JSON.stringify({ size, characters, evicted }))
  // One that is too big to be held is planned all the same.
  const big = await plan(start({ maxCharacters: 100 }), heavyOperation(2))
  assert.equal(big.plan.kind, 'QueryPlan')
})

test('gives up an operation that takes too long, and plans the next', async () => {
  const planner = start({ timeoutMs: 300 })
  await plan(planner, '{ only_a }')
  await assert.rejects(plan(planner, heavyOperation(10)), isRefused)
  assert.deepEqual((await plan(planner, '{ only_b }')).plan.node?.kind, 'Fetch')
  assert.equal(planner.counters().lostThreads, 1)
})

test('gives up an operation that takes too much memory, and plans the next', async () => {
  const planner = start({ memoryMb: 64 })
  await plan(planner, '{ only_a }')
  await assert.rejects(plan(planner, heavyOperation(10)), isRefused)
  assert.deepEqual((await plan(planner, '{ only_b }')).plan.node?.kind, 'Fetch')
  assert.equal(planner.counters().lostThreads, 1)
})

test('refuses what it can not plan, again and again, without planning it again', async () => {
  const planner = start()
  for (let time = 0; time < 3; time += 1) await assert.rejects(plan(planner, '{ nowhere }'), isRefused)
  assert.equal(planner.counters().failed, 1)
})

test('warms the operations that another planner was asked last, and leaves out what no longer fits', async () => {
  const before = start()
  for (const field of ['only_a', 'only_b', 'only_c']) await plan(before, `{ ${field} }`)
  await plan(before, '{ only_a }')
  assert.deepEqual(
    before.recent().map(({ text }) => text),
    ['{only_a}', '{only_c}', '{only_b}'],
  )
  const later = start()
  await later.warm([...before.recent(), { text: '{gone}', labels: [] }])
  await plan(later, '{ only_c }')
  const { planned, hits, size } = later.counters()
  assert.deepEqual({ planned, hits, size }, { planned: 3, hits: 1, size: 3 })
})

test('after it was stopped it still knows what it planned, and refuses the rest', async () => {
  const planner = start()
  await plan(planner, '{ only_a }')
  const waiting = plan(planner, heavyOperation(5))
  await Promise.all([planner.stop(), assert.rejects(waiting, isRefused)])
  assert.equal((await plan(planner, '{ only_a }')).plan.node?.kind, 'Fetch')
  await assert.rejects(plan(planner, '{ only_b }'), isRefused)
})
