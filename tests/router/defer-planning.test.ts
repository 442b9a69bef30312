import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import type { QueryPlan } from '@apollo/query-planner'
import { type DocumentNode, GraphQLError, parse, print } from 'graphql'
import { isNullAt } from '../../router/defer/null-places.ts'
import { planInParts } from '../../router/planner/plan-in-parts.ts'
import { loadSupergraph } from '../../router/supergraph/load-supergraph.ts'
import { createDeferring } from './defer/deferring.ts'
import { compose } from './fixtures/graph.ts'
import { startSubgraph } from './fixtures/subgraph.ts'

const BOOK = { __typename: 'Book', id: '1', title: 'Notes', pages: 9 }
const library = await startSubgraph(
  'library',
  `type Query { media: Media note: Note }
   type Note { text: String mark: String of: Media }
   type Mutation { open(id: ID): Media }
   interface Media @key(fields: "id") { id: ID! title: String! next: Media }
   type Book implements Media @key(fields: "id") { id: ID! title: String! next: Media pages: Int }
   type Film implements Media @key(fields: "id") { id: ID! title: String! next: Media }`,
  {
    Query: { media: () => BOOK, note: () => ({ text: 'short', of: BOOK }) },
    Note: {
      mark: () => {
        throw new GraphQLError('no mark', { extensions: { code: 'FORBIDDEN' } })
      },
    },
    Mutation: { open: () => BOOK },
    Media: { __resolveReference: () => BOOK },
    Book: { __resolveReference: () => BOOK, next: () => ({ __typename: 'Film', id: '2', title: 'Metropolis' }) },
    Film: { __resolveReference: () => BOOK },
  },
)
const ratings = await startSubgraph(
  'ratings',
  `type Query { rated: Media }
   type Mutation { rate(stars: Int): Review }
   type Media @key(fields: "id") @federation__interfaceObject {
     id: ID! stars: Int rank: Int! title: String! @external praise: String @requires(fields: "title")
   }
   type Review @key(fields: "id") { id: ID! text: String of: Media }`,
  {
    Query: { rated: () => ({ id: '1', stars: 5 }) },
    Mutation: { rate: () => ({ id: 'r', text: 'good', of: { id: '1', stars: 5 } }) },
    Media: {
      __resolveReference: (reference: object) => ({ ...reference, stars: 5 }),
      rank: () => {
        throw new GraphQLError('no rank', { extensions: { code: 'FORBIDDEN' } })
      },
      praise: ({ title }: { title: string }) => `${title}!`,
    },
    Review: { __resolveReference: () => ({ id: 'r', text: 'good', of: { id: '1', stars: 5 } }) },
  },
)
after(() => Promise.all([library.stop(), ratings.stop()]))
const supergraph = loadSupergraph(compose([library, ratings]))
const runBoth = createDeferring(supergraph)

/** The parts of an answer, which together are the whole one. */
async function partsOf(text: string, variables: Record<string, unknown> = {}) {
  const both = await runBoth({ text, variables })
  assert.ok(both, `expected a valid operation, got ${text}`)
  assert.deepEqual(both.merged, { data: both.whole.data, errors: [], failed: [] }, text)
  return both
}

test('a deferred part of one mutation does not begin with what another mutation brought', async () => {
  const text = `mutation {
    a: open(id: 1) { id ... @defer { title } }
    b: open(id: 2) { id ... @defer { next { title } } }
    rate(stars: 5) { text ... @defer { of { stars } } }
  }`
  const { parts, whole } = await partsOf(text)
  assert.deepEqual(parts[0]?.data, { a: { id: '1' }, b: { id: '1' }, rate: { text: 'good' } })
  assert.deepEqual(whole.data, {
    a: { id: '1', title: 'Notes' },
    b: { id: '1', next: { title: 'Metropolis' } },
    rate: { text: 'good', of: { stars: 5 } },
  })
})

test('an object of which every selection is skipped is an object, in a part of its own too', async () => {
  const inner = 'next @include(if: $yes) { ... on Film @skip(if: $no) { title @include(if: $yes) } }'
  for (const text of [
    `query ($yes: Boolean!, $no: Boolean!) { rated { ${inner} } }`,
    `query ($yes: Boolean!, $no: Boolean!) { rated { stars ... @defer { ${inner} } } }`,
    `query ($yes: Boolean!, $no: Boolean!) { rated { stars ...F } } fragment F on Media { ${inner} }`,
  ]) {
    const { whole } = await partsOf(text, { yes: true, no: true })
    assert.deepEqual(whole.data, { rated: { ...(text.includes('stars') && { stars: 5 }), next: {} } }, text)
    await partsOf(text, { yes: true, no: false })
    await partsOf(text, { yes: false, no: false })
  }
})

