import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { postGraphQL } from '../support/client.ts'
import { compose } from './fixtures/graph.ts'
import { startTestRouter } from './fixtures/router.ts'
import { startSubgraph } from './fixtures/subgraph.ts'

const cost = { cost: ({ base }: { base: number }, { unit }: { unit?: string }) => base * (unit === 'EUR' ? 2 : 1) }
const score = { score: (_: unknown, { by }: { by?: string }) => (by === 'views' ? 7 : 1) }
const given = (name: string) => (reference: Record<string, unknown>) => JSON.stringify(reference[name])

const things = await startSubgraph(
  'things',
  `type Query { boxes: [Box!]! media: [Media!]! }
   type Box @key(fields: "id") { id: ID! thing: Thing things: [Thing!] }
   interface Thing { cost(unit: String): Int }
   type Pen implements Thing { cost(unit: String): Int ink: String }
   type Cup implements Thing { cost(unit: String): Int }
   interface Media @key(fields: "id") { id: ID! score(by: String): Int }
   type Book implements Media @key(fields: "id") { id: ID! score(by: String): Int pages: Int }`,
  {
    Query: {
      boxes: () => [
        { id: '1', thing: { __typename: 'Pen', base: 1, ink: 'blue' }, things: [{ __typename: 'Cup', base: 5 }] },
        { id: '2', thing: { __typename: 'Cup', base: 3 }, things: [] },
      ],
      media: () => [{ __typename: 'Book', id: 'b', pages: 9 }],
    },
    Pen: cost,
    Cup: cost,
    Book: { __resolveReference: (reference: object) => reference, ...score, pages: () => 9 },
  },
)
const labels = await startSubgraph(
  'labels',
  `type Box @key(fields: "id") {
     id: ID!
     thing: Thing @external
     things: [Thing!] @external
     label: String @requires(fields: "thing { cost(unit: \\"EUR\\") }")
     dollars: String @requires(fields: "thing { cost(unit: \\"USD\\") }")
     pens: String @requires(fields: "things { cost(unit: \\"EUR\\") ... on Pen { ink } }")
   }
   interface Thing { cost(unit: String): Int }
   type Pen implements Thing @external { cost(unit: String): Int ink: String }
   type Cup implements Thing @external { cost(unit: String): Int }
   type Media @key(fields: "id") @federation__interfaceObject {
     id: ID!
     score(by: String): Int @external
     rank: String @requires(fields: "score(by: \\"views\\")")
   }`,
  {
    Box: {
      __resolveReference: (reference: object) => reference,
      label: given('thing'),
      dollars: given('thing'),
      pens: given('things'),
    },
    Media: { __resolveReference: (reference: object) => reference, rank: given('score') },
  },
)
for (const subgraph of [things, labels]) after(() => subgraph.stop())
const router = await startTestRouter(compose([things, labels]))

async function ask(document: string) {
  const { data, errors } = await postGraphQL(router.url, { document })
  assert.equal(errors, undefined, JSON.stringify(errors))
  return data
}
const costIn = (text: string) => JSON.parse(text).cost

test('a @requires reads a field of an interface with its own arguments, whatever the type', async () => {
  const { boxes } = await ask(
    '{ boxes { thing { cost(unit: "USD") ... on Pen { mine: cost ink } } label dollars pens } }',
  )
  const [pen, cup] = boxes
  assert.deepEqual([pen.thing, cup.thing], [{ cost: 1, mine: 1, ink: 'blue' }, { cost: 3 }])
  assert.deepEqual([costIn(pen.label), costIn(cup.label)], [2, 6])
  assert.deepEqual([costIn(pen.dollars), costIn(cup.dollars)], [1, 3])
  assert.deepEqual([JSON.parse(pen.pens).map(({ cost: amount }: { cost: number }) => amount), cup.pens], [[10], '[]'])
})

test('so does one of an @interfaceObject', async () => {
  assert.deepEqual(await ask('{ media { id: score(by: "x") score rank ... on Book { pages } } }'), {
    media: [{ id: 1, score: 1, rank: '7', pages: 9 }],
  })
})
