import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { startTestShop, type TestShop } from '../support/shop.ts'
import { catalogue, price } from './products-support.ts'

let shop: TestShop
let products: ReturnType<typeof catalogue>
const ids: Record<string, string> = {}

const shirt = (sku: string, colour: string, size: string, ...prices: object[]) => ({
  sku,
  options: [
    { name: 'Colour', value: colour },
    { name: 'Size', value: size },
  ],
  prices,
})

before(async () => {
  shop = await startTestShop({ subgraphs: ['products'] })
  products = catalogue(shop)
  const root = (ids['root'] = (await products.category('Clothes')).id)
  const shirts = (ids['shirts'] = (await products.category('Shirts', root)).id)
  const polos = (ids['polos'] = (await products.category('Polos', shirts)).id)
  ids['shoes'] = (await products.category('Shoes', root)).id
  const plain = (sku: string, ...prices: object[]) => ({ variants: [{ sku, prices }] })
  await products.create('beta shirt', {
    categoryId: shirts,
    variants: [
      shirt('B1', 'Red', 'S', price('20.00'), price('30.00', 'EUR')),
      shirt('B2', 'Blue', 'L', price('15.00')),
    ],
  })
  await products.create('Alpha Shirt', { categoryId: shirts, variants: [shirt('A1', 'Red', 'L', price('40.00'))] })
  await products.create('Éclair polo', {
    categoryId: polos,
    variants: [shirt('E1', 'Green', 'M', price('15.00'), price('2000', 'JPY'))],
  })
  await products.create('Gamma shoe', { categoryId: ids['shoes'], ...plain('G1', price('99.00')) })
  await products.create('Delta', plain('D1', price('7.00', 'EUR')))
  await products.create('Zeta', plain('Z1'))
  await products.create('Hidden', { status: 'DRAFT', categoryId: shirts, ...plain('H1', price('1.00')) })
  const old = await products.create('Old', { categoryId: shirts, ...plain('O1', price('1.00')) })
  await products.change('archiveProduct', 'ArchiveProductInput', { id: old.id }, 'product { status }')
})
after(() => shop.stop())

const ORDERS: Record<string, string[]> = {
  NEWEST: ['Zeta', 'Delta', 'Gamma shoe', 'Éclair polo', 'Alpha Shirt', 'beta shirt'],
  NAME: ['Alpha Shirt', 'beta shirt', 'Delta', 'Éclair polo', 'Gamma shoe', 'Zeta'],
  PRICE_ASC: ['beta shirt', 'Éclair polo', 'Alpha Shirt', 'Gamma shoe', 'Delta', 'Zeta'],
  PRICE_DESC: ['Gamma shoe', 'Alpha Shirt', 'beta shirt', 'Éclair polo', 'Delta', 'Zeta'],
}

for (const [sort, expected] of Object.entries(ORDERS)) {
  test(`lists by ${sort}, whatever the size of a page`, async () => {
    for (const size of [1, 2, 5, 100])
      assert.deepEqual(await products.names({ sort }, { size }), expected, `pages of ${size}`)
  })
}

test("sorts by the price filter's currency, what isn't priced last", async () => {
  const filter = { price: { currency: 'EUR' } }
  assert.deepEqual(await products.names({ sort: 'PRICE_ASC', filter }, { size: 1 }), ['Delta', 'beta shirt'])
})