test('what is deferred may hold objects that another subgraph is needed for before theirs can be asked for more', async () => {
  for (const inner of [
    'praise',
    '... on Book { stars pages }',
    'stars ... on Book { praise ... on Book @defer { pages } }',
    '... on Book @include(if: $yes) { id pages }',
    '... on Book @include(if: $yes) @defer { id title } ... on Film { stars }',
  ]) {
    const text = `query ($yes: Boolean! = true, $on: Boolean! = true) { media { id } ... @defer(if: $on) { rated { __typename @skip(if: $yes) ${inner} } } }`
    const { parts } = await partsOf(text)
    assert.deepEqual(parts[0]?.data, { media: { id: '1' } }, text)
  }
})

test('a root field may be deferred, and once more in a fragment within', async () => {
  const { parts } = await partsOf(
    '{ rated { praise } ... @defer { media { id } ... @defer { rated { praise title } } } }',
  )
  assert.deepEqual(parts[0]?.data, { rated: { praise: 'Notes!' } })
})

test('what the planner fails on is planned with fewer fragments deferred, and given up only where none is left', () => {
  const document = parse(
    '{ a ... @defer(label: "d0") { b ... @defer(label: "d1") { c } } ... @defer(label: "d2") { d } }',
  )
  const labelsWhen = (fail: (labels: string[]) => string | undefined): string[][] => {
    const asked: string[][] = []
    const plan = (given: DocumentNode): QueryPlan => {
      const labels = [...print(given).matchAll(/"(\w+)"/g)].map(([, label = '']) => label)
      asked.push(labels)
      const failure = fail(labels)
      if (failure !== undefined) throw new Error(failure)
      return { kind: 'QueryPlan' }
    }
    planInParts(plan, document, supergraph.mended)
    return asked
  }
  const forgotten = 'group {\n} has deferRef "d0", so its child {\n} cannot have a top-level deferRef'
  const all = ['d0', 'd1', 'd2']
  assert.deepEqual(
    labelsWhen((labels) => (labels.includes('d0') ? forgotten : undefined)),
    [all, all, ['d1', 'd2']],
  )
  assert.deepEqual(
    labelsWhen((labels) => (labels.includes('d1') ? 'something else' : undefined)),
    [all, all, ['d0', 'd2']],
  )
  assert.throws(() => labelsWhen(() => 'something else'), /something else/)
})

test('a fragment within one on the same type is deferred as one without a type is', async () => {
  const text = '{ rated { stars ...B } } fragment B on Book { id ...P @defer } fragment P on Book { title }'
  const { parts } = await partsOf(text)
  assert.deepEqual(parts[0]?.data, { rated: { stars: 5, id: '1' } })
})

test('an error of what came with the first part’s fetch is told in the part that it is of', async () => {
  const text = '{ note { text ... @defer { ... @defer { mark } kind: __typename } } }'
  const both = await runBoth({ text, variables: {} })
  assert.deepEqual(both?.parts[0], { data: { note: { text: 'short' } } })
  const told = both?.parts.flatMap(({ incremental = [] }) => incremental)
  assert.deepEqual(
    told?.map(({ data, errors }) => [data, errors?.map(({ message, path }) => [message, path?.join('.')])]),
    [
      [{ kind: 'Note' }, []],
      [{ mark: null }, [['no mark', 'note.mark']]],
    ],
  )
})

test('a deferred fragment is shown by the type that its own fetches tell', async () => {
  const { parts } = await partsOf('{ rated { stars ... @defer { ... on Book { kind: __typename pages } } } }')
  assert.deepEqual(parts[0]?.data, { rated: { stars: 5 } })
  await partsOf('{ rated { ... on Media @defer { ... on Book { __typename } ... on Film @defer { title } } } }')
})

test('in an object that another fragment makes null nothing more comes, and the reason is told', async () => {
  const text = '{ note { ... @defer { of { id ... @defer { praise } } } ... @defer { text of { rank } } } }'
  const both = await runBoth({ text, variables: {} })
  // Whichever of the two came first.
  assert.deepEqual(both?.merged.data, { note: { of: null, text: 'short' } })
  for (const place of both?.merged.failed ?? []) assert.deepEqual(place, ['note', 'of'])
  for (const { message, path } of both?.merged.errors ?? [])
    assert.deepEqual([message, path?.join('.')], ['no rank', 'note.of.rank'])
  const part = { of: [{ id: '1' }, { id: null }, null] }
  const isNull = (...path: (string | number)[]) => isNullAt(part, ['note'], ['note', ...path])
  assert.deepEqual(
    [isNull('of', 0), isNull('of', 1), isNull('of', 2, 'x'), isNull('other')],
    [false, false, true, false],
  )
})
