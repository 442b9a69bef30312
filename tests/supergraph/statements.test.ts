import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { SUBGRAPHS, type SubgraphName } from '#platform/runtime/names.ts'
import { waitUntil } from '../support/wait-until.ts'
import { startWholeShop, type WholeShop } from '../support/whole-shop.ts'
import { answered, createShopping, type Shopping } from './shopping.ts'

let shop: WholeShop
let shopping: Shopping
before(async () => {
  shop = await startWholeShop()
  shopping = createShopping(shop)
})
after(() => shop.stop())

/** How often an operation is measured at most: a job that happens to run in between costs statements of its own. */
const MEASUREMENTS = 3

/** Fails where the operation costs a subgraph more statements than `most`, or none; where left out, any. */
async function assertCost(run: () => Promise<unknown>, most: Partial<Record<SubgraphName, number>>): Promise<void> {
  const isWithin = (name: SubgraphName) => {
    const count = requestStatements(name).length
    return count <= (most[name] ?? 0) && count > 0 === name in most
  }
  for (let i = 0; i < MEASUREMENTS; i++) {
    await waitUntil('no job is due', hasNoDueJob)
    shop.resetStatements()
    await run()
    if (SUBGRAPHS.every(isWithin)) return
  }
  const statements = SUBGRAPHS.map(
    (name) => `${name}: ${requestStatements(name).length}\n${requestStatements(name).join('\n')}`,
  )
  assert.fail(`expected at most ${JSON.stringify(most)}\n${statements.join('\n')}`)
}

/** What was bought before the measurement leaves jobs, which ask the databases too. */
async function hasNoDueJob(): Promise<boolean> {
  const due = await Promise.all(
    (['inventory', 'orders', 'payments'] as const).map((name) =>
      shop.books.rows(name, 'select 1 from graphile_worker.jobs where run_at <= now()'),
    ),
  )
  return due.flat().length === 0
}

// The job runner and whoever asks /ready are no part of a request.
const requestStatements = (name: SubgraphName): string[] =>
  shop.statements(name).filter((statement) => !/graphile_worker|^select 1$/i.test(statement))

test('fifty products with variants, prices, category and stock cost one statement per type and level', async () => {
  const category = await shopping.mutate(
    'createCategory',
    'CreateCategoryInput',
    'category { id }',
    shopping.merchant,
    {
      name: 'Everything',
    },
  )
  const categoryId = category.category.id
  for (let i = 0; i < 50; i++) {
    const variants = ['S', 'M'].map((size) => ({
      sku: `SKU-${i}-${size}`,
      options: [{ name: 'Size', value: size }],
      prices: [{ price: { amount: '10.00', currency: 'USD' } }],
    }))
    const input = { name: `Shirt ${i}`, description: '', categoryId, variants }
    const made = await shopping.mutate(
      'createProduct',
      'CreateProductInput',
      'product { variants { id } }',
      shopping.merchant,
      input,
    )
    for (const { id } of made.product.variants)
      await shopping.mutate('setStock', 'SetStockInput', 'userErrors { code }', shopping.merchant, {
        variantId: id,
        onHand: 5,
      })
  }
  const document = `{
    products(first: 50) {
      nodes {
        id name category { name } inStock priceRange { min { amount } }
        variants { id price { amount } prices { price { amount } } stock { available } inStock product { name } }
      }
      pageInfo { hasNextPage }
    }
  }`
  const run = async () => {
    const { products } = answered(await shop.ask(document))
    assert.equal(products.nodes.length, 50)
    const [{ variants, category: found, inStock }] = products.nodes
    assert.deepEqual(
      [variants.length, variants[0].stock, found.name, inStock],
      [2, { available: 5 }, 'Everything', true],
    )
  }
  // products: the page, its categories, its variants with their prices. inventory: stock by product, and by variant.
  await assertCost(run, { products: 3, inventory: 2 })
})

test('twenty orders with customer, lines, variants, products, stock and payments cost one statement per type and level', async () => {
  const customers = await Promise.all(Array.from({ length: 4 }, () => shopping.register()))
  const variants = await Promise.all(Array.from({ length: 3 }, () => shopping.variant()))
  for (let i = 0; i < 20; i++) {
    const customer = customers[i % customers.length] ?? assert.fail()
    const { order } = await shopping.buy(
      customer,
      variants.map((variantId) => ({ variantId })),
    )
    assert.equal(order.status, 'CONFIRMED')
  }
  const document = `{
    orders(first: 20) {
      nodes {
        id number customer { name email } history { status } shipments { id }
        lines { quantity variant { sku product { name } price { amount } stock { available } } }
        payments { status amount { amount } refunds { amount { amount } } }
      }
    }
  }`
  const admin = shop.user({ role: 'ADMIN' })
  const run = async () => {
    const { orders } = answered(await shop.ask(document, {}, admin))
    assert.equal(orders.nodes.length, 20)
    for (const { customer, lines, payments } of orders.nodes) {
      assert.deepEqual([customer.name, lines.length, payments[0].status], ['Ada Lovelace', 3, 'COMPLETED'])
      assert.equal(lines[0].variant.product.name.slice(0, 5), 'Thing')
    }
  }
  // orders: the page, lines, history, shipments. products: variants, products. payments: payments, refunds.
  await assertCost(run, { orders: 4, users: 1, products: 2, inventory: 1, payments: 2 })
})

test('a person’s own page (orders, cart, wishlist, methods) costs one statement per type and level', async () => {
  const customer = await shopping.register()
  const variants = await Promise.all(Array.from({ length: 3 }, () => shopping.variant()))
  await shopping.buy(
    customer,
    variants.map((variantId) => ({ variantId })),
  )
  await shopping.cart(
    customer,
    variants.map((variantId) => ({ variantId })),
  )
  for (const variantId of variants) {
    const { variant } = answered(
      await shop.ask('query ($id: ID!) { variant(id: $id) { product { id } } }', { id: variantId }),
    )
    await shopping.mutate('addToWishlist', 'WishlistInput', 'userErrors { code }', customer, {
      productId: variant.product.id,
    })
  }
  const document = `{
    me {
      name addresses { id } wishlist { product { name } }
      orders(first: 10) { nodes { number lines { variant { name } } payments { status } } }
      cart { lines { quantity variant { name stock { available } } } subtotal { amount } }
      paymentMethods { brand }
    }
  }`
  const run = async () => {
    const { me } = answered(await shop.ask(document, {}, customer))
    assert.deepEqual([me.wishlist.length, me.orders.nodes.length, me.orders.nodes[0].lines.length], [3, 1, 3])
  }
  // users: the person, addresses, wishlist. products: what is wished for, the variants of orders and cart, today's prices.
  // orders: the page, lines. payments: by order, by person. inventory: the cart's variants.
  await assertCost(run, { users: 3, products: 3, orders: 2, payments: 2, inventory: 1 })
})
