import assert from 'node:assert/strict'
import { test } from 'node:test'
import { findTargets, noteMerged, nothingFound } from '../../router/executor/found.ts'
import { type Data, mergeInto } from '../../router/executor/json-data.ts'
import { pathTreeOf } from '../../router/executor/targets.ts'
import { waitUntil } from '../support/wait-until.ts'
import { type Answer, startCanned } from './executor/canned-graph.ts'

type Representation = Record<string, unknown>
const representationsIn = (variables: Record<string, unknown>) => variables['representations'] as Representation[]
/** Answers each entity by `answer`. */
const entities =
  (answer: (representation: Representation) => unknown): Answer =>
  ({ variables }) => ({ data: { _entities: representationsIn(variables).map(answer) } })

const LIST = `type Query { items: [Item] same: [Item] one: Item text: String }
  type Item @key(fields: "id") { id: ID! mood: Mood size: Int }
  enum Mood { GOOD HIDDEN @inaccessible }`
const PRICES = `type Item @key(fields: "id") { id: ID! price: Int cost: Int! tags: [String!] }`

const item = (id: string) => ({ __typename: 'Item', id })

test('asks for equal entities once, and every place gets what came', async () => {
  const graph = await startCanned({
    list: { sdl: LIST, answer: () => ({ data: { items: [item('1'), null, item('2'), item('1')] } }) },
    prices: { sdl: PRICES, answer: entities(({ id }) => ({ price: Number(id) * 10 })) },
  })
  const { data, errors } = await graph.run('{ items { price } }')
  assert.deepEqual([data, errors], [{ items: [{ price: 10 }, null, { price: 20 }, { price: 10 }] }, undefined])
  assert.deepEqual(
    graph.calls['prices']?.map(({ variables }) => representationsIn(variables).map(({ id }) => id)),
    [['1', '2']],
  )
})

test('entities of several keys are told apart by all of them: many of one first key, null, lists and numbers of one text', async () => {
  const keys = [...Array.from({ length: 12 }, (_, index) => ({ shop: 'a', code: `${index}`, at: null })), ...KEYS_ALIKE]
  const graph = await startCanned({
    parts: {
      sdl: 'scalar Code type Part @key(fields: "shop code at") { shop: String! code: Code! at: Code } type Query { parts: [Part!]! }',
      answer: () => ({ data: { parts: [...keys, ...keys].map((key) => ({ __typename: 'Part', ...key })) } }),
    },
    stock: {
      sdl: 'scalar Code type Part @key(fields: "shop code at") { shop: String! @external code: Code! @external at: Code @external stock: Int! }',
      answer: ({ variables }) => ({
        data: { _entities: (variables['representations'] as unknown[]).map((_, index) => ({ stock: index })) },
      }),
    },
  })
  const { data } = await graph.run('{ parts { stock } }')
  const asked = keys.map((key) => ({ __typename: 'Part', ...key }))
  assert.deepEqual(graph.calls['stock']?.[0]?.variables['representations'], asked)
  const stock = keys.map((_, index) => ({ stock: index }))
  assert.deepEqual(data?.['parts'], [...stock, ...stock])
})

const KEYS_ALIKE = [
  { shop: 'b', code: '1', at: null },
  { shop: 'b', code: 1, at: null },
  { shop: 'b', code: [1], at: null },
  { shop: 'b', code: '1', at: '1' },
  { shop: 'b', code: 1, at: '1' },
  { shop: 'b', code: { a: 1 }, at: '1' },
]

test('what a fetch has found is looked for again once an answer brought objects, or null in the place of one', () => {
  const data: Data = { items: [{ id: '1' }, { id: '2', leaf: { id: 'a' } }] }
  const paths = pathTreeOf([['items', '@', 'leaf']])
  const items = (data as { items: Data[] }).items
  const found = nothingFound()
  const leaves = () => findTargets(data, paths, found).map(({ id }) => id)
  const take = (index: number, entity: Data) => {
    const targets = items.slice(index, index + 1)
    mergeInto(targets, entity)
    noteMerged(entity, targets, found)
  }
  const before = findTargets(data, paths, found)
  take(0, { price: 1 })
  assert.equal(findTargets(data, paths, found), before)
  take(0, { leaf: { id: 'b' } })
  assert.deepEqual(leaves(), ['b', 'a'])
  take(1, { leaf: null })
  assert.deepEqual(leaves(), ['b'])
})

test('an error of an entity has the path of every place of it, whatever has nothing to be asked by', async () => {
  const graph = await startCanned({
    list: {
      sdl: LIST,
      answer: () => ({ data: { all: [null, item('1'), { __typename: 'Item' }, item('2'), item('2')] } }),
    },
    prices: {
      sdl: PRICES,
      answer: () => ({
        data: { _entities: [{ p: 1 }, { p: null }] },
        errors: [{ message: 'no price', path: ['_entities', 1, 'p'], extensions: { code: 'FORBIDDEN' } }],
      }),
    },
  })
  const { data, errors } = await graph.run('{ all: items { p: price } }')
  assert.deepEqual(data, { all: [null, { p: 1 }, { p: null }, { p: null }, { p: null }] })
  assert.deepEqual(
    errors?.map(({ path }) => path),
    [
      ['all', 3, 'p'],
      ['all', 4, 'p'],
    ],
  )
})

