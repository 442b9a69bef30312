import { z } from 'zod'
import type { Offer } from './find-something.ts'
import type { Customer } from './sign-in.ts'
import type { Stage } from './stage.ts'

const STOCK = `query StockNow($id: ID!) {
  variant(id: $id) { sku inStock stock { available } }
}`

const HISTORY = `query MyOrders {
  me {
    name
    orders(first: 3) {
      totalCount
      nodes {
        number
        status
        lines { productName quantity total { amount currency } }
        history { status reason }
      }
    }
    cart { totalQuantity }
  }
}`

const stockNow = z.object({ variant: z.object({ stock: z.object({ available: z.number() }) }) })

/** What is left in stock, and what the customer finds in their account. */
export async function lookBack(
  stage: Stage,
  { token }: Customer,
  { variantId }: Offer,
): Promise<{ stockAfter: number }> {
  stage.act('What is left', 'Sold units are gone from the stock.')
  const { variant } = await stage.ask({ document: STOCK, variables: { id: variantId }, answer: stockNow })

  stage.act('Her account', 'One query out of three subgraphs: users, orders, carts. The cart is empty again.')
  await stage.ask({ document: HISTORY, answer: z.unknown(), token })
  return { stockAfter: variant.stock.available }
}
