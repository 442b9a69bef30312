import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type EventEnvelope, eventEnvelopeSchema, streamOf } from '#schema/events/envelope.ts'
import { PRODUCT_EVENTS, type ProductEventType } from '#schema/events/products.ts'
import type { Answer } from '../support/client.ts'
import { startTestShop, type TestShop } from '../support/shop.ts'
import { waitUntil } from '../support/wait-until.ts'
import { catalogue, price } from './products-support.ts'

let shop: TestShop
let products: ReturnType<typeof catalogue>

before(async () => {
  shop = await startTestShop({ subgraphs: ['products'] })
  products = catalogue(shop)
})
after(() => shop.stop())

async function published(): Promise<EventEnvelope[]> {
  const { redis } = await shop.runtime('products')
  const entries = await redis.xrange(streamOf('products'), '-', '+')
  return entries.map(([, fields]) => eventEnvelopeSchema.parse(JSON.parse(fields[1] ?? '')))
}

/** The types published about `subjects`, once there are as many as expected. */
async function typesOf(subjects: readonly string[], expected: readonly string[]): Promise<string[]> {
  const about = async () => (await published()).filter(({ subject }) => subjects.includes(subject))
  await waitUntil(`${expected.length} events`, async () => (await about()).length >= expected.length)
  const events = await about()
  for (const event of events) PRODUCT_EVENTS[event.type as ProductEventType].parse(event.data)
  return events.map(({ type }) => type)
}

const SUBSCRIPTION =
  'subscription ($ids: [ID!]!) { priceChanged(variantIds: $ids) { sku version price { amount } product { name } } }'
const follow = (ids: string[], viewer = shop.guest) => shop.subscribe('products', SUBSCRIPTION, { ids }, viewer)
async function next(updates: AsyncIterator<Answer>) {
  const { value } = await updates.next()
  assert.equal(value.errors, undefined, JSON.stringify(value.errors))
  return value.data.priceChanged
}
const setPrices = (variantId: string, ...prices: object[]) =>
  products.change('setVariantPrices', 'SetVariantPricesInput', { variantId, prices }, 'variant { version }')

test('tells of every change, in order', async () => {
  const product = await products.create('Told')
  const variantId = product.variants[0].id
  const added = await products.change(
    'addVariant',
    'AddVariantInput',
    { productId: product.id, variant: { sku: 'T-2', prices: [price('3.00')] } },
    'variant { id }',
  )
  await products.change('updateVariant', 'UpdateVariantInput', { id: variantId, weightGrams: 1 }, 'variant { id }')
  await setPrices(variantId, price('2.00', 'USD', '4.00'))
  await products.change('removeVariant', 'RemoveVariantInput', { id: added.variant.id }, 'product { id }')
  await products.change('updateProduct', 'UpdateProductInput', { id: product.id, name: 'Told again' }, 'product { id }')
  await products.change('archiveProduct', 'ArchiveProductInput', { id: product.id }, 'product { id }')
  const expected = [
    'product.created',
    'product.variant_added',
    'product.price_changed',
    'product.variant_added',
    'product.price_changed',
    'product.variant_updated',
    'product.price_changed',
    'product.variant_removed',
    'product.price_changed',
    'product.updated',
    'product.archived',
    'product.price_changed',
  ]
  assert.deepEqual(await typesOf([product.id, variantId, added.variant.id], expected), expected)
  const prices = (await published())
    .filter(({ type, subject }) => type === 'product.price_changed' && subject === variantId)
    .map(({ data }) => data)
  assert.deepEqual(prices, [
    {
      productId: product.id,
      version: 1,
      prices: [{ price: { amount: '10.00', currency: 'USD' }, compareAtPrice: null }],
    },
    {
      productId: product.id,
      version: 3,
      prices: [{ price: { amount: '2.00', currency: 'USD' }, compareAtPrice: { amount: '4.00', currency: 'USD' } }],
    },
    { productId: product.id, version: 4, prices: [] },
  ])
})

test('tells of categories', async () => {
  const { id } = await products.category('Told')
  await products.change('updateCategory', 'UpdateCategoryInput', { id, name: 'New' }, 'category { id }')
  await products.change('removeCategory', 'RemoveCategoryInput', { id }, 'category { id }')
  const expected = ['category.created', 'category.updated', 'category.removed']
  assert.deepEqual(await typesOf([id], expected), expected)
})

test("sends the price as it is, then every change of it with that version's prices", async () => {
  const {
    variants: [variant],
  } = await products.create('Live')
  const updates = follow([variant.id, 'nonsense'])
  assert.deepEqual(await next(updates), {
    sku: variant.sku,
    version: 1,
    price: { amount: '10.00' },
    product: { name: 'Live' },
  })
  const amounts = ['11.00', '12.00', '13.00', '14.00']
  for (const amount of amounts) await setPrices(variant.id, price(amount))
  for (const [index, amount] of amounts.entries()) {
    assert.deepEqual(await next(updates), {
      sku: variant.sku,
      version: index + 2,
      price: { amount },
      product: { name: 'Live' },
    })
  }
  await updates.return?.()
})

test('says when it goes off sale', async () => {
  const product = await products.create('Going', {
    variants: [
      { sku: 'GO-1', prices: [price('1.00')] },
      { sku: 'GO-2', prices: [price('2.00')] },
    ],
  })
  const [first, second] = product.variants
  const updates = follow([first.id, second.id])
  assert.deepEqual(new Set([(await next(updates)).sku, (await next(updates)).sku]), new Set(['GO-1', 'GO-2']))
  await products.change('removeVariant', 'RemoveVariantInput', { id: first.id }, 'product { id }')
  assert.deepEqual(await next(updates), { sku: 'GO-1', version: 2, price: null, product: { name: 'Going' } })
  await products.change('archiveProduct', 'ArchiveProductInput', { id: product.id }, 'product { id }')
  assert.deepEqual(await next(updates), { sku: 'GO-2', version: 2, price: null, product: { name: 'Going' } })
  await updates.return?.()
})

test('says nothing of a DRAFT until it is on sale, but to who keeps the catalogue', async () => {
  const {
    id,
    variants: [variant],
  } = await products.create('Secret', { status: 'DRAFT' })
  const [guest, keeper] = [follow([variant.id]), follow([variant.id], products.merchant)]
  assert.equal((await next(keeper)).version, 1)
  await setPrices(variant.id, price('5.00'))
  assert.deepEqual((await next(keeper)).price, { amount: '5.00' })
  await products.change('updateProduct', 'UpdateProductInput', { id, status: 'ACTIVE' }, 'product { id }')
  assert.deepEqual(await next(guest), {
    sku: variant.sku,
    version: 3,
    price: { amount: '5.00' },
    product: { name: 'Secret' },
  })
  await Promise.all([guest.return?.(), keeper.return?.()])
})

test('follows 1 to 100 variants', async () => {
  for (const ids of [[], Array.from({ length: 101 }, (_, index) => String(index))]) {
    const { value } = await follow(ids).next()
    assert.equal(value.errors?.[0]?.extensions?.code, 'BAD_USER_INPUT')
  }
})
