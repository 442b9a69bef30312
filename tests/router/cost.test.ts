import assert from 'node:assert/strict'
import { test } from 'node:test'
import { GraphQLError } from 'graphql'
import { loadSupergraph } from '../../router/supergraph/load-supergraph.ts'
import { costIn, supergraphOf } from './fixtures/costs.ts'

/** A table of operations with what each costs at most. */
function holds(sdl: string, table: readonly [operation: string, cost: number, variables?: Record<string, unknown>][]) {
  const supergraph = supergraphOf(sdl)
  for (const [operation, expected, given] of table) {
    const { cost, variables } = costIn(supergraph, operation, given)
    assert.equal(cost.estimate(variables), expected, `${operation} ${JSON.stringify(given ?? {})}`)
  }
}

test('objects cost 1, scalars and enums nothing, a mutation 10 by itself (the example of Apollo Router)', () => {
  const sdl = `
    type Query { book(id: ID): Book @cost(weight: 1) media: Media thing: Thing genre: Genre }
    type Mutation { addBook(id: ID): Book }
    type Subscription { bookAdded: Book }
    type Book { title: String author: Author publisher: Publisher }
    type Author { name: String } type Publisher { name: String address: Address } type Address { zipCode: Int }
    interface Media { url: String } type Image implements Media { url: String } union Thing = Book | Author
    enum Genre { NOVEL }`
  holds(sdl, [
    ['{ book(id: 1) { title author { name } publisher { name address { zipCode } } } }', 4],
    ['{ genre __typename }', 0],
    ['{ media { url __typename } }', 1],
    ['{ thing { __typename } }', 1],
    ['mutation { addBook(id: 1) { title } }', 11],
    ['subscription { bookAdded { title } }', 1],
    ['{ __schema { types { name } } }', 100],
  ])
})

test("the first example of IBM's specification: a list costs its elements, as many as its slicing argument says", () => {
  const sdl = `
    type User { name: String age: Int @cost(weight: 2) }
    type Query { users(max: Int): [User] @listSize(slicingArguments: ["max"]) }`
  holds(sdl, [
    ['query Example { users(max: 5) { age } }', 5 * (1 + 2)],
    ['query Example { users(max: 5) { name } }', 5],
    ['query ($max: Int) { users(max: $max) { age } }', 21, { max: 7 }],
    ['query ($max: Int = 2) { users(max: $max) { age } }', 6],
    ['{ users(max: 0) { age } }', 0],
    ['{ users(max: -3) { age } }', 0],
  ])
})

test("weights of fields, types, arguments and input fields add up; what is negative is no less than 0 (IBM's example)", () => {
  const sdl = `
    input Filter { approximate: Boolean @cost(weight: -12) near: Point }
    input Point { lat: Float }
    type Query {
      top(filter: Filter @cost(weight: 15)): String @cost(weight: 5)
      plain(filter: Filter): String
      lot(filters: [Filter!]): String
      at(when: Instant, level: Level, tags: [Tag!]): Heavy
      scalar: Instant
    }
    scalar Instant @cost(weight: 3)
    scalar Tag @cost(weight: 2)
    enum Level @cost(weight: 4) { HIGH }
    type Heavy @cost(weight: 7) { id: ID }`
  holds(sdl, [
    ['{ top(filter: { approximate: true }) }', 5 + 15 - 12],
    ['{ top(filter: {}) }', 20],
    ['{ top }', 5],
    ['{ top(filter: null) }', 5],
    ['query ($f: Filter) { top(filter: $f) }', 8, { f: { approximate: false } }],
    ['query ($f: Filter) { top(filter: $f) }', 5],
    ['query ($yes: Boolean) { top(filter: { approximate: $yes }) }', 8, { yes: true }],
    ['{ plain(filter: { approximate: true }) }', 0],
    ['{ plain(filter: { near: { lat: 1 } }) }', 2],
    ['query ($f: [Filter!]) { lot(filters: $f) }', 3, { f: [{}, { near: {} }] }],
    ['{ lot(filters: [{}, { near: {} }]) }', 3],
    ['{ at(when: "now", level: HIGH, tags: ["a", "b"]) { id } }', 7 + 3 + 4 + 4],
    ['query ($t: [Tag!]) { at(tags: $t) { id } }', 9, { t: ['a'] }],
    ['{ scalar }', 3],
  ])
})

