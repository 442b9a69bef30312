import { fetchData } from '../client/ask.ts'
import { buy } from './buy.ts'
import { fillCart } from './fill-cart.ts'
import { findSomething } from './find-something.ts'
import { lookBack } from './look-back.ts'
import type { Screen } from './screen.ts'
import { signIn } from './sign-in.ts'
import { createStage } from './stage.ts'

/** What came of the purchase. */
export type Purchase = {
  email: string
  orderNumber: string
  orderStatus: string
  productName: string
  quantity: number
  stockBefore: number
  stockAfter: number
}

/** Plays a purchase against the shop at `url`, from the registration to the order's history. */
export async function playStory(url: string, screen: Screen): Promise<Purchase> {
  // Before the curtain rises: a shop that is not there is a sentence, not half a story.
  await fetchData({ url }, { document: '{ __typename }' })
  const stage = createStage(url, screen)
  const customer = await signIn(stage)
  const offer = await findSomething(stage)
  const cart = await fillCart(stage, customer, offer)
  const order = await buy(stage, customer, { cart, offer })
  const { stockAfter } = await lookBack(stage, customer, offer)
  const purchase: Purchase = {
    email: customer.email,
    orderNumber: order.number,
    orderStatus: order.status,
    productName: offer.productName,
    quantity: cart.quantity,
    stockBefore: offer.available,
    stockAfter,
  }
  screen.summary(describe(purchase))
  return purchase
}

const describe = (purchase: Purchase): string[] => [
  `${purchase.orderNumber} is ${purchase.orderStatus}: ${purchase.quantity} × ${purchase.productName}.`,
  `In stock before: ${purchase.stockBefore}. In stock now: ${purchase.stockAfter}.`,
  `The new customer is ${purchase.email}; run me again for another one.`,
]
