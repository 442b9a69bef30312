import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { postGraphQL } from '../support/client.ts'
import { startTestShop, type TestShop } from '../support/shop.ts'
import type { TestViewer } from '../support/viewers.ts'
import { catalogue, price } from './products-support.ts'

let shop: TestShop
let products: ReturnType<typeof catalogue>

before(async () => {
  shop = await startTestShop({ subgraphs: ['products'] })
  products = catalogue(shop)
})
after(() => shop.stop())

const EVERYWHERE = `query ($id: ID!, $variant: ID!, $slug: String!, $sku: String!, $all: [_Any!]!) {
  product(id: $id) { id defaultVariant { price { amount } } priceRange { max { amount } } } productBySlug(slug: $slug) { id } productsById(ids: [$id]) { id }
  variant(id: $variant) { id price { amount } prices { price { amount } } } variantBySku(sku: $sku) { id }
  _entities(representations: $all) { ... on Product { id } ... on ProductVariant { id } }
}`

type Seen = { id: string; slug: string; variants: { id: string; sku: string }[] }
async function seen({ id, slug, variants: [variant] }: Seen, viewer?: TestViewer) {
  const all = [
    { __typename: 'Product', id },
    { __typename: 'ProductVariant', id: variant?.id },
  ]
  const { data, errors } = await products.call(
    EVERYWHERE,
    { id, slug, variant: variant?.id, sku: variant?.sku, all },
    viewer,
  )
  assert.equal(errors, undefined, JSON.stringify(errors))
  return data
}

test('a DRAFT answers only to who keeps the catalogue, and to services without a price', async () => {
  const draft = await products.create('Draft', { status: 'DRAFT' })
  for (const viewer of [shop.guest, shop.user(), shop.user({ role: 'SUPPORT' })]) {
    assert.deepEqual(await seen(draft, viewer), {
      product: null,
      productBySlug: null,
      productsById: [null],
      variant: null,
      variantBySku: null,
      _entities: [null, null],
    })
  }
  const keeper = await seen(draft, products.merchant)
  assert.equal(keeper.product.priceRange.max.amount, '10.00')
  assert.equal(keeper.variant.price.amount, '10.00')
  const service = await seen(draft, shop.service('carts'))
  assert.equal(service.product.id, draft.id)
  assert.deepEqual([service.variant.price, service.variant.prices], [null, []])
})

test('an archived product is read by id and slug, but can not be bought, listed or brought back', async () => {
  const old = await products.create('Vintage')
  const archive = () =>
    products.change(
      'archiveProduct',
      'ArchiveProductInput',
      { id: old.id },
      'product { status updatedAt variants { version } }',
    )
  const first = await archive()
  assert.deepEqual(await archive(), first)
  assert.deepEqual(first.product.variants, [{ version: 2 }])
  for (const viewer of [shop.guest, products.merchant, shop.service('orders')]) {
    const found = await seen(old, viewer)
    assert.deepEqual(
      [found.product.id, found.productBySlug.id, found.variantBySku.id],
      [old.id, old.id, old.variants[0].id],
    )
    assert.deepEqual([found.variant.price, found.variant.prices, found.product.priceRange], [null, [], null])
  }
  assert.equal((await products.names({})).includes('Vintage'), false)
  const { userErrors } = await products.change(
    'updateProduct',
    'UpdateProductInput',
    { id: old.id, status: 'ACTIVE' },
    'product { id }',
  )
  assert.deepEqual(
    userErrors.map(({ code, path }: { code: string; path: string[] }) => [code, ...path]),
    [['INVALID_INPUT', 'input', 'status']],
  )
  const removed = await products.change(
    'removeVariant',
    'RemoveVariantInput',
    { id: old.variants[0].id },
    'product { variants { id } defaultVariant { sku } }',
  )
  assert.deepEqual(removed.product, { variants: [], defaultVariant: { sku: old.variants[0].sku } })
})

test('a removed variant is read by id alone, and has no price', async () => {
  const product = await products.create('Shrinking', {
    variants: [
      { sku: 'S-1', prices: [price('5.00')] },
      { sku: 'S-2', prices: [price('9.00')] },
    ],
  })
  const [gone] = product.variants
  const remove = () =>
    products.change(
      'removeVariant',
      'RemoveVariantInput',
      { id: gone.id },
      'product { variants { sku } priceRange { min { amount } } }',
    )
  const once = await remove()
  assert.deepEqual(once.product, { variants: [{ sku: 'S-2' }], priceRange: { min: { amount: '9.00' } } })
  assert.deepEqual(await remove(), once)
  const found = await seen(product)
  assert.deepEqual([found.variant, found.variantBySku], [{ id: gone.id, price: null, prices: [] }, null])
  const change = await products.change(
    'setVariantPrices',
    'SetVariantPricesInput',
    { variantId: gone.id, prices: [] },
    'variant { id }',
  )
  assert.equal(change.userErrors[0].code, 'VARIANT_NOT_FOUND')
  const again = await products.change(
    'addVariant',
    'AddVariantInput',
    { productId: product.id, variant: { sku: 'S-1', prices: [] } },
    'variant { id }',
  )
  assert.equal(again.userErrors[0].code, 'SKU_TAKEN')
})

