import assert from 'node:assert/strict'
import { newId } from '#platform/kernel/ids.ts'
import type { Answer } from '../support/client.ts'
import { waitUntil } from '../support/wait-until.ts'
import type { Asker, WholeShop } from '../support/whole-shop.ts'

/** The tokens of the sandbox provider's cards. */
export const CARD = {
  visa: 'pm_card_visa',
  mastercard: 'pm_card_mastercard',
  declined: 'pm_card_chargeDeclined',
  insufficientFunds: 'pm_card_chargeDeclinedInsufficientFunds',
  authentication: 'pm_card_authenticationRequired',
}

/** Where test orders go. */
export const ADDRESS = {
  recipient: 'Ada Lovelace',
  line1: '12 St James’s Square',
  city: 'London',
  postalCode: 'SW1Y 4JH',
  countryCode: 'GB',
}

/** What tests read of an order, over all subgraphs. */
export const ORDER = `
  id number status version createdAt
  total { amount currency } paidAmount { amount } refundedAmount { amount }
  lines { id quantity refundedQuantity variant { id } }
  history { status reason }
  payments { id status failureCode nextActionUrl amount { amount } refundedAmount { amount } }`
const ERRORS = 'userErrors { code message path }'

/** The data of an answer without errors. */
export function answered({ data, errors }: Answer): Answer['data'] {
  assert.equal(errors, undefined, JSON.stringify(errors))
  return data
}

/** The codes of a payload's `userErrors`. */
export const codesOf = (payload: { userErrors: { code: string }[] }): string[] =>
  payload.userErrors.map(({ code }) => code)

/** The next event; fails where the subscription says an error, or nothing. */
export async function nextEvent(events: AsyncIterator<Answer>): Promise<Answer['data']> {
  const { value, done } = await events.next()
  assert.ok(!done, 'the subscription ended')
  return answered(value)
}

/** Reads on until an event is as wanted. */
export async function eventWhere(
  events: AsyncIterator<Answer>,
  isWanted: (data: Answer['data']) => boolean,
): Promise<Answer['data']> {
  for (;;) {
    const data = await nextEvent(events)
    if (isWanted(data)) return data
  }
}

/** What a person and the shop do through the router. */
export type Shopping = ReturnType<typeof createShopping>

/** The way of a purchase, step by step, in `shop`. */
export function createShopping(shop: Pick<WholeShop, 'ask' | 'user' | 'books'>) {
  const merchant = shop.user({ role: 'MERCHANT' })
  const mutate = async (name: string, type: string, selection: string, asker: Asker, input: object) => {
    const document = `mutation ($input: ${type}!) { ${name}(input: $input) { ${selection} } }`
    return answered(await shop.ask(document, { input }, asker))[name]
  }
  const changeOrder = (name: string, type: string) => (asker: Asker, input: object) =>
    mutate(name, type, `order { ${ORDER} } ${ERRORS}`, asker, input)
  const checkout = (asker: Asker, input: object) =>
    mutate('checkout', 'CheckoutInput', `order { ${ORDER} } ${CHECKOUT_ERRORS}`, asker, {
      shippingAddress: ADDRESS,
      idempotencyKey: newId(),
      ...input,
    })
  const order = async (id: string, asker: Asker = merchant) =>
    answered(await shop.ask(`query ($id: ID!) { order(id: $id) { ${ORDER} } }`, { id }, asker)).order
  const cart = async (asker: Asker, lines: { variantId: string; quantity?: number }[]) => {
    const created = await mutate('createCart', 'CreateCartInput', `cart { id version } ${ERRORS}`, asker, { lines })
    assert.deepEqual(created.userErrors, [])
    return created.cart as { id: string; version: number }
  }
  return {
    merchant,
    mutate,
    checkout,
    order,
    cart,
    /** A product with one variant on sale and in stock. */
    variant: async ({ price = '19.99', stock = 100 } = {}): Promise<string> => {
      const variants = [{ sku: newId(), name: 'Plain', prices: [{ price: { amount: price, currency: 'USD' } }] }]
      const input = { name: `Thing ${newId()}`, description: 'A thing.', variants }
      const made = await mutate('createProduct', 'CreateProductInput', 'product { variants { id } }', merchant, input)
      const variantId: string = made.product.variants[0].id
      await mutate('setStock', 'SetStockInput', ERRORS, merchant, { variantId, onHand: stock })
      return variantId
    },
    /** Somebody with an account: the token of the session, and who it is. */
    register: async (more: object = {}) => {
      const input = { email: `${newId()}@example.com`, password: PASSWORD, name: 'Ada Lovelace', ...more }
      const selection = `session { accessToken user { id email } } ${ERRORS}`
      const { session, userErrors } = await mutate('register', 'RegisterInput', selection, { token: '' }, input)
      assert.deepEqual(userErrors, [])
      return {
        token: session.accessToken as string,
        id: session.user.id as string,
        email: session.user.email as string,
      }
    },
    /** Puts units into a guest's cart and orders them. */
    buy: async (asker: Asker, lines: { variantId: string; quantity?: number }[], input: object = {}) => {
      const { id } = await cart(GUEST, lines)
      return checkout(asker, { cartId: id, payment: { token: CARD.visa }, ...input })
    },
    pay: (asker: Asker, input: object) =>
      mutate('payOrder', 'PayOrderInput', `payment { id status nextActionUrl failureCode } ${ERRORS}`, asker, {
        idempotencyKey: newId(),
        ...input,
      }),
    cancel: changeOrder('cancelOrder', 'CancelOrderInput'),
    ship: changeOrder('shipOrder', 'ShipOrderInput'),
    refund: (asker: Asker, input: object) =>
      changeOrder('refundOrder', 'RefundOrderInput')(asker, { idempotencyKey: newId(), ...input }),
    /** Has the jobs of one kind that wait for their time run now. */
    hurryJobs: (subgraph: 'inventory' | 'orders' | 'payments', kind: string) =>
      shop.books.rows(
        subgraph,
        `update graphile_worker._private_jobs j set run_at = now() from graphile_worker._private_tasks t
         where t.id = j.task_id and t.identifier = '${kind}' and locked_at is null`,
      ),
    stockOf: async (variantId: string) => {
      const document = 'query ($id: ID!) { variant(id: $id) { stock { available onHand reserved } } }'
      return answered(await shop.ask(document, { id: variantId }, merchant)).variant.stock
    },
    /** Waits until the order is as wanted, by whatever job makes it so. */
    becomes: async (
      id: string,
      isWanted: (order: Answer['data']) => boolean,
      what = `order ${id} to become as wanted`,
    ) => {
      await waitUntil(what, async () => isWanted(await order(id)), { timeoutMs: 45_000 })
      return order(id)
    },
  }
}

/** Nobody in particular. */
export const GUEST: Asker = { token: '' }

/** The password of everybody who registers here. */
export const PASSWORD = 'correct horse battery staple'

const CHECKOUT_ERRORS = 'userErrors { code message path available variant { id } }'
