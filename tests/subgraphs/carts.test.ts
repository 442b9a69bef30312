import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { newId } from '#platform/kernel/ids.ts'
import { startTestShop, type TestShop } from '../support/shop.ts'
import type { TestViewer } from '../support/viewers.ts'

let shop: TestShop
let variantId: string
let secondId: string
let euroOnlyId: string

before(async () => {
  shop = await startTestShop({ subgraphs: ['products', 'carts'] })
  variantId = await createVariant('USD', '19.99')
  secondId = await createVariant('USD', '5.00')
  euroOnlyId = await createVariant('EUR', '7.00')
})
after(() => shop.stop())

const CART =
  'cart { id version currency totalQuantity subtotal { amount currency } lines { id quantity unitPrice { amount } total { amount } variant { id } } owner { id } } userErrors { code path variant { id } }'
const CREATE = `mutation ($input: CreateCartInput) { createCart(input: $input) { ${CART} } }`
const ADD = `mutation ($input: AddToCartInput!) { addToCart(input: $input) { ${CART} } }`
const CLAIM = `mutation ($id: ID!) { claimCart(input: { cartId: $id }) { ${CART} } }`
const READ = '{ cart { id totalQuantity } }'

async function createVariant(currency: string, amount: string): Promise<string> {
  const input = {
    name: `Thing ${newId()}`,
    description: 'A thing.',
    variants: [{ sku: newId(), prices: [{ price: { amount, currency } }] }],
  }
  const document =
    'mutation ($input: CreateProductInput!) { createProduct(input: $input) { product { variants { id } } userErrors { code message } } }'
  const { data } = await shop.call('products', document, { input }, shop.user({ role: 'MERCHANT' }))
  return data.createProduct.product.variants[0].id
}
const add = async (input: object, viewer?: TestViewer) =>
  (await shop.call('carts', ADD, { input }, viewer)).data.addToCart
const create = async (input: object = {}, viewer?: TestViewer) =>
  (await shop.call('carts', CREATE, { input }, viewer)).data.createCart

test('prices a guest’s cart at today’s prices', async () => {
  const { cart } = await create({ lines: [{ variantId, quantity: 2 }] })
  const added = await add({ cartId: cart.id, variantId: secondId })
  assert.deepEqual(added.userErrors, [])
  assert.equal(added.cart.totalQuantity, 3)
  assert.deepEqual(added.cart.subtotal, { amount: '44.98', currency: 'USD' })
  assert.deepEqual(
    added.cart.lines.map((line: { unitPrice: object; total: object }) => [line.unitPrice, line.total]),
    [
      [{ amount: '19.99' }, { amount: '39.98' }],
      [{ amount: '5.00' }, { amount: '5.00' }],
    ],
  )
})

test('follows a price at once when it changes', async () => {
  const changing = await createVariant('USD', '10.00')
  const { cart } = await create({ lines: [{ variantId: changing, quantity: 1 }] })
  const SET = 'mutation ($input: SetVariantPricesInput!) { setVariantPrices(input: $input) { userErrors { code } } }'
  const events = shop.subscribe(
    'products',
    'subscription ($ids: [ID!]!) { priceChanged(variantIds: $ids) { price { amount } } }',
    { ids: [changing] },
  )
  await events.next()
  await shop.call(
    'products',
    SET,
    { input: { variantId: changing, prices: [{ price: { amount: '12.00', currency: 'USD' } }] } },
    shop.user({ role: 'MERCHANT' }),
  )
  await events.next()
  await events.return?.()
  const subtotal = async () =>
    (
      await shop.call(
        'carts',
        '{ cart(id: $id) { subtotal { amount } } }'.replace('{ cart', 'query ($id: ID!) { cart'),
        { id: cart.id },
      )
    ).data.cart.subtotal.amount
  const deadline = Date.now() + 5_000
  let seen = await subtotal()
  while (seen !== '12.00' && Date.now() < deadline) seen = await subtotal()
  assert.equal(seen, '12.00')
})

test('refuses what is unknown, not priced, too much or none, each with its field', async () => {
  const { cart } = await create()
  const refused = async (input: object) => (await add({ cartId: cart.id, ...input })).userErrors[0]
  assert.deepEqual(await refused({ variantId: newId() }), {
    code: 'VARIANT_NOT_FOUND',
    path: ['input', 'variantId'],
    variant: null,
  })
  assert.equal((await refused({ variantId: 'malformed' })).code, 'VARIANT_NOT_FOUND')
  assert.deepEqual(await refused({ variantId: euroOnlyId }), {
    code: 'NOT_PRICED',
    path: ['input', 'variantId'],
    variant: { id: euroOnlyId },
  })
  assert.deepEqual(await refused({ variantId, quantity: 1000 }), {
    code: 'INVALID_QUANTITY',
    path: ['input', 'quantity'],
    variant: null,
  })
  assert.equal((await refused({ variantId, quantity: 0 })).code, 'INVALID_QUANTITY')
  assert.equal((await add({ cartId: 'gone', variantId })).userErrors[0].code, 'CART_NOT_FOUND')
  assert.deepEqual((await add({ variantId })).userErrors[0].path, ['input', 'cartId'])
})