test("a list shows the cheapest variant in the request's currency, else the first", async () => {
  const { id } = await products.create('Priced', {
    variants: [
      { sku: 'P-1', prices: [price('30.00'), price('10.00', 'EUR')] },
      { sku: 'P-2', prices: [price('20.00'), price('20.00', 'EUR')] },
    ],
  })
  const { data } = await products.call(
    `query ($id: ID!) { product(id: $id) { defaultVariant { sku }
    priceRange { min { amount currency } max { amount } } euro: priceRange(currency: EUR) { min { amount } } yen: priceRange(currency: JPY) { min { amount } } } }`,
    { id },
  )
  assert.deepEqual(data.product, {
    defaultVariant: { sku: 'P-2' },
    priceRange: { min: { amount: '20.00', currency: 'USD' }, max: { amount: '30.00' } },
    euro: { min: { amount: '10.00' } },
    yen: null,
  })
})

test("prices come in the currency that the request asks for, else the shop's own", async () => {
  const { id } = await products.create('Currencies', {
    variants: [
      { sku: 'CUR-1', prices: [price('30.00'), price('10.00', 'EUR')] },
      { sku: 'CUR-2', prices: [price('20.00'), price('20.00', 'EUR')] },
    ],
  })
  const document =
    'query ($id: ID!) { product(id: $id) { defaultVariant { sku price { amount currency } } priceRange { max { amount currency } } } }'
  const ask = (currency: string) =>
    postGraphQL(shop.env['PRODUCTS_URL'] ?? '', { document, variables: { id }, headers: { 'x-currency': currency } })
  assert.deepEqual((await ask('EUR')).data.product, {
    defaultVariant: { sku: 'CUR-1', price: { amount: '10.00', currency: 'EUR' } },
    priceRange: { max: { amount: '20.00', currency: 'EUR' } },
  })
  assert.deepEqual((await ask('JPY')).data.product, { defaultVariant: { sku: 'CUR-1', price: null }, priceRange: null })
  assert.equal((await ask('XXX')).errors?.[0]?.extensions?.code, 'BAD_USER_INPUT')
})

test('fifty products with all that belongs to them cost one statement per type and level', async () => {
  const parent = await products.category('Everything')
  const categories = await Promise.all(['A', 'B'].map((name) => products.category(name, parent.id)))
  const made: { id: string; variants: { id: string }[] }[] = []
  for (let index = 0; index < 50; index += 1) {
    made.push(
      await products.create(`Bulk ${index}`, {
        categoryId: categories[index % 2]?.id,
        variants: [
          { sku: `BULK-${index}-1`, prices: [price('1.00')] },
          { sku: `BULK-${index}-2`, prices: [price('2.00')] },
        ],
      }),
    )
  }
  const selection = `name category { name parent { name } ancestors { name } } defaultVariant { price { amount } }
    priceRange { max { amount } } variants { sku price { amount } prices { price { currency } } product { name } }`
  shop.resetStatements()
  const list = await products.call(`{ products(first: 50, sort: PRICE_ASC) { nodes { ${selection} } } }`)
  assert.equal(list.data.products.nodes.length, 50)
  // products, variants, category, parent, ancestors
  assert.equal(shop.statements('products').length, 5, shop.statements('products').join('\n\n'))
  shop.resetStatements()
  const representations = made.flatMap(({ id, variants }) => [
    { __typename: 'Product', id },
    ...variants.map((variant) => ({ __typename: 'ProductVariant', id: variant.id })),
  ])
  const { data } = await products.call(
    `query ($representations: [_Any!]!) { _entities(representations: $representations) { ... on Product { ${selection} } ... on ProductVariant { sku product { name } } } }`,
    { representations },
  )
  assert.equal(data._entities.length, 150)
  assert.ok(data._entities.every((entity: object | null) => entity !== null))
  // products, variants by id, variants of products, category, parent, ancestors
  assert.equal(shop.statements('products').length, 6, shop.statements('products').join('\n\n'))
})

test('looking up by what can not be in the database finds nothing', async () => {
  const { data, errors } =
    await products.call(`{ product(id: "x") { id } productBySlug(slug: "\\u0000") { id } variantBySku(sku: "\\u0000") { id }
    category(id: "x") { id } categoryBySlug(slug: "none") { id } variant(id: "") { id } }`)
  assert.equal(errors, undefined)
  assert.deepEqual(data, {
    product: null,
    productBySlug: null,
    variantBySku: null,
    category: null,
    categoryBySlug: null,
    variant: null,
  })
})
