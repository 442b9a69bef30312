import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { postGraphQL } from '../support/client.ts'
import { startGoods } from './fixtures/goods.ts'
import { startTestRouter } from './fixtures/router.ts'

const graph = await startGoods()
const router = await startTestRouter(graph.supergraphSdl)
const numRuns = fc.readConfigureGlobal()?.numRuns ?? 60

type Product = { id: string; name: string; weight: number; amount: number | null }
const PRODUCTS: Product[] = [
  { id: '1', name: 'one', weight: 5, amount: 10 },
  { id: '2', name: 'two', weight: 0, amount: 0 },
  { id: '3', name: 'three', weight: 7, amount: null },
]

/** A field of a product as a client may write it, and what it answers. */
type Atom = { name: string; text: string; valueOf: (product: Product) => unknown }

const FACTORS = { USD: 1, EUR: 2, GBP: 3 }
const times = (amount: number | null, factor: number) => (amount === null ? null : amount * factor)
const currencies = Object.entries(FACTORS)

const ATOMS: Atom[] = [
  { name: 'id', text: 'id', valueOf: ({ id }) => id },
  { name: 'name', text: 'name', valueOf: ({ name }) => name },
  { name: 'weight', text: 'weight', valueOf: ({ weight }) => weight },
  { name: 'price', text: 'price', valueOf: ({ amount }) => amount },
  { name: 'plain', text: 'plain', valueOf: () => 'plain' },
  { name: 'heavy', text: 'heavy(times: 2)', valueOf: ({ weight }) => weight * 2 },
  ...currencies.flatMap(([currency, factor]): Atom[] => [
    { name: 'price', text: `price(currency: "${currency}")`, valueOf: ({ amount }) => times(amount, factor) },
    { name: 'price', text: `price(currency: $${currency})`, valueOf: ({ amount }) => times(amount, factor) },
    {
      name: 'category',
      text: `category { name average(currency: "${currency}") }`,
      valueOf: ({ amount }) => ({ name: 'things', average: times(amount, factor) }),
    },
    {
      name: 'category',
      text: `category { average: name name: average(currency: "${currency}") }`,
      valueOf: ({ amount }) => ({ average: 'things', name: times(amount, factor) }),
    },
  ]),
  {
    name: 'inDollars',
    text: 'inDollars',
    valueOf: ({ amount, weight }) => JSON.stringify({ price: amount, weight }),
  },
  { name: 'inEuros', text: 'inEuros', valueOf: ({ amount }) => JSON.stringify({ price: times(amount, 2) }) },
  { name: 'byDefault', text: 'byDefault', valueOf: ({ amount }) => JSON.stringify({ price: amount }) },
  {
    name: 'averageInDollars',
    text: 'averageInDollars',
    valueOf: ({ amount }) => JSON.stringify({ category: { average: amount } }),
  },
  {
    name: 'averageInEuros',
    text: 'averageInEuros',
    valueOf: ({ amount }) => JSON.stringify({ category: { average: times(amount, 2) } }),
  },
  {
    name: 'prices',
    text: 'prices(first: 1) { amount }',
    valueOf: ({ amount }) => [{ amount: (amount ?? 0) * 100 }],
  },
  {
    name: 'all',
    text: 'all',
    valueOf: ({ amount }) => JSON.stringify({ prices: [{ amount: (amount ?? 0) + 1 }, { amount: (amount ?? 0) + 2 }] }),
  },
]

// Names of keys, of what is required, of stand-ins, and of nothing.
const ALIASES = ['id', 'name', 'weight', 'price', 'category', 'average', 'prices', 'price__with_0', 'price__as_id', 'x']
const WRAPPERS: ((text: string) => string)[] = [
  (text) => text,
  (text) => `... on Product { ${text} }`,
  (text) => `... { ${text} }`,
  (text) => `... on Product @include(if: $on) { ... { ${text} } }`,
  (text) => `... @skip(if: $off) { ${text} }`,
]

/** Under a condition, by which it is left out or not. `@skip` comes after a field's arguments and before what is selected of it. */
const HIDERS: ((text: string, isHidden: boolean) => string)[] = [
  (text, isHidden) => (isHidden ? onField(text, '@skip(if: $on)') : text),
  (text, isHidden) => onField(text, isHidden ? '@include(if: $off)' : '@include(if: $on)'),
  (text, isHidden) => `... @skip(if: ${isHidden ? '$on' : '$off'}) { ... on Product { ${text} } }`,
  (text, isHidden) => `... on Product @include(if: $on) @skip(if: ${isHidden ? '$on' : '$off'}) { ${text} }`,
]
const onField = (text: string, directive: string): string =>
  text.replace(/^((?:\w+: )?\w+(?:\([^)]*\))?)/, `$1 ${directive}`)

const selection = fc.array(
  fc.record({
    atom: fc.constantFrom(...ATOMS),
    alias: fc.option(fc.constantFrom(...ALIASES), { nil: undefined }),
    wrap: fc.constantFrom(...WRAPPERS),
    isHidden: fc.integer({ min: 0, max: 4 }).map((drawn) => drawn === 0),
    hide: fc.constantFrom(...HIDERS),
    isInFragment: fc.boolean(),
  }),
  { minLength: 1, maxLength: 12 },
)

test('whatever a client selects, each field answers for itself, and each @requires gets what it asks for', async () => {
  await fc.assert(
    fc.asyncProperty(selection, fc.boolean(), async (drawn, isList) => {
      const byResponseName = new Map(drawn.map((field) => [field.alias ?? field.atom.name, field]))
      const fields = [...byResponseName].map(([responseName, field]) => ({
        ...field,
        responseName,
        text: field.wrap(
          field.hide(`${field.alias === undefined ? '' : `${field.alias}: `}${field.atom.text}`, field.isHidden),
        ),
      }))
      const inline = fields.filter(({ isInFragment }) => !isInFragment).map(({ text }) => text)
      const inFragment = fields.filter(({ isInFragment }) => isInFragment).map(({ text }) => text)
      const root = isList ? 'products' : 'product(id: 1)'
      const document = `query($USD: String = "USD" $EUR: String $GBP: String $on: Boolean! $off: Boolean!) {
        ${root} { ${inline.join(' ')} __typename ...F } ${USES} }
        fragment F on Product { ${inFragment.join(' ')} __typename }`
      const { data, errors } = await postGraphQL(router.url, {
        document,
        variables: { EUR: 'EUR', GBP: 'GBP', on: true, off: false },
      })
      assert.equal(errors, undefined, `${document} ${JSON.stringify(errors)}`)
      const expected = PRODUCTS.map((product) => ({
        ...Object.fromEntries(
          fields
            .filter(({ isHidden }) => !isHidden)
            .map(({ responseName, atom }) => [responseName, atom.valueOf(product)]),
        ),
        __typename: 'Product',
      }))
      assert.deepEqual(isList ? data.products : [data.product], isList ? expected : expected.slice(0, 1), document)
    }),
    { numRuns },
  )
})

/** So that no variable is left unused. */
const USES = `used: product(id: 2) { a: price(currency: $USD) b: price(currency: $EUR) c: price(currency: $GBP)
  ... @include(if: $on) { d: name } ... @skip(if: $off) { e: name } }`
