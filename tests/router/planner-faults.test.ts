import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { postGraphQL, subscribeGraphQL } from '../support/client.ts'
import { compose } from './fixtures/graph.ts'
import { startTestRouter } from './fixtures/router.ts'
import { startSubgraph } from './fixtures/subgraph.ts'

async function serve(...subgraphs: Parameters<typeof startSubgraph>[]) {
  const started = await Promise.all(subgraphs.map((parameters) => startSubgraph(...parameters)))
  for (const subgraph of started) after(() => subgraph.stop())
  return startTestRouter(compose(started))
}

test('jumps by a key that is resolvable, whichever comes first in the schema', async () => {
  const parcels = new Map([['1', { id: '1', code: 'c', place: { row: 'r', shelf: 's' }, name: 'one' }]])
  const router = await serve(
    [
      'names',
      `type Parcel @key(fields: "code", resolvable: false) @key(fields: "place { row }", resolvable: false) @key(fields: "id") {
        id: ID! code: ID! place: Place! name: String!
      }
      type Place @shareable { row: ID! shelf: ID! }`,
      { Parcel: { __resolveReference: ({ id }: { id: string }) => parcels.get(id) } },
    ],
    [
      'labels',
      `type Query { parcels: [Parcel!]! }
      type Parcel @key(fields: "code", resolvable: false) @key(fields: "id", resolvable: false) @key(fields: "id place { shelf }") {
        id: ID! code: ID! place: Place! name: String! @external label: String! @requires(fields: "name")
      }
      type Place @shareable { row: ID! shelf: ID! }`,
      {
        Query: { parcels: () => [...parcels.values()].map(({ name: _name, ...parcel }) => parcel) },
        Parcel: {
          __resolveReference: (reference: object) => reference,
          label: ({ name, place }: { name: string; place?: { shelf: string } }) => `${name} at ${place?.shelf}`,
        },
      },
    ],
  )
  const answer = await postGraphQL(router.url, { document: '{ parcels { label } }' })
  assert.deepEqual([answer.data, answer.errors], [{ parcels: [{ label: 'one at s' }] }, undefined])
})

const nodes = await serve(
  [
    'nodes',
    `interface Node @key(fields: "id") { id: ID! }
     type Query { node: Node other: String list: [Node] }
     type Mutation { touch: Node }
     type Subscription { touched: Node }`,
    {
      Query: { node: () => ({ __typename: 'Node', id: 'n' }), other: () => 'other', list: () => [] },
      Mutation: { touch: () => null },
      Subscription: {},
    },
  ],
  [
    'fields',
    `type Node @key(fields: "id", resolvable: false) @federation__interfaceObject { id: ID! field: String }
     type Query { another: Node }`,
    { Query: { another: () => ({ id: 'n' }) } },
  ],
)

const codeOf = (errors: readonly { extensions?: Record<string, unknown> }[] | undefined) =>
  errors?.[0]?.extensions?.['code']

test('refuses to plan a root field that no subgraph can answer, instead of answering null', async () => {
  for (const document of [
    '{ node { field } }',
    '{ other ...F } fragment F on Query { mine: node { field } }',
    '{ other list { field } __typename }',
    'mutation { touch { field } }',
    '{ node @include(if: true) { field } }',
  ]) {
    const { data, errors } = await postGraphQL(nodes.url, { document })
    assert.deepEqual([data, codeOf(errors)], [null, 'QUERY_PLANNING_FAILED'], document)
    assert.match(errors?.[0]?.message ?? '', /the operation can't be planned/, document)
  }
})

test('says which field that is', async () => {
  const { errors } = await postGraphQL(nodes.url, { document: '{ other mine: node { field } }' })
  assert.match(errors?.[0]?.message ?? '', /no subgraph can answer mine$/)
})

test('but not where it is never asked for', async () => {
  const { data, errors } = await postGraphQL(nodes.url, {
    document: '{ other node @include(if: false) { field } ... @skip(if: true) { list { field } } }',
  })
  assert.deepEqual([data, errors], [{ other: 'other' }, undefined])
})

test('where a variable decides, it decides', async () => {
  const document = 'query($with: Boolean!) { other ... @include(if: $with) { node { field } } }'
  const without = await postGraphQL(nodes.url, { document, variables: { with: false } })
  assert.deepEqual([without.data, without.errors], [{ other: 'other' }, undefined])
  const asked = await postGraphQL(nodes.url, { document, variables: { with: true } })
  assert.deepEqual([asked.data, codeOf(asked.errors)], [null, 'QUERY_PLANNING_FAILED'])
})

test('introspection beside it is no root field that has to be fetched', async () => {
  const { data, errors } = await postGraphQL(nodes.url, {
    document: '{ __typename __schema { queryType { name } } __type(name: "Node") { name } }',
  })
  assert.equal(errors, undefined)
  assert.deepEqual(data, { __typename: 'Query', __schema: { queryType: { name: 'Query' } }, __type: { name: 'Node' } })
})

test('refuses a subscription that no subgraph can answer', async () => {
  const events = subscribeGraphQL(nodes.wsUrl, { document: 'subscription { touched { field } }' })
  const { value } = await events.next()
  assert.deepEqual([value.data, codeOf(value.errors)], [undefined, 'QUERY_PLANNING_FAILED'])
})
