import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { buildSchema, OperationTypeNode } from 'graphql'
import { compileKeepTypes } from '../../router/executor/known-types.ts'
import { withoutInterfaceTypename } from '../../router/planner/interface-objects.ts'
import { postGraphQL } from '../support/client.ts'
import { compose } from './fixtures/graph.ts'
import { startTestRouter } from './fixtures/router.ts'
import { startSubgraph } from './fixtures/subgraph.ts'

const BOOK = { __typename: 'Book', id: '1', title: 'Notes', author: 'Ada' }
const FILM = { __typename: 'Film', id: '2', title: 'Metropolis' }
const media = await startSubgraph(
  'media',
  `type Query { media: Media }
   interface Media @key(fields: "id") { id: ID! title: String! next: Media }
   type Book implements Media @key(fields: "id") { id: ID! title: String! next: Media author: String }
   type Film implements Media @key(fields: "id") { id: ID! title: String! next: Media }`,
  {
    Query: { media: () => BOOK },
    Media: { __resolveReference: ({ id }: { id: string }) => (id === '1' ? BOOK : FILM) },
    Book: { __resolveReference: () => BOOK, next: () => FILM },
    Film: { __resolveReference: () => FILM, next: () => BOOK },
  },
)
const ratings = await startSubgraph(
  'ratings',
  `type Query { rated: Media }
   type Media @key(fields: "id") @federation__interfaceObject { id: ID! stars: Int title: String! @external praise: String @requires(fields: "title") }`,
  {
    Query: { rated: () => ({ id: '1', stars: 5 }) },
    Media: {
      __resolveReference: (reference: { id?: string; title?: string }) => {
        assert.ok(reference.id !== undefined, 'expected a key')
        return { stars: 5, ...reference }
      },
      praise: ({ title }: { title: string }) => `${title}!`,
    },
  },
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
    return withoutInterfaceTypename({ ...fetch, requires: [] }, new Set(['ratings Media']))?.operation
  }
  const pairs = {
    '{...on Media{...@skip(if:$yes){__typename id}}}': '{...on Media{...@skip(if:$yes){id}}}',
    '{...on Media{kind:__typename id}}': '{...on Media{kind:__typename id}}',
    '{...on Book{__typename id}}': '{...on Book{__typename id}}',
    '{...on Media{seller{__typename id}}}': '{...on Media{seller{__typename id}}}',
  }
  for (const [given, expected] of Object.entries(pairs)) assert.equal(mended(given), `${before}${expected}}`)
  assert.equal(mended('{...on Media@skip(if:$yes){__typename}}'), undefined)
})

test('nor is it lost where the type is all that is asked for, or under a condition', async () => {
  for (const [document, expected] of [
    [
      '{ rated { title ...B } } fragment B on Book { praise ... on Book { author __typename } }',
      { title: 'Notes', praise: 'Notes!', author: 'Ada', __typename: 'Book' },
    ],
    [
      '{ rated { title praise ... on Book @skip(if: false) { __typename stars author } ... on Film { stars __typename } } }',
      { title: 'Notes', praise: 'Notes!', author: 'Ada', stars: 5, __typename: 'Book' },
    ],
  ] as const) {
    const { data, errors } = await postGraphQL(router.url, { document })
    assert.deepEqual(data, { rated: expected }, document)
    assert.equal(errors, undefined)
  }
})

test('no variable is left over where a condition had nothing else', async () => {
  const document =
    'query ($yes: Boolean!) { media { stars ... on Book @skip(if: $yes) { author ...T } } } fragment T on Media { __typename }'
  for (const yes of [true, false]) {
    const { data, errors } = await postGraphQL(router.url, { document, variables: { yes } })
    assert.deepEqual(data, { media: { stars: 5, ...(!yes && { author: 'Ada', __typename: 'Book' }) } })
    assert.equal(errors, undefined)
  }
  const operation =
    'query($representations:[_Any!]!,$yes:Boolean!){_entities(representations:$representations){...on Media{stars ...@skip(if:$yes){__typename}}}}'
  const fetch = { kind: 'Fetch', serviceName: 'ratings', operationKind: OperationTypeNode.QUERY, operation } as const
  const given = { ...fetch, operationName: undefined, requires: [], variableUsages: ['yes'] }
  const mended = withoutInterfaceTypename(given, new Set(['ratings Media']))
  assert.doesNotMatch(mended?.operation ?? '', /yes/)
  assert.deepEqual(mended?.variableUsages, [])
})

test('a type that a fetch is not for is not asked for without a key', async () => {
  const document =
    '{ media { next { title ... on Book { ...P stars } } } } fragment P on Book { praise ... on Book { title } }'
  const { data, errors } = await postGraphQL(router.url, { document })
  assert.deepEqual(data, { media: { next: { title: 'Metropolis' } } })
  assert.equal(errors, undefined)
})

test('the name of an interface takes the place of no type that is known, at the root and in lists, whichever comes first', () => {
  const schema = buildSchema(
    'interface Media { id: ID } type Book implements Media { id: ID } type Query { rated: Media }',
  )
  const keepTypes = compileKeepTypes(schema, { interfaceObjects: new Set(['ratings Media']) }, 'ratings')
  const there = { rated: { __typename: 'Book', all: [{ __typename: 'Book' }, { __typename: 'Media' }, {}] } }
  const vague = { __typename: 'Media' }
  const came = { rated: { ...vague, all: [{ ...vague }, { __typename: 'Book' }, { ...vague }], more: [{ ...vague }] } }
  keepTypes?.(there, came)
  const book = { __typename: 'Book' }
  assert.deepEqual(came, { rated: { ...book, all: [book, book, vague], more: [vague] } })
  assert.equal(compileKeepTypes(schema, { interfaceObjects: new Set(['ratings Media']) }, 'media'), undefined)
})
