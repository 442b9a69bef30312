import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { newId } from '#platform/kernel/ids.ts'
import { type Asker, startWholeShop, type WholeShop } from '../support/whole-shop.ts'
import {
  ADDRESS,
  answered,
  CARD,
  codesOf,
  createShopping,
  GUEST,
  nextEvent,
  PASSWORD,
  type Shopping,
} from './shopping.ts'

let shop: WholeShop
let shopping: Shopping
let owner: Awaited<ReturnType<Shopping['register']>>
let theirs: {
  order: string
  number: string
  payment: string
  method: string
  cart: string
  address: string
  pending: string
}
before(async () => {
  shop = await startWholeShop()
  shopping = createShopping(shop)
  owner = await shopping.register()
  const variantId = await shopping.variant()
  const { order } = await shopping.buy(owner, [{ variantId }])
  const pending = await shopping.buy(owner, [{ variantId }], { payment: null })
  const cart = await shopping.cart(owner, [{ variantId }])
  const method = await shopping.mutate('savePaymentMethod', 'SavePaymentMethodInput', 'paymentMethod { id }', owner, {
    token: CARD.visa,
  })
  const address = await shopping.mutate('addAddress', 'AddAddressInput', 'address { id }', owner, { address: ADDRESS })
  theirs = {
    order: order.id,
    number: order.number,
    payment: order.payments[0].id,
    method: method.paymentMethod.id,
    cart: cart.id,
    address: address.address.id,
    pending: pending.order.id,
  }
})
after(() => shop.stop())

const READ = `query ($order: ID!, $number: String!, $payment: ID!, $cart: ID) {
  order(id: $order) { id customer { name } payments { id } }
  orderByNumber(number: $number) { id }
  payment(id: $payment) { id order { id } }
  cart(id: $cart) { id }
}`
const read = async (asker: Asker) => {
  const { order, number, payment, cart } = theirs
  return shop.ask(READ, { order, number, payment, cart }, asker)
}

describe('reading', () => {
  test('the owner sees it all', async () => {
    const data = answered(await read(owner))
    assert.deepEqual(data.order, {
      id: theirs.order,
      customer: { name: 'Ada Lovelace' },
      payments: [{ id: theirs.payment }],
    })
    assert.deepEqual(
      [data.orderByNumber.id, data.payment.order.id, data.cart.id],
      [theirs.order, theirs.order, theirs.cart],
    )
  })

  test('another customer gets null, without any hint that it exists', async () => {
    const stranger = await shopping.register()
    const there = await read(stranger)
    assert.deepEqual(there.data, { order: null, orderByNumber: null, payment: null, cart: null })
    const nowhere = await shop.ask(
      READ,
      { order: newId(), number: 'ORD-2026-999999', payment: newId(), cart: newId() },
      stranger,
    )
    assert.deepEqual([there.data, there.errors], [nowhere.data, nowhere.errors])
  })

  test('a guest gets nothing, and hears why', async () => {
    const { data, errors } = await read(GUEST)
    assert.deepEqual(data, { order: null, orderByNumber: null, payment: null, cart: null })
    const codes = errors?.map(({ path, extensions }) => [path?.[0], extensions?.['code']])
    assert.deepEqual(codes?.toSorted(), [
      ['order', 'UNAUTHORIZED_FIELD_OR_TYPE'],
      ['orderByNumber', 'UNAUTHORIZED_FIELD_OR_TYPE'],
      ['payment', 'UNAUTHORIZED_FIELD_OR_TYPE'],
    ])
  })

  for (const role of ['SUPPORT', 'ADMIN'] as const) {
    test(`${role} sees orders, people and payments by scope, but nobody’s cart and saved methods`, async () => {
      const staff = shop.user({ role })
      const data = answered(await read(staff))
      assert.deepEqual(data.order, {
        id: theirs.order,
        customer: { name: 'Ada Lovelace' },
        payments: [{ id: theirs.payment }],
      })
      assert.deepEqual([data.orderByNumber.id, data.payment.order.id, data.cart], [theirs.order, theirs.order, null])
      const document =
        'query ($id: ID!) { user(id: $id) { email orders(first: 1) { totalCount } cart { id } paymentMethods { id } } }'
      const { user } = answered(await shop.ask(document, { id: owner.id }, staff))
      assert.deepEqual(user, { email: owner.email, orders: { totalCount: 2 }, cart: null, paymentMethods: null })
    })
  }

  test('MERCHANT sees orders and payments, but not who the customer is', async () => {
    const { data } = await read(shop.user({ role: 'MERCHANT' }))
    assert.deepEqual(data.order, { id: theirs.order, customer: null, payments: [{ id: theirs.payment }] })
  })

  test('following another’s order or cart live is NOT_FOUND', async () => {
    const stranger = shop.user()
    for (const [document, id] of [
      ['subscription ($id: ID!) { orderChanged(orderId: $id) { id } }', theirs.order],
      ['subscription ($id: ID!) { cartChanged(cartId: $id) { id } }', theirs.cart],
    ] as const) {
      const codes = await Promise.all([id, newId()].map((it) => firstCode(shop.watch(document, { id: it }, stranger))))
      assert.deepEqual(codes, ['NOT_FOUND', 'NOT_FOUND'])
    }
  })

  test('another role, a disabled account and a logout end at once what the person follows', async () => {
    const admin = shop.user({ role: 'ADMIN' })
    const ends = {
      role: ({ id: userId }: Person) => change('setUserRole', { userId, role: 'MERCHANT' }),
      disabled: ({ id: userId }: Person) => change('setUserActive', { userId, isActive: false }),
      logout: ({ refreshToken }: Person) => change('logout', { refreshToken }),
    }
    const change = async (name: 'setUserRole' | 'setUserActive' | 'logout', input: object) => {
      const type = `${name.slice(0, 1).toUpperCase()}${name.slice(1)}Input`
      assert.deepEqual((await shopping.mutate(name, type, 'userErrors { code }', admin, input)).userErrors, [])
    }
    for (const [why, end] of Object.entries(ends)) {
      const person = await signedIn()
      const { id } = await shopping.cart(person, [{ variantId: await shopping.variant() }])
      const events = shop.watch('subscription ($id: ID!) { cartChanged(cartId: $id) { id } }', { id }, person)
      assert.equal((await nextEvent(events)).cartChanged.id, id)
      await end(person)
      const { value } = await events.next()
      assert.equal(value?.errors?.[0]?.extensions?.['code'], 'UNAUTHENTICATED', why)
      assert.equal((await events.next()).done, true, why)
    }
  })
})

