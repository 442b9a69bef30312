import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { SUBGRAPHS, type SubgraphName } from '#platform/runtime/names.ts'
import type { Answer } from '../support/client.ts'
import { type Asker, startWholeShop, type WholeShop } from '../support/whole-shop.ts'
import { createShopping, type Shopping } from './shopping.ts'

let shop: WholeShop
let shopping: Shopping
let customer: Asker
let ids: { variant: string; order: string }
before(async () => {
  // What is kept would answer for products while they are down.
  shop = await startWholeShop({ CACHE: 'off' })
  shopping = createShopping(shop)
  customer = await shopping.register()
  const variant = await shopping.variant()
  const { order } = await shopping.buy(customer, [{ variantId: variant }])
  await shopping.cart(customer, [{ variantId: variant }])
  ids = { variant, order: order.id }
})
after(() => shop.stop())

// Every subgraph stands at the root once, and below another's type once.
const DOCUMENT = `query ($variant: ID!, $order: ID!) {
  me { name orders(first: 1) { nodes { id } } cart { totalQuantity } paymentMethods { brand } }
  variant(id: $variant) { sku stock { available } }
  checkAvailability(items: [{ variantId: $variant, quantity: 1 }]) { isAvailable }
  cart { totalQuantity owner { name } lines { variant { sku } } }
  order(id: $order) { number customer { name } lines { quantity variant { sku stock { available } } } payments { status } }
}`

type Outcome = { kept: readonly string[]; lost: readonly string[] }

/** What is still there, and what is null, while each of them is down. */
const EXPECTED: Partial<Record<SubgraphName, Outcome>> = {
  users: {
    kept: [
      'variant.stock.available',
      'checkAvailability.isAvailable',
      'cart.totalQuantity',
      'order.payments.0.status',
      'order.lines.0.variant.sku',
    ],
    lost: ['me', 'cart.owner', 'order.customer'],
  },
  products: {
    kept: [
      'me.name',
      'me.cart.totalQuantity',
      'cart.totalQuantity',
      'order.number',
      'order.lines.0.quantity',
      'order.customer.name',
    ],
    lost: ['variant', 'cart.lines.0.variant', 'order.lines.0.variant'],
  },
  inventory: {
    kept: [
      'me.name',
      'variant.sku',
      'cart.lines.0.variant.sku',
      'order.lines.0.variant.sku',
      'order.payments.0.status',
    ],
    lost: ['checkAvailability', 'variant.stock', 'order.lines.0.variant.stock'],
  },
  carts: {
    kept: ['me.orders.nodes.0.id', 'variant.stock.available', 'order.payments.0.status'],
    lost: ['me.cart', 'cart'],
  },
  orders: {
    kept: ['me.name', 'me.cart.totalQuantity', 'variant.stock.available', 'cart.lines.0.variant.sku'],
    lost: ['me.orders', 'order'],
  },
  payments: {
    kept: ['me.name', 'me.orders.nodes.0.id', 'order.customer.name', 'order.lines.0.variant.stock.available'],
    lost: ['me.paymentMethods', 'order.payments'],
  },
}

/** While one is down of which nothing was asked: all of it. */
const EVERYTHING: Outcome = { kept: Object.values(EXPECTED).flatMap(({ kept }) => kept), lost: [] }

const at = (data: Answer['data'], path: string) =>
  path.split('.').reduce((value, key) => (value === null ? null : value[key]), data)

test('with all of them there nothing is missing', async () => {
  const { data, errors } = await shop.ask(DOCUMENT, ids, customer)
  assert.equal(errors, undefined, JSON.stringify(errors))
  for (const path of EVERYTHING.kept) assert.notEqual(at(data, path), null, path)
})

describe('with one subgraph down the rest of an answer still comes', () => {
  for (const name of SUBGRAPHS) {
    test(`without ${name}`, async () => {
      await shop.stopSubgraph(name)
      const answer = await shop.ask(DOCUMENT, ids, customer)
      const { kept, lost } = EXPECTED[name] ?? EVERYTHING
      for (const path of kept) assert.notEqual(at(answer.data, path), null, path)
      for (const path of lost) assertLost(answer, path)
      for (const error of answer.errors ?? []) {
        assert.equal(error.extensions?.['code'], 'DOWNSTREAM_SERVICE_ERROR', JSON.stringify(error))
        assert.ok(error.path !== undefined && error.extensions?.['errorId'] !== undefined, JSON.stringify(error))
      }
      assert.doesNotMatch(JSON.stringify(answer.errors ?? []), /127\.0\.0\.1|localhost|ECONN|https?:|fetch failed| at /)
      await shop.startSubgraph(name)
      assert.equal((await shop.ask(DOCUMENT, ids, customer)).errors, undefined)
    })
  }
})

/** Null, and an error says so at this place, under it, or where a null came up from. */
function assertLost({ data, errors }: Answer, path: string): void {
  assert.equal(at(data, path), null, path)
  const paths = (errors ?? []).map((error) => (error.path ?? []).join('.'))
  assert.ok(
    paths.some((found) => `${found}.`.startsWith(`${path}.`)),
    `${path} in ${paths.join(', ')}`,
  )
}