test('a missing entity is told with its path, once, and its forbidden nulls rise without another word', async () => {
  const graph = await startCanned({
    list: { sdl: LIST, answer: () => ({ data: { items: [item('1')], one: item('1') } }) },
    prices: { sdl: PRICES, answer: entities(() => null) },
  })
  const { data, errors } = await graph.run('{ items { price } one { cost } }')
  assert.deepEqual(data, { items: [{ price: null }], one: null })
  assert.deepEqual(
    errors?.map(({ message, path, extensions }) => [message, path?.join('.'), extensions?.['code']]).toSorted(),
    [
      ['the prices subgraph does not know this Item', 'items.0', 'NOT_FOUND'],
      ['the prices subgraph does not know this Item', 'one', 'NOT_FOUND'],
    ],
  )
})

test('a value that is none of its type is null with an error: hidden enum values, wrong scalars, lists and objects', async () => {
  const graph = await startCanned({
    list: {
      sdl: LIST,
      answer: () => ({
        data: {
          items: [{ mood: 'HIDDEN', size: 'big' }, { mood: 'GOOD', size: 3 }, 'no object'],
          same: 'no list',
          text: 5,
        },
      }),
    },
  })
  const { data, errors } = await graph.run('{ items { mood size } same { id } text }')
  assert.deepEqual(data, {
    items: [{ mood: null, size: null }, { mood: 'GOOD', size: 3 }, null],
    same: null,
    text: null,
  })
  assert.deepEqual(errors?.map(({ path }) => path?.join('.')).toSorted(), [
    'items.0.mood',
    'items.0.size',
    'items.2',
    'same',
    'text',
  ])
})

test('a client may name a field __proto__, constructor or toString', async () => {
  const graph = await startCanned({
    list: {
      sdl: LIST,
      answer: () =>
        JSON.parse('{"data":{"__proto__":{"constructor":"1","__typename":"Item","id":"1"},"toString":null}}'),
    },
    prices: { sdl: PRICES, answer: entities(() => JSON.parse('{"__proto__":7}')) },
  })
  const query = '{ __proto__: one { constructor: id __proto__: price } toString: text valueOf: text }'
  const { data } = await graph.run(query)
  assert.equal(JSON.stringify(data), '{"__proto__":{"constructor":"1","__proto__":7},"toString":null,"valueOf":null}')
  assert.equal(Reflect.get({}, 'price'), undefined)
})

test('0 keeps its place where the plan renames a field', async () => {
  const graph = await startCanned({
    list: {
      sdl: `type Query { things: [Thing] } union Thing = One | Two
        type One @key(fields: "id") { id: ID! v: Int! @shareable } type Two { v: Int }`,
      answer: ({ query }) => {
        const renamed = /v__alias_\d+/.exec(query)?.[0] ?? 'none'
        const [one, two] = query.includes(`on One{${renamed}`) ? [renamed, 'v'] : ['v', renamed]
        return {
          data: {
            things: [
              { __typename: 'One', [one]: 0 },
              { __typename: 'Two', [two]: 0 },
            ],
          },
        }
      },
    },
    other: { sdl: 'type One @key(fields: "id") { id: ID! v: Int @shareable }', answer: entities(() => null) },
  })
  const { data } = await graph.run('{ things { ... on One { v } ... on Two { v } } }')
  assert.match(graph.calls['list']?.[0]?.query ?? '', /v__alias_/)
  assert.deepEqual(data, { things: [{ v: 0 }, { v: 0 }] })
})

test('arguments from context are those of each place, though the entity is the same', async () => {
  const graph = await startCanned({
    shop: {
      sdl: `type Query { users: [User!]! }
        type User @key(fields: "id") @context(name: "user") { id: ID! currency: String! item: Item }
        type Item @key(fields: "id") { id: ID! price(cur: String @fromContext(field: "$user { currency }")): String }`,
      answer: ({ query, variables }) => {
        if (!query.includes('_entities'))
          return {
            data: {
              users: ['EUR', 'USD', 'EUR'].map((currency, id) => ({
                __typename: 'User',
                id,
                currency,
                item: item('1'),
              })),
            },
          }
        const cur = Object.entries(variables).find(([name]) => name !== 'representations')?.[1]
        return {
          data: {
            _entities: representationsIn(variables).map(({ id }) => ({ price: `${String(cur)} ${String(id)}` })),
          },
        }
      },
    },
  })
  const { data, errors } = await graph.run('{ users { item { price } } }')
  assert.deepEqual(
    [data, errors],
    [{ users: ['EUR', 'USD', 'EUR'].map((currency) => ({ item: { price: `${currency} 1` } })) }, undefined],
  )
  assert.equal(graph.calls['shop']?.length, 3)
})

