import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { startTestShop, type TestShop } from '../support/shop.ts'
import { catalogue, price, PRODUCT } from './products-support.ts'

let shop: TestShop
let products: ReturnType<typeof catalogue>

before(async () => {
  shop = await startTestShop({ subgraphs: ['products'] })
  products = catalogue(shop)
})
after(() => shop.stop())

const faults = ({ userErrors }: { userErrors: { code: string; path: string[] }[] }) =>
  userErrors.map(({ code, path }) => `${code} ${path.join('.')}`)

test('refuses what is taken or unknown, with the field', async () => {
  const product = await products.create('Taken')
  const sku = product.variants[0].sku
  const unknown = '01890000-0000-7000-8000-000000000000'
  const result = await products.change(
    'createProduct',
    'CreateProductInput',
    {
      name: 'x',
      slug: 'taken',
      description: '',
      categoryId: unknown,
      variants: [
        { sku: 'free', prices: [] },
        { sku, prices: [] },
      ],
    },
    PRODUCT,
  )
  assert.deepEqual(faults(result), [
    'CATEGORY_NOT_FOUND input.categoryId',
    'SLUG_TAKEN input.slug',
    'SKU_TAKEN input.variants.1.sku',
  ])
  const cases: [string, string, object, string, string][] = [
    ['updateProduct', 'UpdateProductInput', { id: unknown }, 'product { id }', 'PRODUCT_NOT_FOUND input.id'],
    ['archiveProduct', 'ArchiveProductInput', { id: 'nonsense' }, 'product { id }', 'PRODUCT_NOT_FOUND input.id'],
    [
      'addVariant',
      'AddVariantInput',
      { productId: unknown, variant: { sku: 'z', prices: [] } },
      'variant { id }',
      'PRODUCT_NOT_FOUND input.productId',
    ],
    [
      'addVariant',
      'AddVariantInput',
      { productId: product.id, variant: { sku, prices: [] } },
      'variant { id }',
      'SKU_TAKEN input.variant.sku',
    ],
    ['updateVariant', 'UpdateVariantInput', { id: unknown }, 'variant { id }', 'VARIANT_NOT_FOUND input.id'],
    ['removeVariant', 'RemoveVariantInput', { id: unknown }, 'product { id }', 'VARIANT_NOT_FOUND input.id'],
    [
      'setVariantPrices',
      'SetVariantPricesInput',
      { variantId: unknown, prices: [] },
      'variant { id }',
      'VARIANT_NOT_FOUND input.variantId',
    ],
    [
      'createCategory',
      'CreateCategoryInput',
      { name: 'x', parentId: unknown },
      'category { id }',
      'CATEGORY_NOT_FOUND input.parentId',
    ],
    ['updateCategory', 'UpdateCategoryInput', { id: unknown }, 'category { id }', 'CATEGORY_NOT_FOUND input.id'],
    ['removeCategory', 'RemoveCategoryInput', { id: 'nonsense' }, 'category { id }', 'CATEGORY_NOT_FOUND input.id'],
    ['removeVariant', 'RemoveVariantInput', { id: product.variants[0].id }, 'product { id }', 'LAST_VARIANT input.id'],
    [
      'updateProduct',
      'UpdateProductInput',
      { id: product.id, name: null, slug: null, status: null },
      'product { id }',
      'INVALID_INPUT input.name|INVALID_INPUT input.slug|INVALID_INPUT input.status',
    ],
  ]
  for (const [field, type, input, selection, expected] of cases) {
    assert.deepEqual(faults(await products.change(field, type, input, selection)).join('|'), expected, field)
  }
})

test('changes what was given, clears what is null, leaves the rest', async () => {
  const category = await products.category('Somewhere')
  const { id } = await products.create('Before', {
    description: 'long',
    categoryId: category.id,
    images: [{ url: 'https://images.example.com/x.jpg', altText: '' }],
  })
  const all = 'product { name slug description category { name } images { url } }'
  const renamed = await products.change('updateProduct', 'UpdateProductInput', { id, name: 'After' }, all)
  assert.deepEqual(renamed.product, {
    name: 'After',
    slug: 'before',
    description: 'long',
    category: { name: 'Somewhere' },
    images: [{ url: 'https://images.example.com/x.jpg' }],
  })
  const cleared = await products.change(
    'updateProduct',
    'UpdateProductInput',
    { id, slug: 'new-one', description: null, categoryId: null, images: null },
    all,
  )
  assert.deepEqual(cleared.product, { name: 'After', slug: 'new-one', description: '', category: null, images: [] })
  assert.equal((await products.call('{ productBySlug(slug: "before") { id } }')).data.productBySlug, null)
})

test('changes of a variant all land, each counted, however many come at once', async () => {
  const {
    id,
    variants: [variant],
  } = await products.create('Busy')
  const changes = [1, 2, 3, 4, 5].flatMap((n) => [
    products.change(
      'setVariantPrices',
      'SetVariantPricesInput',
      { variantId: variant.id, prices: [price(`${n}.00`)] },
      'variant { version }',
    ),
    products.change('updateVariant', 'UpdateVariantInput', { id: variant.id, weightGrams: n }, 'variant { version }'),
    products.change('updateProduct', 'UpdateProductInput', { id, description: `d${n}` }, 'product { id }'),
  ])
  await Promise.all(changes)
  const { data } = await products.call('query ($id: ID!) { variant(id: $id) { version } }', { id: variant.id })
  assert.equal(data.variant.version, 11)
})

test("a variant's name follows its options unless it has one of its own", async () => {
  const {
    variants: [variant],
  } = await products.create('Named', {
    variants: [{ sku: 'N-1', options: [{ name: 'Size', value: 'M' }], prices: [] }],
  })
  assert.equal(variant.name, 'M')
  const update = (input: object) =>
    products.change('updateVariant', 'UpdateVariantInput', { id: variant.id, ...input }, 'variant { name version }')
  assert.deepEqual((await update({ options: [{ name: 'Size', value: 'XL' }] })).variant, { name: 'XL', version: 2 })
  assert.deepEqual((await update({ name: 'Huge' })).variant, { name: 'Huge', version: 3 })
  assert.deepEqual((await update({ options: null })).variant, { name: 'Huge', version: 4 })
  assert.deepEqual((await update({ name: null })).variant, { name: 'Standard', version: 5 })
})

test('only who keeps the catalogue may change it', async () => {
  const document = 'mutation { createCategory(input: { name: "x" }) { category { id } } }'
  const codes = await Promise.all(
    [shop.guest, shop.user(), shop.service('orders')].map(
      async (viewer) => (await products.call(document, {}, viewer)).errors?.[0]?.extensions?.code,
    ),
  )
  assert.deepEqual(codes, ['UNAUTHENTICATED', 'FORBIDDEN', 'FORBIDDEN'])
})

test('several changes in one request each answer with what they led to', async () => {
  const {
    id,
    variants: [variant],
  } = await products.create('Serial')
  const { data } = await products.write(
    `mutation ($id: ID!, $variant: ID!) {
    a: updateProduct(input: { id: $id, name: "A" }) { product { name variants { version } } }
    b: setVariantPrices(input: { variantId: $variant, prices: [] }) { variant { version product { name variants { version } } } }
    c: updateProduct(input: { id: $id, name: "C" }) { product { name variants { version } } }
  }`,
    { id, variant: variant.id },
  )
  assert.deepEqual(data, {
    a: { product: { name: 'A', variants: [{ version: 1 }] } },
    b: { variant: { version: 2, product: { name: 'A', variants: [{ version: 2 }] } } },
    c: { product: { name: 'C', variants: [{ version: 2 }] } },
  })
})
