import assert from 'node:assert/strict'
import { after, beforeEach, test } from 'node:test'
import { GraphQLError } from 'graphql'
import { postGraphQL } from '../support/client.ts'
import { compose } from './fixtures/graph.ts'
import { startTestRouter } from './fixtures/router.ts'
import { startSubgraph } from './fixtures/subgraph.ts'

// What stands at `lines.@.product` comes from fragments on different types, of which one reads the price.
const shop = await startSubgraph(
  'shop',
  `type Query { lines: [Line] }
   union Line = Sale | Gift
   type Sale { product: Product! }
   type Gift { product: Product! }
   type Product @key(fields: "id") { id: ID! price: Int! }`,
  {
    Query: {
      lines: () => [
        { __typename: 'Gift', product: { id: '1', price: 3 } },
        { __typename: 'Sale', product: { id: '2', price: 4 } },
        { __typename: 'Sale', product: { id: '3', price: 5 } },
      ],
    },
    Product: {
      price: ({ id, price }: { id: string; price: number }) => {
        if (id === '3') throw new GraphQLError('no price', { extensions: { code: 'NOT_FOUND' } })
        return price
      },
    },
  },
)
const stock = await startSubgraph(
  'stock',
  `type Product @key(fields: "id") { id: ID! price: Int! @external left: Int tax: Int @requires(fields: "price") }`,
  {
    Product: {
      __resolveReference: (reference: { id: string }) => reference,
      left: ({ id }: { id: string }) => Number(id) * 10,
      tax: ({ price }: { price: number }) => price * 2,
    },
  },
)
const router = await startTestRouter(compose([shop, stock]))
after(() => Promise.all([shop.stop(), stock.stop()]))
beforeEach(() => void (stock.calls.length = 0))

const ask = (document: string) => postGraphQL(router.url, { document })
const represented = () => stock.calls.map(({ variables }) => variables?.['representations'])

test('who lacks what only some of a fetch’s fields require is asked for the others', async () => {
  const { data, errors } = await ask(
    '{ lines { ... on Gift { product { left } } ... on Sale { product { id left tax } } } }',
  )
  assert.equal(errors?.length, 1)
  assert.deepEqual(data, {
    lines: [{ product: { left: 10 } }, { product: { id: '2', left: 20, tax: 8 } }, null],
  })
  assert.deepEqual(represented(), [
    [{ __typename: 'Product', id: '2', price: 4 }],
    [{ __typename: 'Product', id: '1' }],
  ])
})

test('one call does for all that have what is required', async () => {
  const { data } = await ask('{ lines { ... on Sale { product { left tax } } } }')
  assert.deepEqual(data, { lines: [{}, { product: { left: 20, tax: 8 } }, null] })
  assert.deepEqual(represented(), [[{ __typename: 'Product', id: '2', price: 4 }]])
})
