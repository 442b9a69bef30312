import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Heard } from '../../router/headers/heard.ts'
import { waitUntil } from '../support/wait-until.ts'
import { type Answer, startCanned } from './executor/canned-graph.ts'

const LISTS = `type Query { items: [Item!] other: [Item] } type Item @key(fields: "id") { id: ID! }
  type Mutation { touch: String }`
const PRICES = 'type Item @key(fields: "id") { id: ID! price: Int }'
const QUERY = '{ items { id price } }'
const items = [{ __typename: 'Item', id: '1' }]

/** Two fetches in turn; each call is answered once its subgraph's name is `released`. */
async function startHeld(incoming: boolean) {
  const held = { lists: Promise.withResolvers<void>(), prices: Promise.withResolvers<void>() }
  const lists: Answer = async ({ query }) => {
    if (query.includes('touch')) return { data: { touch: 'done' } }
    await held.lists.promise
    return { data: query.includes('other') ? { other: items } : { items } }
  }
  const prices: Answer = async () => {
    await held.prices.promise
    return { data: { _entities: [{ price: 7 }] } }
  }
  const graph = await startCanned(
    { lists: { sdl: LISTS, answer: lists }, prices: { sdl: PRICES, answer: prices } },
    { sharing: { inFlight: true, incoming } },
  )
  const came = (subgraph: 'lists' | 'prices', count: number) =>
    waitUntil(`${count} calls of ${subgraph}`, () => graph.calls[subgraph]?.length === count)
  return { ...graph, came, release: (subgraph: 'lists' | 'prices') => held[subgraph].resolve() }
}

const ANSWER = { data: { items: [{ id: '1', price: 7 }] } }

test('an equal request shares the run while nothing was answered yet, and has its own after', async () => {
  const graph = await startHeld(false)
  const runs = [graph.run(QUERY), graph.run(QUERY)]
  await graph.came('lists', 1)
  graph.release('lists')
  await graph.came('prices', 1)
  runs.push(graph.run(QUERY))
  await graph.came('lists', 2)
  graph.release('prices')
  for (const answer of await Promise.all(runs)) assert.deepEqual(answer, ANSWER)
})

test('with sharing.incoming it shares the run until that is answered', async () => {
  const graph = await startHeld(true)
  const runs = [graph.run(QUERY)]
  graph.release('lists')
  await graph.came('prices', 1)
  runs.push(graph.run(QUERY))
  graph.release('prices')
  for (const answer of await Promise.all(runs)) assert.deepEqual(answer, ANSWER)
  assert.equal(graph.calls['lists']?.length, 1)
  assert.deepEqual(await graph.run(QUERY), ANSWER)
  assert.equal(graph.calls['lists']?.length, 2)
})

test('other headers, variables and operations share no run, nor does anything after a mutation', async () => {
  const graph = await startHeld(true)
  const query = 'query ($yes: Boolean!) { items @include(if: $yes) { id } other { id } }'
  const runs = [
    graph.run(query, { variables: { yes: true } }),
    graph.run(query, { variables: { yes: false } }),
    graph.run(query, { variables: { yes: true }, forwarded: { authorization: 'Bearer ana' } }),
  ]
  await graph.came('lists', 3)
  assert.deepEqual((await graph.run('mutation { touch }')).data, { touch: 'done' })
  runs.push(graph.run(query, { variables: { yes: true } }))
  await graph.came('lists', 5)
  graph.release('lists')
  await Promise.all(runs)
})

test('clients of different addresses share a run', async () => {
  const graph = await startHeld(false)
  const runs = ['203.0.113.7', '203.0.113.8'].map((address) =>
    graph.run(QUERY, { forwarded: { 'x-client-address': address } }),
  )
  graph.release('lists')
  graph.release('prices')
  for (const answer of await Promise.all(runs)) assert.deepEqual(answer, ANSWER)
  assert.equal(graph.calls['lists']?.length, 1)
})

test('each of those who share a run hears what its calls were told, and who leaves hears that it got less', async () => {
  const graph = await startHeld(false)
  const short = new AbortController()
  const heard = Array.from({ length: 3 }, () => new Heard([{ name: 'content-type', as: 'x-type' }]))
  const told = (one: Heard) => [...one.values().keys(), ...one.cacheControls()]
  const [first, second, third] = heard.map((one, index) =>
    graph.run(QUERY, { heard: one, ...(index === 2 && { signal: short.signal }) }),
  )
  graph.release('lists')
  await graph.came('prices', 1)
  short.abort(new Error('left'))
  await third
  assert.deepEqual(heard.slice(2).map(told), [['x-type', undefined, undefined]])
  graph.release('prices')
  await Promise.all([first, second])
  assert.equal(graph.calls['lists']?.length, 1)
  for (const one of heard.slice(0, 2)) assert.deepEqual(told(one), ['x-type', undefined, undefined])
})

test('whose time is over gets what is there, and the others everything', async () => {
  const graph = await startHeld(false)
  const short = new AbortController()
  const runs = [graph.run(QUERY, { signal: short.signal }), graph.run(QUERY)] as const
  graph.release('lists')
  await graph.came('prices', 1)
  short.abort(new Error('the time is over'))
  const { data, errors } = await runs[0]
  assert.deepEqual(data, { items: [{ id: '1', price: null }] })
  assert.deepEqual(
    errors?.map(({ path, extensions }) => [path, extensions?.['code']]),
    [[['items', 0, 'price'], 'DOWNSTREAM_SERVICE_ERROR']],
  )
  graph.release('prices')
  assert.deepEqual(await runs[1], ANSWER)
})

test('when all have left the run is aborted, and who comes then begins another', async () => {
  const graph = await startHeld(true)
  const [ana, ben] = [new AbortController(), new AbortController()]
  const left = [graph.run(QUERY, { signal: ana.signal }), graph.run(QUERY, { signal: ben.signal })]
  await graph.came('lists', 1)
  ana.abort(new Error('left'))
  ben.abort(new Error('left'))
  for (const { data, errors } of await Promise.all(left))
    assert.deepEqual([data, errors?.[0]?.path], [{ items: null }, ['items']])
  const after = graph.run(QUERY)
  await graph.came('lists', 2)
  graph.release('lists')
  graph.release('prices')
  assert.deepEqual(await after, ANSWER)
})

test('a fault of a shared run has one id, which is logged with the id of every request', async () => {
  const graph = await startCanned(
    { lists: { sdl: LISTS, answer: () => 'no GraphQL' }, prices: { sdl: PRICES, answer: () => ({}) } },
    { sharing: { inFlight: true, incoming: false } },
  )
  const ids = ['ana', 'ben', 'cy']
  const answers = await Promise.all(ids.map((id) => graph.run(QUERY, { forwarded: { 'x-request-id': id } })))
  const errorIds = new Set(answers.map(({ errors }) => errors?.[0]?.extensions?.['errorId']))
  assert.equal(errorIds.size, 1)
  const [errorId] = errorIds
  assert.deepEqual(
    graph.lines.map((line) => [line['level'], line['requestId'], line['errorId'] ?? line['errorIds']]),
    [
      ['error', 'ana', errorId],
      ['info', 'ben', [errorId]],
      ['info', 'cy', [errorId]],
    ],
  )
})
