import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import type { z } from 'zod'
import { fillIn } from '../../../cli/collection/example-operations.ts'
import { ADMIN } from '../../../cli/seed/accounts.ts'
import { type Answer, postGraphQL } from '../../support/client.ts'

/** What the placeholders of one operation stand for, and who sends it. */
export type ExampleActors = {
  /** The value of a placeholder; what it stands for is made when it is asked for first. */
  valueOf(placeholder: string): Promise<string | number>
  tokenOf(as: 'guest' | 'customer' | 'admin'): Promise<string | undefined>
}

/** `value` with what `valueOf` makes of each placeholder, which it is asked for once. */
export async function filledIn<Value extends z.core.util.JSONType>(
  value: Value,
  valueOf: ExampleActors['valueOf'],
): Promise<Value> {
  const names = new Set<string>()
  fillIn(value, (name) => (names.add(name), ''))
  const values = new Map<string, string | number>()
  for (const name of names) values.set(name, await valueOf(name))
  return fillIn(value, (name) => values.get(name) ?? '')
}

/** Values of placeholders in the shop whose router is at `url`, for a customer that nobody else knows. */
export function createActors(url: string): ExampleActors {
  const customer = { email: `${unique()}@example.com`, password: 'correct horse battery' }
  const ask = async (document: string, variables: object = {}, token?: string): Promise<Answer['data']> => {
    const { data, errors } = await postGraphQL(url, { document, variables, token })
    assert.equal(errors, undefined, `${document}\n${JSON.stringify(errors)}`)
    return data
  }
  const once = memory()
  const signIn = (input: object) => ask(LOGIN, { input }).then(({ login }) => login.session)
  const registered = () =>
    once('registered', async () => (await ask(REGISTER, { input: { ...customer, name: 'Ada' } })).register.session)
  const token = async (): Promise<string> => (await registered()).accessToken
  const products = () => once('products', async () => (await ask(PRODUCTS)).products.nodes.filter(isBuyable))
  const variant = async (): Promise<string> => (await products())[0].variants[0].id
  const cart = () =>
    once(
      'cart',
      async () =>
        (await ask(ADD, { input: { variantId: await variant(), quantity: 1 } }, await token())).addToCart.cart,
    )
  const order = (name: string, payment?: object) =>
    once(name, async () => {
      const { id } = (await ask(ADD, { input: { variantId: await variant(), quantity: 1 } }, await token())).addToCart
        .cart
      const input = { cartId: id, shippingAddress: ADDRESS, payment, idempotencyKey: unique() }
      return (await ask(CHECKOUT, { input }, await token())).checkout.order.id
    })
  const category = async () => (await products())[0].category

  const values: Record<string, () => Promise<string | number>> = {
    unique: async () => unique(),
    email: async () => (await registered(), customer.email),
    password: async () => customer.password,
    refreshToken: async () => (await registered(), (await signIn(customer)).refreshToken),
    productId: async () => (await products())[0].id,
    productSlug: async () => (await products())[0].slug,
    variantId: variant,
    spareVariantId: async () => (await products())[1].variants[0].id,
    categoryId: async () => (await category()).id,
    categorySlug: async () => (await category()).slug,
    cartId: async () => (await cart()).id,
    cartVersion: async () => (await cart()).version,
    cartLineId: async () => (await cart()).lines[0].id,
    guestCartId: async () =>
      (await ask(CREATE, { input: { lines: [{ variantId: await variant() }] } })).createCart.cart.id,
    orderId: () => order('order'),
    pendingOrderId: () => order('pending'),
    paidOrderId: () => order('paid', { token: 'pm_card_visa' }),
  }
  return {
    valueOf: (placeholder) => values[placeholder]?.() ?? assert.fail(`no value for \${${placeholder}}`),
    tokenOf: async (as) => {
      if (as === 'guest') return undefined
      // Every customer of the examples has a cart, whether an operation names it or not.
      if (as === 'customer') await cart()
      return as === 'customer' ? token() : (await signIn({ email: ADMIN.email, password: ADMIN.password })).accessToken
    },
  }
}

type Made = Answer['data']

/** Makes each thing once, however many placeholders ask for a part of it. */
function memory(): (name: string, make: () => Promise<Made>) => Promise<Made> {
  const made = new Map<string, Promise<Made>>()
  return (name, make) => {
    const found = made.get(name) ?? make()
    made.set(name, found)
    return found
  }
}

const unique = (): string => randomUUID().replaceAll('-', '')

const isBuyable = ({ variants: [first] }: Made): boolean => first.price !== null && first.stock.available > 10

const ADDRESS = {
  recipient: 'Ada',
  line1: "12 St James's Square",
  city: 'London',
  postalCode: 'SW1Y 4JH',
  countryCode: 'GB',
}

const LOGIN = 'mutation ($input: LoginInput!) { login(input: $input) { session { accessToken refreshToken } } }'
const REGISTER = 'mutation ($input: RegisterInput!) { register(input: $input) { session { accessToken } } }'
const ADD = 'mutation ($input: AddToCartInput!) { addToCart(input: $input) { cart { id version lines { id } } } }'
const CREATE = 'mutation ($input: CreateCartInput!) { createCart(input: $input) { cart { id } } }'
const CHECKOUT = 'mutation ($input: CheckoutInput!) { checkout(input: $input) { order { id } } }'
const PRODUCTS = `{
  products(first: 20, sort: PRICE_DESC) {
    nodes { id slug category { id slug } variants { id price { amount } stock { available } } }
  }
}`
