import { z } from 'zod'
import { CURRENCIES } from '#platform/kernel/currency.ts'

const money = z.object({ amount: z.string(), currency: z.enum(CURRENCIES) })
const line = z.object({ variantId: z.string(), productId: z.string(), quantity: z.int().positive() })

const order = z.object({
  orderId: z.string(),
  number: z.string(),
  userId: z.string(),
  /** Counts up with every change of the order. */
  version: z.int(),
})
const orderWithLines = order.extend({ total: money, lines: z.array(line) })

/** What the orders subgraph publishes: the data of each event, by type. The subject is the order's id. */
export const orderEvents = {
  /** An order was written; it is not paid yet. */
  'order.placed': orderWithLines,
  /** An order was paid, and its stock is sold. */
  'order.confirmed': orderWithLines,
  /** `reason` is one of `OrderChangeReason`. What was paid is being refunded, what was reserved or sold is being put back. */
  'order.cancelled': order.extend({ reason: z.string() }),
  'order.shipped': order,
  'order.delivered': order,
  /** The order's status became REFUNDED: everything that was paid went back. */
  'order.refunded': order,
}

/** An event type of the orders subgraph. */
export type OrderEventType = keyof typeof orderEvents

/** The data of an event of that type. */
export type OrderEventData<Type extends OrderEventType> = z.output<(typeof orderEvents)[Type]>
