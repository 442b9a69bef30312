import assert from 'node:assert/strict'
import { sql } from 'kysely'
import { newId } from '#platform/kernel/ids.ts'
import type { Answer } from '../../support/client.ts'
import { startTestShop, type TestShopOptions } from '../../support/shop.ts'
import type { TestViewer } from '../../support/viewers.ts'
import { waitUntil } from '../../support/wait-until.ts'

/** What tests read of an order. */
export const ORDER = `
  id number status version paymentDueAt createdAt
  customer { id }
  subtotal { amount currency } shipping { amount } tax { amount } total { amount currency }
  paidAmount { amount } refundedAmount { amount }
  lines { id sku productName variantName quantity refundedQuantity unitPrice { amount } total { amount } variant { id } }
  shipments { id carrier trackingNumber trackingUrl shippedAt deliveredAt }
  history { status reason note at }
  shippingAddress { recipient line1 line2 city region postalCode countryCode phone }`
const ERRORS = 'userErrors { code message path available variant { id } }'

const CREATE_PRODUCT = `mutation ($input: CreateProductInput!) {
  createProduct(input: $input) { product { id variants { id } } userErrors { code message } }
}`
const SET_STOCK = 'mutation ($input: SetStockInput!) { setStock(input: $input) { userErrors { code message } } }'
const CREATE_CART = `mutation ($input: CreateCartInput) { createCart(input: $input) { cart { id version } userErrors { code message } } }`
const READ_CART = 'query ($id: ID!) { cart(id: $id) { id version totalQuantity } }'
const PAY = `mutation ($input: PayOrderInput!) { payOrder(input: $input) { payment { id status nextActionUrl } userErrors { code } } }`

/** Where test orders go. */
export const ADDRESS = {
  recipient: 'Ada Lovelace',
  line1: '12 St James’s Square',
  city: 'London',
  postalCode: 'SW1Y 4JH',
  countryCode: 'GB',
}

/** The cards of the sandbox provider. */
export const CARD = {
  visa: 'pm_card_visa',
  declined: 'pm_card_chargeDeclined',
  authentication: 'pm_card_authenticationRequired',
}

/** A shop with real products, inventory, carts, payments and the sandbox provider around orders. */
export type OrdersShop = Awaited<ReturnType<typeof startOrdersShop>>

