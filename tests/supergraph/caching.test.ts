import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import { readConfig } from '#platform/runtime/config.ts'
import { SUBGRAPHS } from '#platform/runtime/names.ts'
import { createFetchCaching } from '../../router/caching/fetch-caching.ts'
import { type Router, startRouter } from '../../router/start-router.ts'
import { loadSupergraph } from '../../router/supergraph/load-supergraph.ts'
import { type Answer, postGraphQL } from '../support/client.ts'
import { quiet } from '../support/quiet.ts'
import { startTestShop, type TestShop } from '../support/shop.ts'
import { waitUntil } from '../support/wait-until.ts'
import { anyWrite, READS, type There, type Write } from './catalogue-writes.ts'
import { answered } from './shopping.ts'

const SUPERGRAPH = await readFile(new URL('../../schema/supergraph.graphql', import.meta.url), 'utf8')
// Each write is followed by every read, as often as it takes until the change was heard of.
const WRITES = 5
const RUNS = fc.readConfigureGlobal()?.numRuns === undefined ? 2 : 150

let shop: TestShop
let keeping: Router
let asking: Router
const there: There & { products: string[]; variants: string[]; categories: string[]; cart: string } = {
  products: [],
  variants: [],
  categories: [],
  cart: '',
}

before(async () => {
  shop = await startTestShop({ subgraphs: ['products', 'inventory', 'carts'], env: { RATE_LIMIT: 'off' } })
  const start = (env: Record<string, string>) =>
    startRouter({
      config: readConfig({ ...shop.env, ...env }),
      supergraphSdl: SUPERGRAPH,
      log: quiet,
      host: '127.0.0.1',
      port: 0,
    })
  keeping = await start({})
  asking = await start({ CACHE: 'off' })
  for (const name of ['red', 'green']) {
    const { category } = await write('createCategory', 'CreateCategoryInput', 'category { id }', { name })
    there.categories.push(category.id)
  }
  for (const name of ['lamp', 'chair', 'table']) await createProduct(name)
  const { cart } = await write(
    'createCart',
    'CreateCartInput',
    'cart { id }',
    {
      lines: there.variants.map((variantId) => ({ variantId })),
    },
    '',
  )
  there.cart = cart.id
})
after(async () => {
  await keeping.stop()
  await asking.stop()
  await shop.stop()
})

const merchantToken = () => shop.user({ role: 'MERCHANT' }).tokenFor('products') ?? ''

async function createProduct(name: string): Promise<void> {
  const [categoryId] = there.categories
  const variants = ['red', 'blue'].map((value, index) => ({
    sku: `${name}-${value}`,
    options: [{ name: 'Colour', value }],
    prices: [{ price: { amount: `${10 + index}.00`, currency: 'USD' } }],
  }))
  const { product } = await write('createProduct', 'CreateProductInput', 'product { id variants { id } }', {
    name,
    description: `A ${name}.`,
    categoryId,
    variants,
  })
  there.products.push(product.id)
  there.variants.push(...product.variants.map(({ id }: { id: string }) => id))
}

const documentOf = (field: string, type: string, selection: string) =>
  `mutation ($input: ${type}!) { ${field}(input: $input) { ${selection} } }`

/** Through the router that keeps. */
async function write(field: string, type: string, selection: string, input: object, token = merchantToken()) {
  const document = documentOf(field, type, selection)
  return answered(await postGraphQL(keeping.url, { document, variables: { input }, token }))[field]
}

/** Past all routers: only the event tells of it. */
const writeBehind = (field: string, type: string, input: object): Promise<Answer> =>
  shop.call('products', documentOf(field, type, 'userErrors { message }'), { input }, shop.user({ role: 'MERCHANT' }))

const guest = (document: string, variables: object = {}, headers: Record<string, string> = {}, router = keeping) =>
  postGraphQL(router.url, { document, variables, headers })

test('only products keeps anything: stock, carts, orders, payments and accounts are never kept', () => {
  const supergraph = loadSupergraph(SUPERGRAPH)
  assert.ok(supergraph.cacheHints !== undefined)
  const cachingOf = createFetchCaching(supergraph.cacheHints, supergraph)
  const kept = SUBGRAPHS.filter((serviceName) =>
    cachingOf({ kind: 'Fetch', serviceName, operation: 'mutation{any}', operationKind: 'mutation' } as Parameters<
      typeof cachingOf
    >[0]),
  )
  assert.deepEqual(kept, ['products'])
})