test('adds once for one idempotency key, however often and however concurrently it comes', async () => {
  const { cart } = await create()
  const input = { cartId: cart.id, variantId, quantity: 2, idempotencyKey: 'press' }
  const answers = await Promise.all(Array.from({ length: 10 }, () => add(input)))
  assert.ok(answers.every((answer) => answer.userErrors.length === 0))
  assert.equal((await add(input)).cart.totalQuantity, 2)
  assert.equal((await add({ ...input, quantity: 3 })).userErrors[0].code, 'IDEMPOTENCY_KEY_REUSED')
})

test('loses no change when many come at once', async () => {
  const { cart } = await create()
  await Promise.all(Array.from({ length: 40 }, () => add({ cartId: cart.id, variantId })))
  const { data } = await shop.call('carts', 'query ($id: ID!) { cart(id: $id) { totalQuantity version } }', {
    id: cart.id,
  })
  assert.deepEqual(data.cart, { totalQuantity: 40, version: 41 })
})

test('gives a person one cart, whichever device makes it, and shows it to nobody else', async () => {
  const person = shop.user()
  const made = await Promise.all([create({}, person), add({ variantId }, person), create({}, person)])
  assert.equal(new Set(made.map((answer) => answer.cart.id)).size, 1)
  const own = made[0]?.cart
  assert.equal(own.owner.id, person.id)
  const document = 'query ($id: ID!) { cart(id: $id) { id } }'
  assert.equal((await shop.call('carts', document, { id: own.id }, person)).data.cart.id, own.id)
  for (const stranger of [shop.guest, shop.user(), shop.user({ role: 'ADMIN' })]) {
    assert.equal((await shop.call('carts', document, { id: own.id }, stranger)).data.cart, null)
    assert.equal((await add({ cartId: own.id, variantId }, stranger)).userErrors[0].code, 'CART_NOT_FOUND')
  }
})

test('merges a guest’s cart into the person’s own; it is gone after, and claiming again finds nothing', async () => {
  const person = shop.user()
  await add({ variantId, quantity: 1 }, person)
  const guest = (
    await create({
      lines: [
        { variantId, quantity: 2 },
        { variantId: secondId, quantity: 3 },
      ],
    })
  ).cart
  const claims = await Promise.all([1, 2].map(() => shop.call('carts', CLAIM, { id: guest.id }, person)))
  const codes = claims.map((answer) => answer.data.claimCart.userErrors[0]?.code ?? 'merged').toSorted()
  assert.deepEqual(codes, ['CART_NOT_FOUND', 'merged'])
  assert.equal((await shop.call('carts', READ, {}, person)).data.cart.totalQuantity, 6)
  assert.equal(
    (await shop.call('carts', 'query ($id: ID!) { cart(id: $id) { id } }', { id: guest.id })).data.cart,
    null,
  )
})

test('tells every change of a cart, the present state first', async () => {
  const { cart } = await create()
  const events = shop.subscribe(
    'carts',
    'subscription ($id: ID!) { cartChanged(cartId: $id) { version totalQuantity subtotal { amount } } }',
    { id: cart.id },
  )
  assert.deepEqual((await events.next()).value.data.cartChanged, {
    version: 1,
    totalQuantity: 0,
    subtotal: { amount: '0.00' },
  })
  await add({ cartId: cart.id, variantId })
  assert.deepEqual((await events.next()).value.data.cartChanged, {
    version: 2,
    totalQuantity: 1,
    subtotal: { amount: '19.99' },
  })
  await events.return?.()
  const other = shop.subscribe('carts', 'subscription { cartChanged(cartId: "unknown") { version } }')
  const refused = (await other.next()).value.errors[0]
  assert.deepEqual([refused.extensions.code, refused.extensions.field], ['NOT_FOUND', 'cartId'])
})

test('completes a cart once per order, for a service only', async () => {
  const { cart } = await create({ lines: [{ variantId, quantity: 2 }] })
  const COMPLETE =
    'mutation ($input: CompleteCartInput!) { completeCart(input: $input) { cart { totalQuantity version } userErrors { code } } }'
  const input = { cartId: cart.id, version: cart.version, orderId: newId(), lines: [{ variantId, quantity: 2 }] }
  const guest = await shop.call('carts', COMPLETE, { input })
  assert.equal(guest.errors?.[0]?.extensions?.['code'], 'UNAUTHENTICATED')
  for (let time = 0; time < 2; time += 1) {
    const { data } = await shop.call('carts', COMPLETE, { input }, shop.service('orders'))
    assert.deepEqual(data.completeCart.cart, { totalQuantity: 0, version: cart.version + 1 })
  }
})

test('answers a cart whose prices can’t be read without them, and says where', async () => {
  const alone = await startTestShop({ subgraphs: ['carts'] })
  try {
    const created = await alone.call('carts', CREATE, { input: {} })
    const empty = created.data.createCart.cart
    assert.deepEqual(empty.subtotal, { amount: '0.00', currency: 'USD' })
    const refused = await alone.call('carts', ADD, { input: { cartId: empty.id, variantId } })
    assert.equal(refused.errors?.[0]?.extensions?.['code'], 'DOWNSTREAM_SERVICE_ERROR')
  } finally {
    await alone.stop()
  }
})