const FILTERS: [string, object, string[]][] = [
  ['a category with all under it', { categoryId: 'shirts' }, ['Alpha Shirt', 'beta shirt', 'Éclair polo']],
  ['a category without any under it', { categoryId: 'polos' }, ['Éclair polo']],
  ['a root', { categoryId: 'root' }, ['Alpha Shirt', 'beta shirt', 'Éclair polo', 'Gamma shoe']],
  ['a malformed category', { categoryId: 'nonsense' }, []],
  [
    'prices, both ends included',
    { price: { currency: 'USD', min: '15.00', max: '40' } },
    ['Alpha Shirt', 'beta shirt', 'Éclair polo'],
  ],
  ["a price's lower bound", { price: { currency: 'USD', min: '40.01' } }, ['Gamma shoe']],
  ['a price in yen', { price: { currency: 'JPY', max: '2000' } }, ['Éclair polo']],
  [
    'any of two colours',
    {
      options: [
        { name: 'Colour', value: 'Blue' },
        { name: 'Colour', value: 'Green' },
      ],
    },
    ['beta shirt', 'Éclair polo'],
  ],
  [
    'one variant that is both red and large',
    {
      options: [
        { name: 'Colour', value: 'Red' },
        { name: 'Size', value: 'L' },
      ],
    },
    ['Alpha Shirt'],
  ],
  [
    'all of it together',
    { categoryId: 'root', price: { currency: 'USD', max: '20.00' }, options: [{ name: 'Size', value: 'S' }] },
    ['beta shirt'],
  ],
]
for (const [what, filter, expected] of FILTERS) {
  test(`filters by ${what}`, async () => {
    const named =
      'categoryId' in filter ? { ...filter, categoryId: ids[String(filter.categoryId)] ?? filter.categoryId } : filter
    assert.deepEqual(await products.names({ sort: 'NAME', filter: named }, { size: 2 }), expected)
  })
}

test('a page stays right while products are added', async () => {
  const list =
    'query ($after: String) { products(first: 3, after: $after) { nodes { name } pageInfo { endCursor hasPreviousPage startCursor } edges { cursor score } } }'
  const first = (await products.call(list)).data.products
  const late = await products.create('Late')
  const second = (await products.call(list, { after: first.pageInfo.endCursor })).data.products
  assert.deepEqual(
    second.nodes.map((node: { name: string }) => node.name),
    ['Éclair polo', 'Alpha Shirt', 'beta shirt'],
  )
  assert.equal(second.pageInfo.hasPreviousPage, true)
  assert.equal(first.pageInfo.hasPreviousPage, false)
  assert.equal(first.edges[0].score, null)
  await products.change('archiveProduct', 'ArchiveProductInput', { id: late.id }, 'product { status }')
})

test('counts and offers choices over all matches, only when asked', async () => {
  const document = `query ($filter: ProductFilter) { products(first: 1, filter: $filter) {
    totalCount facets { kind name values { value label count } } } }`
  const { data } = await products.call(document, { filter: { categoryId: ids['shirts'] } })
  assert.equal(data.products.totalCount, 3)
  assert.deepEqual(data.products.facets, [
    {
      kind: 'CATEGORY',
      name: 'Category',
      values: [
        { value: ids['shirts'], label: 'Shirts', count: 3 },
        { value: ids['polos'], label: 'Polos', count: 1 },
      ],
    },
    {
      kind: 'OPTION',
      name: 'Colour',
      values: [
        { value: 'Red', label: 'Red', count: 2 },
        { value: 'Blue', label: 'Blue', count: 1 },
        { value: 'Green', label: 'Green', count: 1 },
      ],
    },
    {
      kind: 'OPTION',
      name: 'Size',
      values: [
        { value: 'L', label: 'L', count: 2 },
        { value: 'M', label: 'M', count: 1 },
        { value: 'S', label: 'S', count: 1 },
      ],
    },
  ])
  const red = (await products.call(document, { filter: { options: [{ name: 'Colour', value: 'Red' }] } })).data.products
  assert.deepEqual(
    red.facets
      .find(({ name }: { name: string }) => name === 'Size')
      .values.map(({ label, count }: { label: string; count: number }) => [label, count]),
    [
      ['L', 1],
      ['S', 1],
    ],
  )
  shop.resetStatements()
  await products.call('{ products { nodes { name } } }')
  assert.equal(shop.statements('products').length, 1)
})