const LISTS = `
  type Query {
    products(first: Int = 20, last: Int, after: ID): Products
      @listSize(slicingArguments: ["first", "last"], sizedFields: ["edges", "nodes"], requireOneSlicingArgument: false)
    strict(first: Int, last: Int): [Product] @listSize(slicingArguments: ["first", "last"])
    assumed(first: Int): [Product] @listSize(slicingArguments: ["first"], assumedSize: 3, requireOneSlicingArgument: false)
    page(page: Page = { first: 4 }): [Product] @listSize(assumedSize: 99)
    unknown: [Product]
    grid: [[Product]]
    dear: [Product] @cost(weight: 5) @listSize(assumedSize: 2)
  }
  input Page { first: Int = 6 }
  type Products { nodes: [Product] edges: [Edge] total: Int }
  type Edge { node: Product }
  type Product { id: ID tags: [Tag] @listSize(assumedSize: 3) }
  type Tag { name: String }`

test('a connection gives its size to its sized fields, and the lists within have their own', () => {
  holds(LISTS, [
    ['{ products(first: 2) { nodes { id } } }', 1 + 2],
    ['{ products(first: 2) { total edges { node { id } } } }', 1 + 2 * 2],
    ['{ products(first: 2) { ...F } } fragment F on Products { ... { nodes { tags { name } } } }', 1 + 2 * (1 + 3)],
    ['{ products { nodes { id } } }', 1 + 20],
    ['query ($n: Int) { products(first: $n) { nodes { id } } }', 1 + 20],
    ['query ($n: Int) { products(first: $n, last: 30) { nodes { id } } }', 1 + 30, { n: 5 }],
    ['{ products(first: null) { nodes { id } } }', 1 + 10],
    ['{ unknown { id } }', 10],
    ['{ grid { id } }', 100],
    ['{ dear { tags { name } } }', 2 * (5 + 3)],
    ['{ assumed { id } }', 3],
    ['{ assumed(first: 8) { id } }', 8],
  ])
})

test('slicing arguments may be within input objects: written, in a variable, or by default', () => {
  // Apollo's composition does not let them in; other composers do.
  const { sdl } = supergraphOf(LISTS)
  const supergraph = loadSupergraph(sdl.replace('assumedSize: 99', 'slicingArguments: ["page.first"]'))
  const table: [string, number, Record<string, unknown>?][] = [
    ['{ page { id } }', 4],
    ['{ page(page: { first: 2 }) { id } }', 2 + 1],
    ['{ page(page: {}) { id } }', 6 + 1],
    ['query ($p: Page) { page(page: $p) { id } }', 3 + 1, { p: { first: 3 } }],
    ['query ($p: Page) { page(page: $p) { id } }', 6 + 1, { p: {} }],
    ['query ($n: Int) { page(page: { first: $n }) { id } }', 9 + 1, { n: 9 }],
  ]
  for (const [operation, expected, given] of table) {
    const { cost, variables } = costIn(supergraph, operation, given)
    assert.equal(cost.estimate(variables), expected, operation)
  }
})

test('refuses none or several slicing arguments where one is required, but not for what is left out', () => {
  const supergraph = supergraphOf(LISTS)
  const estimate = (operation: string, given?: Record<string, unknown>) => {
    const { cost, variables } = costIn(supergraph, operation, given)
    return cost.estimate(variables)
  }
  assert.equal(estimate('{ strict(last: 2) { id } }'), 2)
  const refused = (message: string) => (error: unknown) =>
    error instanceof GraphQLError && error.extensions['code'] === 'BAD_USER_INPUT' && error.message.includes(message)
  assert.throws(
    () => estimate('{ strict { id } }'),
    refused('exactly one of its arguments first, last to have a value, got none'),
  )
  assert.throws(() => estimate('{ strict(first: 1, last: 2) { id } }'), refused('got 2'))
  const optional = 'query ($n: Int, $with: Boolean!) { strict(first: $n) @include(if: $with) { id } }'
  assert.throws(() => estimate(optional, { with: true }), refused('got none'))
  assert.equal(estimate(optional, { with: false }), 0)
  assert.equal(estimate(optional, { with: true, n: 4 }), 4)
})

