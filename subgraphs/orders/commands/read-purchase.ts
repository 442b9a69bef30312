import {
  checkAddress,
  normaliseAddress,
  type PostalAddress,
  type PostalAddressInput,
} from '#platform/kernel/postal-address.ts'
import { ok, refuse } from '#platform/kernel/result.ts'
import type { OrdersScope } from '../context.ts'
import { type PricedLine, type ShippingOption, shippingOptions, type Totals, totalsOf } from '../domain/pricing.ts'
import type { OrderRefusal, OrderResult } from '../domain/refusals.ts'
import type { Cart } from '../neighbours/carts.ts'
import type { Variant } from '../neighbours/products.ts'
import { patiently } from './patience.ts'

/** Whose cart, shipped where and how. */
export type PurchaseRequest = {
  userId: string
  cartId: string
  shippingAddress: PostalAddressInput
  shippingOptionId: string | null
}

/** A line with what it is and what it costs today. */
export type PurchaseLine = PricedLine & { variant: Variant }

/** A cart, priced. */
export type Purchase = {
  cart: Cart
  lines: PurchaseLine[]
  shippingAddress: PostalAddress
  shippingOption: ShippingOption
  shippingOptions: ShippingOption[]
  totals: Totals
}

/** Reads a cart and today's prices, in two calls, and adds it up. Writes and reserves nothing. Gives up at `until`. */
export async function readPurchase(
  scope: OrdersScope,
  request: PurchaseRequest,
  until: number,
): Promise<OrderResult<Purchase>> {
  const shippingAddress = normaliseAddress(request.shippingAddress)
  const wrong = checkAddress(shippingAddress, ['input', 'shippingAddress'])
  if (wrong.length > 0) return { ok: false, refusals: wrong }
  const cart = await readCart(scope, request, until)
  if (cart === null) return refuse('CART_NOT_FOUND', 'there is no such cart of yours', ['input', 'cartId'])
  if (cart.lines.length === 0) return refuse('CART_EMPTY', 'there is nothing in the cart', ['input', 'cartId'])
  const lines = await readLines(scope, cart, until)
  if (!lines.ok) return lines
  return price(cart, lines.value, { shippingAddress, shippingOptionId: request.shippingOptionId })
}

const readCart = (scope: OrdersScope, { cartId, userId }: PurchaseRequest, until: number): Promise<Cart | null> =>
  patiently(until, () => scope.services.carts.read(cartId, { userId, requestId: scope.requestId }))

async function readLines(scope: OrdersScope, cart: Cart, until: number): Promise<OrderResult<PurchaseLine[]>> {
  const ids = cart.lines.map((line) => line.variantId)
  const read = () => scope.services.products.read(ids, cart.currency, scope.requestId)
  const variants = await patiently(until, read)
  const lines: PurchaseLine[] = []
  const refusals: OrderRefusal[] = []
  for (const { variantId, quantity } of cart.lines) {
    const variant = variants.get(variantId)
    if (variant === undefined || variant.price === null) refusals.push(notPriced(variantId, cart))
    else lines.push({ variant, quantity, unitPrice: variant.price })
  }
  return refusals.length > 0 ? { ok: false, refusals } : ok(lines)
}

const notPriced = (variantId: string, cart: Cart): OrderRefusal => ({
  code: 'NOT_PRICED',
  message: `a variant in the cart can't be bought in ${cart.currency} any more`,
  path: ['input', 'cartId'],
  variantId,
})

function price(
  cart: Cart,
  lines: PurchaseLine[],
  to: { shippingAddress: PostalAddress; shippingOptionId: string | null },
): OrderResult<Purchase> {
  const { shippingAddress, shippingOptionId } = to
  const { currency } = cart
  const options = shippingOptions({ currency, lines, to: shippingAddress })
  const shippingOption = shippingOptionId === null ? options[0] : options.find(({ id }) => id === shippingOptionId)
  if (shippingOption === undefined) {
    return refuse('SHIPPING_OPTION_NOT_FOUND', 'there is no such way to ship this cart', ['input', 'shippingOptionId'])
  }
  const totals = totalsOf({ currency, lines, shipping: shippingOption.price, to: shippingAddress })
  return ok({ cart, lines, shippingAddress, shippingOption, shippingOptions: options, totals })
}
