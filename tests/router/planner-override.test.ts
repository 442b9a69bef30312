import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { parse } from 'graphql'
import { decideOverrides, relevantLabels } from '../../router/planner/override-labels.ts'
import { postGraphQL, subscribeGraphQL } from '../support/client.ts'
import { compose } from './fixtures/graph.ts'
import { startTestRouter } from './fixtures/router.ts'
import { startSubgraph } from './fixtures/subgraph.ts'

// `old` had everything; `modern` takes it over field by field.
const old = await startSubgraph(
  'old',
  `type Query { item: Item }
   type Subscription { changed: Item }
   type Item @key(fields: "id") { id: ID! named: String never: String always: String half: String both: String size: Int }`,
  {
    Query: { item: () => ({ id: '1' }) },
    Subscription: {
      changed: {
        subscribe: async function* () {
          yield* [{ id: '1' }, { id: '2' }, { id: '3' }]
        },
        resolve: (event: object) => event,
      },
    },
    Item: fieldsFrom('old'),
  },
)
const modern = await startSubgraph(
  'modern',
  `type Item @key(fields: "id") {
    id: ID!
    named: String @federation__override(from: "old", label: "moved")
    never: String @federation__override(from: "old", label: "percent(0)")
    always: String @federation__override(from: "old", label: "percent(100)")
    half: String @federation__override(from: "old", label: "percent(50)")
    both: String @federation__override(from: "old", label: "percent(50)")
    size: Int @external
    described: String @requires(fields: "size")
  }`,
  { Item: { ...fieldsFrom('modern'), described: ({ size }: { size: number }) => `size ${size}` } },
)
for (const subgraph of [old, modern]) after(() => subgraph.stop())
const sdl = compose([old, modern])
const plain = await startTestRouter(sdl)

function fieldsFrom(subgraph: string) {
  const names = ['named', 'never', 'always', 'half', 'both']
  return {
    __resolveReference: (reference: object) => reference,
    size: () => 3,
    ...Object.fromEntries(names.map((name) => [name, () => subgraph])),
  }
}

const DOCUMENT = '{ item { named never always described } }'
const fromOld = { never: 'old', always: 'modern', described: 'size 3' }

test('a label is off unless the configuration turns it on', async () => {
  assert.deepEqual((await postGraphQL(plain.url, { document: DOCUMENT })).data, { item: { named: 'old', ...fromOld } })
  const on = await startTestRouter(sdl, { OVERRIDE_LABELS: 'other, moved' })
  assert.deepEqual((await postGraphQL(on.url, { document: DOCUMENT })).data, { item: { named: 'modern', ...fromOld } })
})

test('a request turns labels on by the header that the configuration names, and by no other', async () => {
  const router = await startTestRouter(sdl, { OVERRIDE_LABELS_HEADER: 'X-Override-Labels' })
  const ask = async (headers: Record<string, string>) =>
    (await postGraphQL(router.url, { document: '{ item { named } }', headers })).data.item.named
  assert.equal(await ask({ 'x-override-labels': 'moved' }), 'modern')
  assert.equal(await ask({ 'x-override-labels': 'unknown,moved' }), 'modern')
  assert.equal(await ask({ 'x-override-labels': 'unknown' }), 'old')
  assert.equal(await ask({}), 'old')
  const { data } = await postGraphQL(plain.url, {
    document: '{ item { named } }',
    headers: { 'x-override-labels': 'moved' },
  })
  assert.equal(data.item.named, 'old')
})

test('percent(n) is decided for each request, and once in it', async () => {
  const seen = new Set<string>()
  for (let count = 0; count < 60 && seen.size < 2; count += 1) {
    const { data } = await postGraphQL(plain.url, { document: '{ item { half both } }' })
    // One label on two fields is one decision.
    assert.equal(data.item.half, data.item.both)
    seen.add(data.item.half)
  }
  assert.deepEqual([...seen].toSorted(), ['modern', 'old'])
})

test('a subscription keeps to its decision for all of its events', async () => {
  for (let count = 0; count < 4; count += 1) {
    const events = subscribeGraphQL(plain.wsUrl, { document: 'subscription { changed { half } }' })
    const answers = new Set<string>()
    for await (const { data } of events) answers.add(data.changed.half)
    assert.equal(answers.size, 1)
  }
})

test('percent(n) is on for n of a hundred requests', () => {
  const of = (label: string, random: number) => decideOverrides(new Set(['percent(1)']), () => random)(label)
  assert.deepEqual([of('percent(25)', 0.2499), of('percent(25)', 0.25), of('percent(25)', 0.9)], [true, false, false])
  assert.deepEqual([of('percent(0.5)', 0.004), of('percent(0.5)', 0.006)], [true, false])
  assert.deepEqual([of('percent(0)', 0), of('percent(100)', 0.999_999)], [false, true])
  assert.deepEqual([of('percent(1)', 0.5), of('named', 0)], [false, false])
})

test('only the labels that can change the plan of an operation count: of its fields, and of what plans read beside', () => {
  const supergraph = {
    labels: new Map([
      ['size', ['bigger']],
      ['weight', ['heavier', 'bigger']],
      ['length', ['longer']],
      ['color', ['brighter']],
    ]),
    readNames: new Set(['id', 'length__with_0', 'weight']),
    standIns: new Map([['length__with_0', { name: 'length', args: '' }]]),
  }
  assert.deepEqual(relevantLabels(parse('{ item { name } }'), supergraph), ['bigger', 'heavier', 'longer'])
  assert.deepEqual(relevantLabels(parse('{ item { ...F } } fragment F on Item { mine: color }'), supergraph), [
    'bigger',
    'brighter',
    'heavier',
    'longer',
  ])
})