test('an interface costs its dearest type, and a key that is selected twice costs once', () => {
  const sdl = `
    type Query { media: Media node: Node two: Image @cost(weight: 0) }
    interface Media { url: String thumb: Thumb }
    type Image implements Media { url: String thumb: Thumb @cost(weight: 8) size: Size }
    type Video implements Media @cost(weight: 4) { url: String thumb: Thumb @cost(weight: 2) size: Size }
    union Node = Image | Thumb
    type Thumb { url: String } type Size { width: Int }`
  holds(sdl, [
    ['{ media { url } }', 4],
    ['{ media { thumb { url } } }', Math.max(1 + 8, 4 + 2)],
    ['{ media { ... on Image { size { width } } ... on Video { size { width } } } }', 4 + 1],
    ['{ media { ... on Image { a: size { width } b: size { width } c: size { width } d: size { width } } } }', 1 + 4],
    ['{ media { ... on Video { url } } media { url } }', 4],
    ['{ two { size { width } } ... { two { size { width } } } other: two { size { width } } }', 2],
    ['{ node { ... on Thumb { url } ... on Image { size { width } } } }', 2],
    ['query ($x: Boolean!) { two { size @skip(if: $x) { width } } }', 0, { x: true }],
    ['query ($x: Boolean!) { two { size @skip(if: $x) { width } size @include(if: $x) { width } } }', 1, { x: true }],
    ['{ two @skip(if: true) { size { width } } ... @include(if: false) { node { __typename } } }', 0],
  ])
})

test('the actual cost counts what came: elements, types, and nothing for null', () => {
  const { cost, variables } = costIn(
    supergraphOf(`
      type Query { media(first: Int, by: By): [Media] @listSize(slicingArguments: ["first"]) }
      input By { id: ID }
      interface Media { url: String }
      type Image implements Media { url: String tags: [Tag] }
      type Video implements Media @cost(weight: 4) { url: String @cost(weight: 2) }
      type Tag { name: String }`),
    'query ($by: By) { list: media(first: 9, by: $by) { __typename url ... on Image { tags { name } } } }',
    { by: { id: '1' } },
  )
  assert.equal(cost.estimate(variables), 9 * (1 + 10) + 1)
  const list = [
    { __typename: 'Image', url: 'u', tags: [{ name: 'a' }, null] },
    { __typename: 'Image', url: 'u', tags: null },
    { __typename: 'Video', url: 'u' },
    null,
  ]
  assert.equal(cost.actual({ list }, variables), 2 + 1 + 6 + 1)
  assert.equal(cost.actual({ list: null }, variables), 1)
  assert.equal(cost.actual({}, variables), 0)
  assert.equal(cost.actual(null, variables), 0)
})

test('finds the directives under whatever name a supergraph links them, and none where none is', () => {
  const sdl = `type Query { users(max: Int): [User] @size(slicingArguments: ["max"]) } type User @weight(weight: 3) { id: ID }`
  const names = '{ name: "@cost", as: "@weight" }, { name: "@listSize", as: "@size" }'
  const { cost, variables } = costIn(supergraphOf(sdl, names), '{ users(max: 4) { id } }')
  assert.equal(cost.estimate(variables), 12)
  const without = supergraphOf('type Query { users: [User] } type User { id: ID }')
  assert.equal(without.costRules, undefined)
})

test('fragments that double at each level are estimated at once; too many types are refused', () => {
  const doubling = Array.from(
    { length: 30 },
    (_, level) => `fragment F${level} on T { a: t { ...F${level + 1} } b: t { ...F${level + 1} } }`,
  )
  const sdl = 'type Query { t: T } type T { t: T @cost(weight: 1) id: ID }'
  holds(sdl, [[`{ t { ...F0 } } ${doubling.join(' ')} fragment F30 on T { id }`, 2 ** 31 - 1]])
  const types = Array.from({ length: 60 }, (_, index) => `type T${index} implements I { i: I f: Int @cost(weight: 0) }`)
  const many = Array.from({ length: 900 }, (_, index) => `k${index}: f`).join(' ')
  const { cost, variables } = costIn(
    supergraphOf(`type Query { i: I } interface I { i: I f: Int } ${types.join(' ')}`),
    `{ i { ${many} } }`,
  )
  for (const _ of [1, 2])
    assert.throws(
      () => cost.estimate(variables),
      (error) => error instanceof GraphQLError && error.extensions['code'] === 'OPERATION_TOO_COMPLEX',
    )
})
