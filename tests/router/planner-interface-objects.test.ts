import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { OperationTypeNode } from 'graphql'
import { withoutInterfaceTypename } from '../../router/planner/interface-objects.ts'
import { postGraphQL } from '../support/client.ts'
import { compose } from './fixtures/graph.ts'
import { startTestRouter } from './fixtures/router.ts'
import { startSubgraph } from './fixtures/subgraph.ts'

const media = await startSubgraph(
  'media',
  `type Query { media: Media }
   interface Media @key(fields: "id") { id: ID! }
   type Book implements Media @key(fields: "id") { id: ID! author: String }
   type Film implements Media @key(fields: "id") { id: ID! }`,
  { Query: { media: () => ({ __typename: 'Book', id: '1', author: 'Ada' }) } },
)
const ratings = await startSubgraph(
  'ratings',
  `type Media @key(fields: "id") @federation__interfaceObject { id: ID! stars: Int }`,
  { Media: { __resolveReference: ({ id }: { id: string }) => ({ id, stars: 5 }) } },
)
const router = await startTestRouter(compose([media, ratings]))
after(() => Promise.all([media.stop(), ratings.stop()]))

test('an object keeps its type when a subgraph that knows only the interface is asked for more of it', async () => {
  const document = '{ media { __typename stars ... on Book { __typename stars author } } }'
  const { data, errors } = await postGraphQL(router.url, { document })
  assert.deepEqual(data, { media: { __typename: 'Book', stars: 5, author: 'Ada' } })
  assert.equal(errors, undefined)
  assert.ok(ratings.calls.length > 0)
  for (const { query } of ratings.calls) assert.doesNotMatch(query, /__typename/)
})

test('the type of an interface object is not read, whatever it stands in', () => {
  const [operationName, operationKind] = [undefined, OperationTypeNode.QUERY]
  const before = 'query($representations:[_Any!]!){_entities(representations:$representations)'
  const mended = (entities: string) => {
    const operation = `${before}${entities}}`
    const fetch = { kind: 'Fetch', serviceName: 'ratings', operationKind, operationName, operation } as const
    return withoutInterfaceTypename({ ...fetch, requires: [] }, new Set(['ratings Media'])).operation
  }
  const pairs = {
    '{...on Media{...@skip(if:$yes){__typename id}}}': '{...on Media{...@skip(if:$yes){id}}}',
    '{...on Media@skip(if:$yes){__typename}}': '{...on Media@skip(if:$yes){typeNobodyReads:__typename}}',
    '{...on Media{kind:__typename id}}': '{...on Media{kind:__typename id}}',
    '{...on Book{__typename id}}': '{...on Book{__typename id}}',
    '{...on Media{seller{__typename id}}}': '{...on Media{seller{__typename id}}}',
  }
  for (const [given, expected] of Object.entries(pairs)) assert.equal(mended(given), `${before}${expected}}`)
})