/** A graph whose subgraph answers once `release` is called. */
async function startHeld(shareInFlight: boolean) {
  const held = Promise.withResolvers<void>()
  const graph = await startCanned(
    {
      list: {
        sdl: `${LIST} type Mutation { touch: String }`,
        answer: async ({ query }) => {
          await held.promise
          return { data: query.includes('touch') ? { touch: 'done' } : { items: [item('1')] } }
        },
      },
      prices: { sdl: PRICES, answer: entities(({ id }) => ({ price: Number(id) })) },
    },
    { shareInFlight },
  )
  const asked = (count: number) => waitUntil('the calls have come', () => graph.calls['list']?.length === count)
  return { ...graph, release: held.resolve, asked }
}

test('equal queries under way are one call, of equal headers only, and each request gets data of its own', async () => {
  const graph = await startHeld(true)
  const ana = { forwarded: { authorization: 'Bearer ana', 'x-request-id': '1' } }
  const runs = [
    graph.run('{ items { id price } }', ana),
    graph.run('{ items { id price } }', { forwarded: { ...ana.forwarded, 'x-request-id': '2' } }),
    graph.run('{ items { id price } }', { forwarded: { authorization: 'Bearer ben' } }),
  ]
  await graph.asked(2)
  graph.release()
  for (const { data } of await Promise.all(runs)) assert.deepEqual(data, { items: [{ id: '1', price: 1 }] })
  assert.equal(graph.calls['list']?.length, 2)
  await graph.run('{ items { id price } }', ana)
  assert.equal(graph.calls['list']?.length, 3)
})

test('mutations are never shared, nor is anything with SHARE_IN_FLIGHT=off', async () => {
  for (const [isShared, query] of [
    [true, 'mutation { touch }'],
    [false, '{ items { id } }'],
  ] as const) {
    const graph = await startHeld(isShared)
    const runs = [graph.run(query), graph.run(query)]
    await graph.asked(2)
    graph.release()
    await Promise.all(runs)
    assert.equal(graph.calls['list']?.length, 2)
  }
})

test('a query after a mutation joins none from before it', async () => {
  const held = Promise.withResolvers<void>()
  const graph = await startCanned(
    {
      list: {
        sdl: `${LIST} type Mutation { touch: String }`,
        answer: async ({ query }) => {
          if (query.includes('touch')) return { data: { touch: 'done' } }
          const text = graph.calls['list']?.length === 1 ? 'before' : 'after'
          if (text === 'before') await held.promise
          return { data: { text } }
        },
      },
    },
    { shareInFlight: true },
  )
  const before = graph.run('{ text }')
  await waitUntil('the first call has come', () => graph.calls['list']?.length === 1)
  await graph.run('mutation { touch }')
  assert.deepEqual((await graph.run('{ text }')).data, { text: 'after' })
  held.resolve()
  assert.deepEqual((await before).data, { text: 'before' })
})

test('a shared call goes on when one of those who wait for it leaves', async () => {
  const graph = await startHeld(true)
  const leaving = new AbortController()
  const left = graph.run('{ items { id } }', { signal: leaving.signal })
  const stays = graph.run('{ items { id } }')
  await graph.asked(1)
  leaving.abort(new Error('left'))
  const { data, errors } = await left
  assert.deepEqual(
    [data, errors?.[0]?.path, errors?.[0]?.extensions?.['code']],
    [{ items: null }, ['items'], 'DOWNSTREAM_SERVICE_ERROR'],
  )
  assert.deepEqual(
    graph.lines.map(({ level }) => level),
    ['info'],
  )
  graph.release()
  assert.deepEqual((await stays).data, { items: [{ id: '1' }] })
})

test('equal fetches of one plan in different places are one call', async () => {
  const graph = await startCanned({
    list: { sdl: LIST, answer: () => ({ data: { items: [item('1')], same: [item('1'), item('2')] } }) },
    prices: { sdl: PRICES, answer: entities(({ id }) => ({ price: Number(id), tags: ['a'] })) },
  })
  const { data } = await graph.run('{ items { price tags } same { price tags } }')
  assert.deepEqual(data, {
    items: [{ price: 1, tags: ['a'] }],
    same: [
      { price: 1, tags: ['a'] },
      { price: 2, tags: ['a'] },
    ],
  })
  assert.equal(graph.calls['prices']?.length, 1)
})

test('gives parts of the objects in a list of lists to one object each', async () => {
  const half = (field: string) => `type Query { grid: [[Cell]] @shareable } type Cell { ${field}: Int }`
  const graph = await startCanned({
    one: { sdl: half('x'), answer: () => ({ data: { grid: [[{ x: 1 }, null], null] } }) },
    two: { sdl: half('y'), answer: () => ({ data: { grid: [[{ y: 2 }, null], null] } }) },
  })
  const { data } = await graph.run('{ grid { x y } }')
  assert.deepEqual(data, { grid: [[{ x: 1, y: 2 }, null], null] })
})