/** Starts it; call `shop.stop` in `after`. */
export async function startOrdersShop(options: Partial<TestShopOptions> = {}) {
  const shop = await startTestShop({
    subgraphs: ['products', 'inventory', 'carts', 'payments', 'orders'],
    sandbox: true,
    ...options,
  })
  const merchant = shop.user({ role: 'MERCHANT' })
  const db = async (name: 'orders' | 'inventory' | 'payments') => (await shop.runtime(name)).database.sql()
  const ask = async (document: string, variables: object, viewer: TestViewer) =>
    answered(await shop.call('orders', document, variables, viewer))
  const mutate = (field: string, type: string) => async (viewer: TestViewer, input: object) =>
    (
      await ask(
        `mutation ($input: ${type}!) { ${field}(input: $input) { order { ${ORDER} } ${ERRORS} } }`,
        { input },
        viewer,
      )
    )[field]

  /** A variant on sale, with stock. */
  const variant = async ({ price = '19.99', stock = 100, currency = 'USD' } = {}): Promise<string> => {
    const prices = [{ price: { amount: price, currency } }]
    const input = { name: `Thing ${newId()}`, description: '', variants: [{ sku: newId(), name: 'Plain', prices }] }
    const created = answered(await shop.call('products', CREATE_PRODUCT, { input }, merchant)).createProduct
    const variantId: string = created.product.variants[0].id
    await shop.call('inventory', SET_STOCK, { input: { variantId, onHand: stock } }, merchant)
    return variantId
  }
  /** The viewer's cart with these lines; a guest's where the viewer is none. */
  const cart = async (viewer: TestViewer, lines: { variantId: string; quantity?: number }[], currency = 'USD') => {
    const { createCart } = answered(await shop.call('carts', CREATE_CART, { input: { currency, lines } }, viewer))
    assert.deepEqual(createCart.userErrors, [])
    return createCart.cart as { id: string; version: number }
  }
  const checkout = mutate('checkout', 'CheckoutInput')
  const ledger = async (orderId: string) => {
    const response = await fetch(`${shop.sandbox.url}/test/ledger?order_id=${orderId}`)
    return (await response.json()) as Ledger
  }
  return {
    shop,
    merchant,
    db,
    ask,
    variant,
    cart,
    /** How many units are in a cart by now. */
    unitsInCart: async (viewer: TestViewer, id: string) =>
      answered(await shop.call('carts', READ_CART, { id }, viewer)).cart?.totalQuantity,
    /** `checkout` with an address and a new key unless given. */
    checkout: (viewer: TestViewer, input: object) =>
      checkout(viewer, { shippingAddress: ADDRESS, idempotencyKey: newId(), ...input }),
    cancel: mutate('cancelOrder', 'CancelOrderInput'),
    ship: (input: object, viewer: TestViewer = merchant) => mutate('shipOrder', 'ShipOrderInput')(viewer, input),
    deliver: (input: object, viewer: TestViewer = merchant) =>
      mutate('deliverOrder', 'DeliverOrderInput')(viewer, input),
    refund: (input: object, viewer: TestViewer = merchant) =>
      mutate('refundOrder', 'RefundOrderInput')(viewer, { idempotencyKey: newId(), ...input }),
    record: (input: object) => mutate('recordPayment', 'RecordPaymentInput')(shop.service('payments'), input),
    pay: async (viewer: TestViewer, input: object) =>
      answered(await shop.call('payments', PAY, { input: { idempotencyKey: newId(), ...input } }, viewer)).payOrder,
    order: async (id: string, viewer: TestViewer = merchant) =>
      (await ask(`query ($id: ID!) { order(id: $id) { ${ORDER} } }`, { id }, viewer)).order,
    /** Waits until the order is `status`, by whatever job does it. */
    becomes: async (id: string, status: string) => {
      const rows = async () =>
        (await sql<{ status: string }>`select status from customer_order where id = ${id}`.execute(await db('orders')))
          .rows
      await waitUntil(`order ${id} to be ${status}`, async () => (await rows())[0]?.status === status)
    },
    ledger,
    /** Has every waiting job of a subgraph run now, whatever it waits for and however often it failed. */
    hurryJobs: async (name: 'orders' | 'inventory' | 'payments', tasks: readonly string[]) => {
      await sql`update graphile_worker._private_jobs as job set run_at = now(), attempts = 0
        from graphile_worker._private_tasks as task
        where task.id = job.task_id and task.identifier = any(${tasks}::text[]) and job.locked_at is null`.execute(
        await db(name),
      )
    },
    /** As though the time to pay were over, for orders and for payments; their jobs have yet to find it. */
    makeOverdue: async (id: string) => {
      await sql`update customer_order set payment_due_at = now() where id = ${id}`.execute(await db('orders'))
      await sql`update payment set due_at = now() where order_id = ${id}`.execute(await db('payments'))
    },
    stockOf: async (variantId: string) => {
      const { rows } = await sql<{ onHand: number; reserved: number }>`
        select on_hand as "onHand", reserved from stock_level where variant_id = ${variantId}`.execute(
        await db('inventory'),
      )
      return rows[0]
    },
  }
}

/** The sandbox provider's books on one order. */
export type Ledger = {
  charges: { amount_captured: number; amount_refunded: number }[]
  refunds: { amount: number }[]
}

/** The data of an answer without errors. */
export function answered(answer: Answer) {
  assert.equal(answer.errors, undefined, JSON.stringify(answer.errors))
  return answer.data
}

/** The codes of a payload's `userErrors`. */
export const codesOf = (payload: { userErrors: { code: string }[] }): string[] =>
  payload.userErrors.map(({ code }) => code)
