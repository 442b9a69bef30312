import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { type Cart, SHIPPING_ADDRESS } from './fill-cart.ts'
import type { Offer } from './find-something.ts'
import type { Following } from './follow.ts'
import { ship } from './ship.ts'
import type { Customer } from './sign-in.ts'
import type { Stage } from './stage.ts'

/** An order as its customer sees it. */
export type Order = { id: string; number: string; status: string }

const WATCH_STOCK = `subscription WatchStock($variantIds: [ID!]!) {
  stockChanged(variantIds: $variantIds) {
    product { name }
    stock { available }
  }
}`

const WATCH_ORDER = `subscription WatchOrder($orderId: ID!) {
  orderChanged(orderId: $orderId) {
    status
    payments { status }
  }
}`

const CHECKOUT = `mutation Checkout($input: CheckoutInput!) {
  checkout(input: $input) {
    order { id number status total { amount currency } paymentDueAt }
    userErrors { code message }
  }
}`

const PAY = `mutation Pay($input: PayOrderInput!) {
  payOrder(input: $input) {
    payment { status amount { amount currency } method { brand last4 } order { status } }
    userErrors { code message }
  }
}`

const order = z.object({ id: z.string(), number: z.string(), status: z.string() })
const checkedOut = z.object({ checkout: z.object({ order }) })
const stockEvent = z.object({ stockChanged: z.object({ stock: z.object({ available: z.number() }) }) })
const orderEvent = z.object({ orderChanged: z.object({ status: z.string() }) })

/** Orders the cart, pays it, and watches order and stock change meanwhile. */
export async function buy(
  stage: Stage,
  customer: Customer,
  { cart, offer }: { cart: Cart; offer: Offer },
): Promise<Order> {
  const stock = await watchStock(stage, offer)
  try {
    const placed = await checkOut(stage, customer, cart)
    await stock.until(
      'the stock to be reserved',
      (event) => stockEvent.parse(event).stockChanged.stock.available < offer.available,
    )
    return await payAndShip(stage, customer, placed)
  } finally {
    await stock.stop()
  }
}

async function watchStock(stage: Stage, { variantId }: Offer): Promise<Following> {
  stage.act(
    'From here on, the stock is watched',
    'A subscription answers with the state now, and then with every change.',
  )
  const stock = stage.follow('stockChanged', { document: WATCH_STOCK, variables: { variantIds: [variantId] } })
  await stock.until('the stock as it is', () => true)
  return stock
}

async function checkOut(stage: Stage, { token }: Customer, cart: Cart): Promise<Order> {
  stage.act(
    'She orders',
    'The stock is reserved for 15 minutes. The key makes a retry harmless: it finds the same order.',
  )
  const input = {
    cartId: cart.id,
    cartVersion: cart.version,
    shippingAddress: SHIPPING_ADDRESS,
    idempotencyKey: randomUUID(),
  }
  return (await stage.ask({ document: CHECKOUT, variables: { input }, answer: checkedOut, token })).checkout.order
}

async function payAndShip(stage: Stage, { token }: Customer, placed: Order): Promise<Order> {
  stage.act('The order is watched, too', 'Its payments come from their own subgraph, with every event.')
  const watched = stage.follow('orderChanged', { document: WATCH_ORDER, variables: { orderId: placed.id }, token })
  const isNow = (status: string) =>
    watched.until(`the order to be ${status}`, (event) => orderEvent.parse(event).orderChanged.status === status)
  try {
    await isNow('PENDING')
    stage.act('She pays', 'pm_card_visa stands for a Visa card at the sandbox provider: nothing is really charged.')
    const input = { orderId: placed.id, payment: { token: 'pm_card_visa' }, idempotencyKey: randomUUID() }
    await stage.ask({ document: PAY, variables: { input }, answer: z.unknown(), token })
    await isNow('CONFIRMED')
    await ship(stage, placed.id)
    await isNow('SHIPPED')
    return { ...placed, status: 'SHIPPED' }
  } finally {
    await watched.stop()
  }
}
