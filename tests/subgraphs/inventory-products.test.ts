import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { newId } from '#platform/kernel/ids.ts'
import { startInventory, type TestInventory } from './inventory-shop.ts'

let inventory: TestInventory
before(async () => {
  inventory = await startInventory({ subgraphs: ['products', 'inventory'] })
})
after(() => inventory.shop.stop())

const CREATE = `mutation ($input: CreateProductInput!) {
  createProduct(input: $input) { product { variants { id } } userErrors { code message } }
}`
const CHECK = `query ($items: [StockItemInput!]!) {
  checkAvailability(items: $items) { unavailable { variant { id } requested available } }
}`

/** A variant that products knows, without stock. */
async function createVariant(status: 'ACTIVE' | 'DRAFT'): Promise<string> {
  const prices = [{ price: { amount: '10.00', currency: 'USD' } }]
  const input = { name: 'Lamp', description: 'Shines', status, variants: [{ sku: `SKU-${newId()}`, prices }] }
  const { data, errors } = await inventory.shop.call('products', CREATE, { input }, inventory.merchant)
  assert.equal(errors, undefined)
  assert.deepEqual(data.createProduct.userErrors, [])
  return data.createProduct.product.variants[0].id
}

test('records stock of a variant that products knows, drafts included', async () => {
  for (const status of ['ACTIVE', 'DRAFT'] as const) {
    const variantId = await createVariant(status)
    const { variant, userErrors } = await inventory.setStock({
      variantId,
      onHand: 7,
      lowStockThreshold: 2,
      reason: 'delivered',
    })
    assert.deepEqual(userErrors, [])
    assert.deepEqual(variant, {
      id: variantId,
      stock: { onHand: 7, reserved: 0, available: 7, lowStockThreshold: 2, version: 1 },
    })
  }
  assert.deepEqual(await inventory.brokenVariants(), [])
})

test('records it once when two count for the first time at once', async () => {
  const variantId = await createVariant('ACTIVE')
  const counts = await Promise.all([3, 4, 5].map((onHand) => inventory.setStock({ variantId, onHand })))
  assert.ok(counts.every(({ userErrors }) => userErrors.length === 0))
  assert.equal((await inventory.stockOf(variantId)).version, 3)
  assert.deepEqual(await inventory.brokenVariants(), [])
})

test('refuses a variant that products does not know', async () => {
  const { variant, userErrors } = await inventory.setStock({ variantId: newId(), onHand: 7 })
  assert.equal(variant, null)
  assert.deepEqual(userErrors, [{ code: 'VARIANT_NOT_FOUND', path: ['input', 'variantId'] }])
})

test('names an unavailable variant only where there is one', async () => {
  const [known, unknown] = [await createVariant('ACTIVE'), newId()]
  const items = [known, unknown, 'no-id'].map((variantId) => ({ variantId, quantity: 1 }))
  const { data } = await inventory.shop.call('inventory', CHECK, { items })
  assert.deepEqual(data.checkAvailability.unavailable, [
    { variant: { id: known }, requested: 1, available: 0 },
    { variant: null, requested: 1, available: 0 },
    { variant: null, requested: 1, available: 0 },
  ])
})

test('counts without products where stock is recorded, and says so where it must ask and gets no answer', async () => {
  const [recorded, fresh] = [await createVariant('ACTIVE'), await createVariant('ACTIVE')]
  await inventory.setStock({ variantId: recorded, onHand: 1 })
  await inventory.shop.stopSubgraph('products')
  assert.equal((await inventory.setStock({ variantId: recorded, onHand: 2 })).variant.stock.onHand, 2)
  const document = 'mutation ($input: SetStockInput!) { setStock(input: $input) { variant { id } } }'
  const { data, errors } = await inventory.shop.call(
    'inventory',
    document,
    { input: { variantId: fresh, onHand: 1 } },
    inventory.merchant,
  )
  assert.equal(data.setStock, null)
  assert.equal(errors?.[0]?.extensions?.['code'], 'DOWNSTREAM_SERVICE_ERROR')
  const { data: checked } = await inventory.shop.call('inventory', CHECK, {
    items: [{ variantId: recorded, quantity: 9 }],
  })
  assert.equal(checked.checkAvailability.unavailable[0].variant.id, recorded)
})
