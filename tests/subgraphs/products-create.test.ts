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
