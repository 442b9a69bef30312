import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Answer } from '../support/client.ts'
import { startTestShop, type TestShop } from '../support/shop.ts'
import { catalogue, price } from './products-support.ts'

let shop: TestShop
let products: ReturnType<typeof catalogue>

before(async () => {
  shop = await startTestShop({ subgraphs: ['products'] })
  products = catalogue(shop)
  await products.create('Wireless Headphones Pro', {
    description: 'Over-ear, quiet.',
    variants: [{ sku: 'WHP-001-BLK', options: [{ name: 'Colour', value: 'Midnight' }], prices: [price('299.99')] }],
  })
  await products.create('Wired Headphones', { description: 'Not wireless at all.' })
  await products.create('Smart Watch Ultra', { description: 'Pairs with any headphones.' })
  await products.create('Lamp')
  await products.create('Café Crème Machine')
  await products.create('Hidden Headphones', { status: 'DRAFT' })
})
after(() => shop.stop())

test('finds what stands in the name before what stands in the description', async () => {
  assert.deepEqual(await products.search('wireless headphones'), ['Wireless Headphones Pro', 'Wired Headphones'])
  assert.equal((await products.search('headphones')).at(-1), 'Smart Watch Ultra')
})

const FOUND: [string, string, string][] = [
  ['one of many', 'headphone pro', 'Wireless Headphones Pro'],
  ['the start of the last word', 'wireless headp', 'Wireless Headphones Pro'],
  ['capitals', 'SMART watch', 'Smart Watch Ultra'],
  ['an option', 'midnight headphones', 'Wireless Headphones Pro'],
  ['a SKU', 'WHP-001-BLK', 'Wireless Headphones Pro'],
  ['a SKU without its hyphens', 'whp001blk', 'Wireless Headphones Pro'],
  ['no accents', 'cafe creme', 'Café Crème Machine'],
  ['accents that are not there', 'lämp', 'Lamp'],
  ['a letter left out', 'wirless pro', 'Wireless Headphones Pro'],
  ['a letter too many', 'smartt watch', 'Smart Watch Ultra'],
  ['another letter', 'hesdphones pro', 'Wireless Headphones Pro'],
  ['two letters swapped', 'smart wtach', 'Smart Watch Ultra'],
  ['two letters swapped in a short word', 'lmap', 'Lamp'],
  ['two first letters swapped', 'almp', 'Lamp'],
  ['a mistake in a word half typed', 'wireles hedph', 'Wireless Headphones Pro'],
]
for (const [what, query, expected] of FOUND) {
  test(`understands ${what}: ${query}`, async () => assert.equal((await products.search(query))[0], expected))
}

test('what is typed is never syntax', async () => {
  for (const query of [
    "'; drop table product; --",
    'a & | ! (',
    "foo:* <-> 'bar",
    "lamp' | '",
    '\\',
    '%_',
    'ＬＡＭＰ',
    '𝓁amp',
    'x'.repeat(5_000),
    'lamp '.repeat(500),
    '\u0000lamp',
    '\ud800',
  ]) {
    const answer = await products.call('query ($query: String!) { searchProducts(query: $query) { totalCount } }', {
      query,
    })
    const code = answer.errors?.[0]?.extensions?.code
    assert.ok(answer.errors === undefined || code === 'BAD_USER_INPUT', `${query}: ${JSON.stringify(answer)}`)
  }
  assert.deepEqual(await products.search("lamp' | '"), ['Lamp'])
})

test('scores fall from page to page, and nothing is shown twice or left out', async () => {
  const document =
    'query ($after: String) { searchProducts(query: "headphones", first: 1, after: $after) { totalCount edges { score node { name } } pageInfo { endCursor hasNextPage } } }'
  const edges: { score: number; node: { name: string } }[] = []
  for (let after: string | null = null, isMore = true; isMore; ) {
    const answer: Answer = await products.call(document, { after })
    const { searchProducts } = answer.data
    assert.equal(searchProducts.totalCount, 3)
    edges.push(...searchProducts.edges)
    after = searchProducts.pageInfo.endCursor
    isMore = searchProducts.pageInfo.hasNextPage
  }
  assert.deepEqual(
    edges.map(({ node }) => node.name),
    await products.search('headphones'),
  )
  const scores = edges.map(({ score }) => score)
  assert.deepEqual(
    scores,
    scores.toSorted((a, b) => b - a),
  )
  assert.ok(scores.every((score) => score > 0))
})

test('sorts and filters what was found', async () => {
  assert.deepEqual(await products.search('headphones', { sort: 'NAME' }), [
    'Smart Watch Ultra',
    'Wired Headphones',
    'Wireless Headphones Pro',
  ])
  assert.deepEqual(
    await products.search('headphones', { filter: { options: [{ name: 'Colour', value: 'Midnight' }] } }),
    ['Wireless Headphones Pro'],
  )
})

test('follows every change of a product and its variants', async () => {
  const { id, variants } = await products.create('Zither')
  await products.change('updateProduct', 'UpdateProductInput', { id, name: 'Balalaika' }, 'product { id }')
  assert.deepEqual([await products.search('zither'), await products.search('balalaika')], [[], ['Balalaika']])
  const added = await products.change(
    'addVariant',
    'AddVariantInput',
    { productId: id, variant: { sku: 'QX-77', prices: [] } },
    'variant { id }',
  )
  assert.deepEqual(await products.search('qx-77'), ['Balalaika'])
  await products.change('removeVariant', 'RemoveVariantInput', { id: added.variant.id }, 'product { id }')
  assert.deepEqual(await products.search('qx-77'), [])
  await products.change(
    'updateVariant',
    'UpdateVariantInput',
    { id: variants[0].id, options: [{ name: 'Wood', value: 'Mahogany' }] },
    'variant { id }',
  )
  assert.deepEqual(await products.search('mahogony'), ['Balalaika'])
  await products.change('archiveProduct', 'ArchiveProductInput', { id }, 'product { id }')
  assert.deepEqual(await products.search('balalaika'), [])
})
