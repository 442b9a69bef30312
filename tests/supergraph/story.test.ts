import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { startWholeShop, type WholeShop } from '../support/whole-shop.ts'
import { assertInvariants } from '../support/invariants.ts'
import { answered, CARD, createShopping, eventWhere, nextEvent, type Shopping } from './shopping.ts'

let shop: WholeShop
let shopping: Shopping
before(async () => {
  shop = await startWholeShop()
  shopping = createShopping(shop)
})
after(() => shop.stop())

const BROWSE = `query ($id: ID!) {
  variant(id: $id) { id product { name defaultVariant { id } } price { amount currency } stock { available } inStock }
}`
const WATCH_STOCK = `subscription ($ids: [ID!]!) {
  stockChanged(variantIds: $ids) { id stock { available version } product { name } price { amount } }
}`
const WATCH_ORDER = `subscription ($id: ID!) {
  orderChanged(orderId: $id) {
    id status version customer { name email } lines { quantity variant { product { name } stock { available } } }
    payments { status amount { amount } }
  }
}`

test('a stranger registers, finds something, puts it into a cart, orders, pays, and follows it live', async () => {
  const variantId = await shopping.variant({ price: '299.99', stock: 10 })
  const customer = await shopping.register()
  const { variant } = answered(await shop.ask(BROWSE, { id: variantId }, customer))
  assert.deepEqual(variant.price, { amount: '299.99', currency: 'USD' })
  assert.deepEqual([variant.stock.available, variant.inStock, variant.product.defaultVariant.id], [10, true, variantId])

  const stock = shop.watch(WATCH_STOCK, { ids: [variantId] })
  const { stockChanged: first } = await nextEvent(stock)
  assert.deepEqual(
    [first.stock.available, first.product, first.price],
    [10, { name: variant.product.name }, { amount: '299.99' }],
  )

  const cart = await shopping.cart(customer, [{ variantId, quantity: 2 }])
  const { order: placed, userErrors } = await shopping.checkout(customer, { cartId: cart.id })
  assert.deepEqual([placed.status, userErrors], ['PENDING', []])
  await eventWhere(stock, ({ stockChanged }) => stockChanged.stock.available === 8)

  const events = shop.watch(WATCH_ORDER, { id: placed.id }, customer)
  const { orderChanged: pending } = await nextEvent(events)
  assert.deepEqual([pending.status, pending.payments], ['PENDING', []])
  assert.deepEqual(pending.customer, { name: 'Ada Lovelace', email: customer.email })
  await shopping.pay(customer, { orderId: placed.id, payment: { token: CARD.visa } })
  const { orderChanged: paid } = await eventWhere(events, ({ orderChanged }) => orderChanged.status === 'CONFIRMED')
  assert.ok(paid.version > pending.version)
  assert.deepEqual(paid.payments, [{ status: 'COMPLETED', amount: { amount: '599.98' } }])
  assert.deepEqual(paid.lines, [
    { quantity: 2, variant: { product: { name: variant.product.name }, stock: { available: 8 } } },
  ])

  await Promise.all([stock.return?.(), events.return?.()])
  assert.deepEqual(await shopping.stockOf(variantId), { available: 8, onHand: 8, reserved: 0 })
  await assertInvariants(shop.books)
})

test('checkout with a card comes back CONFIRMED, with fields of four subgraphs in its answer', async () => {
  const customer = await shopping.register()
  const variantId = await shopping.variant({ price: '5.00' })
  const { order, userErrors } = await shopping.buy(customer, [{ variantId, quantity: 3 }])
  assert.deepEqual([order.status, userErrors, order.total.amount], ['CONFIRMED', [], '15.00'])
  assert.deepEqual(
    order.payments.map(({ status }: { status: string }) => status),
    ['COMPLETED'],
  )
})

test('a guest’s cart is kept at registration and merged at login', async () => {
  const [hat, scarf] = [await shopping.variant(), await shopping.variant()]
  const first = await shopping.cart({ token: '' }, [{ variantId: hat, quantity: 2 }])
  const customer = await shopping.register({ cartId: first.id })
  const second = await shopping.cart({ token: '' }, [{ variantId: hat }, { variantId: scarf, quantity: 4 }])
  const login =
    'mutation ($input: LoginInput!) { login(input: $input) { session { accessToken user { cart { lines { quantity variant { id } } } } } } }'
  const input = { email: customer.email, password: 'correct horse battery staple', cartId: second.id }
  const { session } = answered(await shop.ask(login, { input })).login
  const mine = 'query ($guests: ID) { cart { lines { quantity variant { id } } } theirs: cart(id: $guests) { id } }'
  const { cart, theirs } = answered(await shop.ask(mine, { guests: second.id }, { token: session.accessToken }))
  assert.deepEqual(cart.lines, [
    { quantity: 3, variant: { id: hat } },
    { quantity: 4, variant: { id: scarf } },
  ])
  assert.equal(theirs, null)
})
