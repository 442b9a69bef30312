import type { Refusal } from '#platform/kernel/result.ts'
import type { Outcome } from './settlement.ts'

/** `OrderErrorCode` of the graph. */
export type OrderErrorCode =
  | 'CART_CHANGED'
  | 'CART_EMPTY'
  | 'CART_NOT_FOUND'
  | 'IDEMPOTENCY_KEY_REUSED'
  | 'INVALID_ADDRESS'
  | 'INVALID_AMOUNT'
  | 'INVALID_QUANTITY'
  | 'INVALID_STATUS'
  | 'LINE_NOT_FOUND'
  | 'NOT_PRICED'
  | 'ORDER_NOT_FOUND'
  | 'OUT_OF_STOCK'
  | 'PAYMENT_DECLINED'
  | 'PAYMENT_UNAVAILABLE'
  | 'SHIPPING_OPTION_NOT_FOUND'
  | 'TOTAL_CHANGED'

/** Why a command refuses, and where it is about a variant, which, and how many there are of it. */
export type OrderRefusal = Refusal<OrderErrorCode, { readonly variantId?: string | null; readonly available?: number }>

/** A value, or the reasons why there is none. */
export type OrderResult<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly refusals: readonly OrderRefusal[] }

/** The same for whoever may not see the order and for an order that does not exist. */
export const orderNotFound = (path: readonly string[] = ['input', 'id']) => ({
  ok: false as const,
  refusals: [{ code: 'ORDER_NOT_FOUND' as const, message: 'there is no such order of yours', path }],
})

/** What the answer to `checkout` says of a recorded outcome; nothing where all went well. */
export function refusalsOf(outcome: Outcome | null): OrderRefusal[] {
  if (outcome === null) return []
  if (outcome.code !== 'OUT_OF_STOCK')
    return [{ code: outcome.code, message: outcome.reason, path: ['input', 'payment'] }]
  const code = outcome.code
  const path = ['input', 'cartId']
  if (outcome.shortages.length === 0) return [{ code, message: 'something in the cart is sold out', path }]
  return outcome.shortages.map(({ variantId, available }) => ({
    code,
    message: available === 0 ? 'sold out' : `only ${available} left`,
    path,
    variantId,
    available,
  }))
}
