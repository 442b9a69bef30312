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

test('adds a product with all that was given', async () => {
  const category = await products.category('Sound')
  const input = {
    name: 'Casque Été',
    description: 'Très bon.',
    categoryId: category.id,
    images: [{ url: 'https://images.example.com/a.jpg', altText: 'front' }],
    variants: [
      {
        sku: 'C-1',
        options: [
          { name: 'Colour', value: 'Black' },
          { name: 'Size', value: 'L' },
        ],
        weightGrams: 250,
        prices: [price('10.00', 'USD', '12.50'), price('1500', 'JPY')],
      },
      {
        sku: 'C-2',
        name: 'White one',
        image: { url: 'https://images.example.com/b.jpg', altText: 'white' },
        prices: [],
      },
    ],
  }
  const { product, userErrors } = await products.change(
    'createProduct',
    'CreateProductInput',
    input,
    `product {
    slug name description status category { name } images { url altText } createdAt
    variants { sku name options { name value } weightGrams version image { url } product { name }
      price { amount currency } yen: price(currency: JPY) { amount } compareAtPrice { amount } prices { price { amount currency } } } }`,
  )
  assert.deepEqual(userErrors, [])
  assert.deepEqual(
    { ...product, createdAt: null },
    {
      slug: 'casque-ete',
      name: 'Casque Été',
      description: 'Très bon.',
      status: 'ACTIVE',
      category: { name: 'Sound' },
      images: [{ url: 'https://images.example.com/a.jpg', altText: 'front' }],
      createdAt: null,
      variants: [
        {
          sku: 'C-1',
          name: 'Black, L',
          options: input.variants[0]?.options,
          weightGrams: 250,
          version: 1,
          image: { url: 'https://images.example.com/a.jpg' },
          product: { name: 'Casque Été' },
          price: { amount: '10.00', currency: 'USD' },
          yen: { amount: '1500' },
          compareAtPrice: { amount: '12.50' },
          prices: [{ price: { amount: '1500', currency: 'JPY' } }, { price: { amount: '10.00', currency: 'USD' } }],
        },
        {
          sku: 'C-2',
          name: 'White one',
          options: [],
          weightGrams: null,
          version: 1,
          image: { url: 'https://images.example.com/b.jpg' },
          product: { name: 'Casque Été' },
          price: null,
          yen: null,
          compareAtPrice: null,
          prices: [],
        },
      ],
    },
  )
})

test('names every field at fault, list positions included, and adds nothing', async () => {
  const result = await products.change(
    'createProduct',
    'CreateProductInput',
    {
      name: ' ',
      slug: 'Not a slug',
      description: '',
      status: 'ARCHIVED',
      variants: [
        { sku: 'F-1', prices: [price('1.00'), price('2.00')] },
        {
          sku: '',
          weightGrams: -1,
          options: [{ name: 'Size', value: '' }],
          prices: [price('1.5', 'JPY'), price('5.00', 'EUR', '5.00'), price('0', 'GBP')],
        },
        {
          sku: 'F-1',
          prices: [{ price: { amount: '1.00', currency: 'USD' }, compareAtPrice: { amount: '2.00', currency: 'EUR' } }],
        },
      ],
    },
    PRODUCT,
  )
  assert.equal(result.product, null)
  assert.deepEqual(faults(result).toSorted(), [
    'INVALID_INPUT input.name',
    'INVALID_INPUT input.slug',
    'INVALID_INPUT input.status',
    'INVALID_INPUT input.variants.1.options.0.value',
    'INVALID_INPUT input.variants.1.sku',
    'INVALID_INPUT input.variants.1.weightGrams',
    'INVALID_PRICE input.variants.0.prices.1.price.currency',
    'INVALID_PRICE input.variants.1.prices.0.price.amount',
    'INVALID_PRICE input.variants.1.prices.1.compareAtPrice.amount',
    'INVALID_PRICE input.variants.1.prices.2.price.amount',
    'INVALID_PRICE input.variants.2.prices.0.compareAtPrice.currency',
    'SKU_TAKEN input.variants.2.sku',
  ])
})

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

test('makes slugs of names that are alike, or that ASCII can not write, one by one and at once', async () => {
  const first = await products.create('Größe & Co')
  assert.equal(first.slug, 'grosse-co')
  const others = await Promise.all(Array.from({ length: 6 }, () => products.create('Größe & Co')))
  assert.deepEqual(new Set(others.map(({ slug }) => slug)), new Set([2, 3, 4, 5, 6, 7].map((n) => `grosse-co-${n}`)))
  assert.equal((await products.create('耳机')).slug, 'product')
})

test('lets one of two have a SKU that both want at once', async () => {
  const results = await Promise.all(
    Array.from({ length: 4 }, () =>
      products.change(
        'createProduct',
        'CreateProductInput',
        { name: 'Race', description: '', variants: [{ sku: 'RACE', prices: [] }] },
        PRODUCT,
      ),
    ),
  )
  assert.equal(results.filter(({ product }) => product !== null).length, 1)
  assert.deepEqual(
    results.flatMap(faults),
    Array.from({ length: 3 }, () => 'SKU_TAKEN input.variants.0.sku'),
  )
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

test('a product has at most 100 variants', async () => {
  const variants = Array.from({ length: 101 }, (_, index) => ({ sku: `M-${index}`, prices: [price('1.00')] }))
  const tooMany = await products.change(
    'createProduct',
    'CreateProductInput',
    { name: 'Many', description: '', variants },
    PRODUCT,
  )
  assert.deepEqual(faults(tooMany), ['INVALID_INPUT input.variants'])
  const none = await products.change(
    'createProduct',
    'CreateProductInput',
    { name: 'None', description: '', variants: [] },
    PRODUCT,
  )
  assert.deepEqual(faults(none), ['INVALID_INPUT input.variants'])
  const { id } = await products.create('Many', { variants: variants.slice(0, 100) })
  const another = await products.change(
    'addVariant',
    'AddVariantInput',
    { productId: id, variant: variants[100] },
    'variant { id }',
  )
  assert.deepEqual(faults(another), ['INVALID_INPUT input.variant'])
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
