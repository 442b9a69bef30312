import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { eventEnvelopeSchema, streamOf } from '#schema/events/envelope.ts'
import { PRODUCT_EVENTS } from '#schema/events/products.ts'
import { startTestShop, type TestShop } from '../support/shop.ts'
import { waitUntil } from '../support/wait-until.ts'
import { catalogue } from './products-support.ts'

let shop: TestShop
let products: ReturnType<typeof catalogue>

before(async () => {
  shop = await startTestShop({ subgraphs: ['products', 'inventory'] })
  products = catalogue(shop)
})
after(() => shop.stop())

const PAGE = `query ($id: ID!, $all: [_Any!]!) {
  product(id: $id) { name category { name } images { url } variants { price { amount } prices { price { amount } } options { value } } priceRange { min { amount } } }
  products { edges { node { id } } pageInfo { hasNextPage } totalCount facets { values { count } } }
  categories { name products { totalCount } }
  _entities(representations: $all) { ... on Product { name } ... on ProductVariant { sku } }
}`

test('the catalogue says how long an answer may be kept, and who keeps it is told to keep nothing', async () => {
  const { id, variants } = await products.create('Kept')
  const all = [
    { __typename: 'Product', id },
    { __typename: 'ProductVariant', id: variants[0].id },
  ]
  const headerFor = async (viewer = shop.guest, document = PAGE) => {
    const { errors, headers } = await products.call(document, { id, all }, viewer)
    return [headers?.get('cache-control'), errors]
  }
  assert.deepEqual(await headerFor(), ['max-age=60, public', undefined])
  assert.deepEqual(await headerFor(shop.user()), ['max-age=60, public', undefined])
  assert.deepEqual(await headerFor(products.merchant), ['no-store', undefined])
  assert.deepEqual(await headerFor(shop.service('carts')), ['no-store', undefined])
})

test('an answer with an error is never to be kept', async () => {
  const { headers, errors } = await products.call('{ products(filter: { status: DRAFT }) { totalCount } }')
  assert.equal(errors?.length, 1)
  assert.equal(headers?.get('cache-control'), 'no-store')
})

test('stock is never to be kept', async () => {
  const { variants } = await products.create('Stocked')
  const all = [{ __typename: 'ProductVariant', id: variants[0].id }]
  const document = 'query ($all: [_Any!]!) { _entities(representations: $all) { ... on ProductVariant { inStock } } }'
  const { headers, errors } = await shop.call('inventory', document, { all })
  assert.equal(errors, undefined)
  assert.equal(headers?.get('cache-control'), 'no-store')
})

test('an event of new pictures names the variants that show them', async () => {
  const { id, variants } = await products.create('Pictured')
  const update = (input: object) =>
    products.change('updateProduct', 'UpdateProductInput', { id, ...input }, 'product { id }')
  await update({ name: 'Pictured again' })
  await update({ images: [{ url: 'https://pictures.example/new.png', altText: '' }] })
  const { redis } = await shop.runtime('products')
  const named = async () => {
    const entries = await redis.xrange(streamOf('products'), '-', '+')
    return entries
      .map(([, fields]) => eventEnvelopeSchema.parse(JSON.parse(fields[1] ?? '')))
      .filter(({ type, subject }) => type === 'product.updated' && subject === id)
      .map(({ data }) => PRODUCT_EVENTS['product.updated'].parse(data).variantIds)
  }
  await waitUntil('both events', async () => (await named()).length === 2)
  assert.deepEqual(await named(), [[], [variants[0].id]])
})