test('stock and carts are as they are now, beside a product that is kept', async () => {
  const [variantId = ''] = there.variants
  const document = `query ($id: ID!, $cart: ID!) { variant(id: $id) { name inStock stock { available } } cart(id: $cart) { totalQuantity } }`
  const read = async () => answered(await guest(document, { id: variantId, cart: there.cart }))
  const setStock = (onHand: number) =>
    shop.call(
      'inventory',
      documentOf('setStock', 'SetStockInput', 'userErrors { message }'),
      { input: { variantId, onHand } },
      shop.user({ role: 'MERCHANT' }),
    )
  await setStock(3)
  assert.deepEqual((await read()).variant.stock, { available: 3 })
  await setStock(0)
  const { variant, cart } = await read()
  assert.deepEqual([variant.stock, variant.inStock], [{ available: 0 }, false])
  const add = documentOf('addToCart', 'AddToCartInput', 'userErrors { message }')
  await shop.call('carts', add, { input: { cartId: there.cart, variantId } })
  assert.equal((await read()).cart.totalQuantity, cart.totalQuantity + 1)
})

test('a price that was changed behind the router is seen once its event has come', async () => {
  const [id = ''] = there.variants
  const document = 'query ($id: ID!) { variant(id: $id) { price { amount } } }'
  const read = async (headers = {}) => answered(await guest(document, { id }, headers)).variant.price
  const usd = (amount: string) => ({ price: { amount, currency: 'USD' } })
  assert.deepEqual(await read({ 'x-currency': 'EUR' }), null)
  assert.deepEqual(await read(), { amount: '10.00' })
  await writeBehind('setVariantPrices', 'SetVariantPricesInput', { variantId: id, prices: [usd('11.50')] })
  await waitUntil('the new price', async () => (await read()).amount === '11.50')
  await write('setVariantPrices', 'SetVariantPricesInput', 'variant { id }', { variantId: id, prices: [usd('12.00')] })
  assert.deepEqual(await read(), { amount: '12.00' })
})

test('a draft is seen by its keeper alone, and what became one is gone for all others', async () => {
  const [id = ''] = there.products
  const document = 'query ($id: ID!) { product(id: $id) { name } }'
  const keeper = () => postGraphQL(keeping.url, { document, variables: { id }, token: merchantToken() })
  assert.deepEqual(answered(await guest(document, { id })).product, { name: 'lamp' })
  await writeBehind('updateProduct', 'UpdateProductInput', { id, status: 'DRAFT' })
  await waitUntil('it is gone', async () => answered(await guest(document, { id })).product === null)
  assert.deepEqual(answered(await keeper()).product, { name: 'lamp' })
  assert.equal(answered(await guest(document, { id })).product, null)
  await write('updateProduct', 'UpdateProductInput', 'product { id }', { id, status: 'ACTIVE' })
  assert.deepEqual(answered(await guest(document, { id })).product, { name: 'lamp' })
})

test('a router that keeps answers what one that does not would, whatever was written', async () => {
  const places: Record<string, string>[] = [{}, { 'x-currency': 'EUR' }]
  const same = async ({ document, variables }: (typeof READS)[number], headers: Record<string, string>) => {
    const [kept, asked] = await Promise.all(
      [keeping, asking].map((router) => guest(document, variables(there), headers, router)),
    )
    return JSON.stringify([kept?.data, kept?.errors?.length]) === JSON.stringify([asked?.data, asked?.errors?.length])
  }
  const allSame = async (after: string) => {
    const all = places.flatMap((headers) => READS.map((read) => ({ read, headers })))
    await Promise.all(
      all.map(({ read, headers }) => waitUntil(`${read.document} after ${after}`, () => same(read, headers))),
    )
  }
  const apply = async ({ field, type, input, selection }: Write, isBehind: boolean) => {
    const given = input(there)
    if (isBehind) await writeBehind(field, type, given)
    else await write(field, type, selection, given)
    return `${field} ${JSON.stringify(given)}${isBehind ? ' behind' : ''}`
  }
  const writes = fc.array(fc.record({ write: anyWrite, isBehind: fc.boolean() }), {
    minLength: WRITES,
    maxLength: WRITES,
  })
  await allSame('nothing')
  await fc.assert(
    fc.asyncProperty(writes, async (all) => {
      for (const { write: next, isBehind } of all) await allSame(await apply(next, isBehind))
    }),
    { numRuns: RUNS, endOnFailure: true },
  )
})