type Person = { token: string; id: string; refreshToken: string }

/** Somebody new, who has signed in. */
async function signedIn(): Promise<Person> {
  const { email, id } = await shopping.register()
  const { session } = await shopping.mutate('login', 'LoginInput', 'session { accessToken refreshToken }', GUEST, {
    email,
    password: PASSWORD,
  })
  return { token: session.accessToken, refreshToken: session.refreshToken, id }
}

/** The code of the error that a subscription is refused with, as a result or as a message of its own. */
async function firstCode(events: ReturnType<WholeShop['watch']>): Promise<unknown> {
  const refused = await events.next().then(
    ({ value }) => value?.errors,
    (errors: unknown) => errors,
  )
  await events.return?.()
  return Array.isArray(refused) ? refused[0]?.extensions?.code : refused
}

describe('changing', () => {
  test('what is another’s is refused as though it were not there', async () => {
    const stranger = await shopping.register()
    const variantId = await shopping.variant()
    const attempts: [string, string, object, string][] = [
      ['cancelOrder', 'CancelOrderInput', { id: theirs.order }, 'ORDER_NOT_FOUND'],
      [
        'payOrder',
        'PayOrderInput',
        { orderId: theirs.pending, payment: { token: CARD.visa }, idempotencyKey: newId() },
        'ORDER_NOT_FOUND',
      ],
      [
        'checkout',
        'CheckoutInput',
        { cartId: theirs.cart, shippingAddress: ADDRESS, idempotencyKey: newId() },
        'CART_NOT_FOUND',
      ],
      ['addToCart', 'AddToCartInput', { cartId: theirs.cart, variantId }, 'CART_NOT_FOUND'],
      ['clearCart', 'ClearCartInput', { cartId: theirs.cart }, 'CART_NOT_FOUND'],
      ['claimCart', 'ClaimCartInput', { cartId: theirs.cart }, 'CART_NOT_FOUND'],
      ['removePaymentMethod', 'RemovePaymentMethodInput', { id: theirs.method }, 'PAYMENT_METHOD_NOT_FOUND'],
      ['setDefaultPaymentMethod', 'SetDefaultPaymentMethodInput', { id: theirs.method }, 'PAYMENT_METHOD_NOT_FOUND'],
      ['removeAddress', 'RemoveAddressInput', { id: theirs.address }, 'ADDRESS_NOT_FOUND'],
      ['setDefaultAddress', 'SetDefaultAddressInput', { id: theirs.address }, 'ADDRESS_NOT_FOUND'],
    ]
    for (const [name, type, input, code] of attempts) {
      assert.deepEqual(codesOf(await shopping.mutate(name, type, 'userErrors { code }', stranger, input)), [code], name)
    }
    const { order } = answered(await read(owner))
    assert.equal(order.id, theirs.order)
  })

  test('another’s saved card can’t be paid with', async () => {
    const stranger = await shopping.register()
    const { order } = await shopping.buy(stranger, [{ variantId: await shopping.variant() }], { payment: null })
    const refused = await shopping.pay(stranger, { orderId: order.id, payment: { methodId: theirs.method } })
    assert.deepEqual(codesOf(refused), ['PAYMENT_METHOD_NOT_FOUND'])
  })

  test('what needs a scope is refused whole, before anything runs', async () => {
    const document = `mutation ($id: ID!) {
      createCart { cart { id } }
      shipOrder(input: { id: $id }) { order { id } }
    }`
    for (const asker of [owner, shop.user({ role: 'SUPPORT' }), GUEST]) {
      const { data, errors } = await shop.ask(document, { id: theirs.order }, asker)
      assert.equal(data ?? null, null)
      assert.equal(errors?.[0]?.extensions?.['code'], 'UNAUTHORIZED_FIELD_OR_TYPE')
    }
    assert.equal((await shopping.order(theirs.order)).status, 'CONFIRMED')
  })
})