test('lists under many categories cost as much as under one', async () => {
  shop.resetStatements()
  const { data } =
    await products.call(`{ categories { name children { name ancestors { name } products(first: 2, sort: NAME) {
    totalCount nodes { name category { name parent { name } } } facets { kind name values { label count } } pageInfo { hasNextPage } } } } }`)
  const [clothes] = data.categories
  assert.deepEqual(
    clothes.children.map(
      ({
        products: list,
        ...rest
      }: {
        products: { totalCount: number; nodes: { name: string }[]; pageInfo: object }
      }) => ({ ...rest, names: list.nodes.map(({ name }) => name), total: list.totalCount, ...list.pageInfo }),
    ),
    [
      {
        name: 'Shirts',
        ancestors: [{ name: 'Clothes' }],
        names: ['Alpha Shirt', 'beta shirt'],
        total: 3,
        hasNextPage: true,
      },
      { name: 'Shoes', ancestors: [{ name: 'Clothes' }], names: ['Gamma shoe'], total: 1, hasNextPage: false },
    ],
  )
  assert.equal(clothes.children[0].products.facets[0].values[0].label, 'Shirts')
  // categories, children, ancestors, pages, counts, facets, category, parent
  assert.equal(shop.statements('products').length, 8, shop.statements('products').join('\n\n'))
})

test('other than ACTIVE is listed only for who keeps the catalogue', async () => {
  assert.deepEqual(await products.names({ filter: { status: 'DRAFT' } }, { viewer: products.merchant }), ['Hidden'])
  const codes = await Promise.all(
    [shop.guest, shop.user(), shop.service('carts')].map(
      async (viewer) =>
        (await products.call('{ products(filter: { status: ARCHIVED }) { nodes { id } } }', {}, viewer)).errors?.[0]
          ?.extensions?.code,
    ),
  )
  assert.deepEqual(codes, ['UNAUTHENTICATED', 'FORBIDDEN', 'FORBIDDEN'])
})

test("malformed requests are the caller's fault, and say which argument", async () => {
  const newest = (await products.call('{ products(first: 1) { pageInfo { endCursor } } }')).data.products.pageInfo
    .endCursor
  const cases: [string, string][] = [
    ['{ products(first: 0) { nodes { id } } }', 'first'],
    ['{ products(first: 101) { nodes { id } } }', 'first'],
    ['{ products(after: "nonsense") { nodes { id } } }', 'after'],
    [`{ products(sort: NAME, after: "${newest}") { nodes { id } } }`, 'after'],
    ['{ products(filter: { price: { currency: JPY, min: "1.5" } }) { nodes { id } } }', 'filter.price.min'],
    ['{ products(filter: { options: [{ name: "\\u0000", value: "x" }] }) { nodes { id } } }', 'filter.options'],
    ['{ searchProducts(query: " ?! ") { nodes { id } } }', 'query'],
  ]
  for (const [document, field] of cases) {
    const error = (await products.call(document)).errors?.[0]
    assert.deepEqual([error?.extensions?.code, error?.extensions?.field], ['BAD_USER_INPUT', field], document)
  }
})

test('looks up many by id, in the order asked', async () => {
  const { data } = await products.call('{ products(first: 2) { nodes { id } } }')
  const [a, b] = data.products.nodes.map(({ id }: { id: string }) => id)
  const document = 'query ($ids: [ID!]!) { productsById(ids: $ids) { id } }'
  assert.deepEqual((await products.call(document, { ids: [b, 'nonsense', a, b] })).data.productsById, [
    { id: b },
    null,
    { id: a },
    { id: b },
  ])
  assert.deepEqual((await products.call(document, { ids: [] })).data.productsById, [])
  assert.equal(
    (await products.call(document, { ids: Array.from({ length: 101 }, () => a) })).errors?.[0]?.extensions?.code,
    'BAD_USER_INPUT',
  )
})
