import type { Currency } from '#platform/kernel/currency.ts'
import { ok, type Result, refuse } from '#platform/kernel/result.ts'

/** At most this many different variants. */
export const MAX_LINES = 100
/** At most this many units of one variant. */
export const MAX_QUANTITY = 999
// A cart is completed by one order after another; twenty orders later nobody retries the first.
const REMEMBERED_ORDERS = 20

/** One variant in a cart. `addedAt` is RFC 3339. */
export type CartLine = { id: string; variantId: string; quantity: number; addedAt: string }

/** A cart as it is kept. A guest's has no owner: whoever knows its id holds it. */
export type Cart = {
  id: string
  ownerId: string | null
  currency: Currency
  lines: readonly CartLine[]
  version: number
  /** The latest orders that completed it, so that completing again changes nothing. */
  completedOrders: readonly string[]
}

/** Why a change is refused. */
export type CartRefusal = 'CART_FULL' | 'INVALID_QUANTITY' | 'LINE_NOT_FOUND'

/** The changed cart, one version on; or the same cart where nothing changed. */
export type Change = Result<Cart, CartRefusal>

/** A new, empty cart. */
export const emptyCart = (id: string, ownerId: string | null, currency: Currency): Cart => ({
  id,
  ownerId,
  currency,
  lines: [],
  version: 0,
  completedOrders: [],
})

/** Adds to the line that has the variant, or makes one. `line.id` is used for a new one. */
export function addLine(cart: Cart, line: CartLine, path: readonly string[]): Change {
  if (!isQuantity(line.quantity) || line.quantity === 0) return badQuantity(1, path)
  const held = cart.lines.find((other) => other.variantId === line.variantId)
  if (held === undefined) {
    if (cart.lines.length >= MAX_LINES) return refuse('CART_FULL', `a cart holds at most ${MAX_LINES} different things`)
    return changed(cart, [...cart.lines, line])
  }
  const quantity = held.quantity + line.quantity
  if (!isQuantity(quantity)) return badQuantity(1, path)
  return changed(cart, replace(cart, { ...held, quantity }))
}

/** Sets a line's quantity; 0 removes it. */
export function setQuantity(cart: Cart, lineId: string, quantity: number): Change {
  if (!isQuantity(quantity)) return badQuantity(0, ['input', 'quantity'])
  const line = cart.lines.find((other) => other.id === lineId)
  if (line === undefined) return refuse('LINE_NOT_FOUND', 'there is no such line in the cart', ['input', 'lineId'])
  if (quantity === line.quantity) return ok(cart)
  return changed(cart, quantity === 0 ? without(cart, lineId) : replace(cart, { ...line, quantity }))
}

/** Removes every line. */
export const clear = (cart: Cart): Change => (cart.lines.length === 0 ? ok(cart) : changed(cart, []))

/** Prices it in another currency from now on. */
export const setCurrency = (cart: Cart, currency: Currency): Change =>
  cart.currency === currency ? ok(cart) : ok({ ...cart, currency, version: cart.version + 1 })

/** Puts a guest's lines into the person's cart: quantities of one variant add up, to at most 999. */
export function merge(own: Cart, guest: Cart): Change {
  const lines = new Map(own.lines.map((line) => [line.variantId, line]))
  for (const line of guest.lines) {
    const held = lines.get(line.variantId)
    const quantity = Math.min(MAX_QUANTITY, (held?.quantity ?? 0) + line.quantity)
    lines.set(line.variantId, { ...(held ?? line), quantity })
  }
  if (lines.size > MAX_LINES)
    return refuse('CART_FULL', `together the carts hold more than ${MAX_LINES} different things`)
  return changed(own, [...lines.values()])
}

/** What was ordered: the version, and how many of which variant. */
export type Ordered = { orderId: string; version: number; lines: readonly { variantId: string; quantity: number }[] }

/** Empties the cart at the version that was ordered; at a later one takes off what was ordered. Once per order. */
export function complete(cart: Cart, ordered: Ordered): Cart {
  if (cart.completedOrders.includes(ordered.orderId)) return cart
  const lines = cart.version === ordered.version ? [] : takeOff(cart.lines, ordered.lines)
  const completedOrders = [...cart.completedOrders, ordered.orderId].slice(-REMEMBERED_ORDERS)
  return { ...cart, lines, completedOrders, version: cart.version + 1 }
}

function takeOff(lines: readonly CartLine[], ordered: Ordered['lines']): CartLine[] {
  const taken = new Map(ordered.map((line) => [line.variantId, line.quantity]))
  return lines
    .map((line) => ({ ...line, quantity: line.quantity - (taken.get(line.variantId) ?? 0) }))
    .filter((line) => line.quantity > 0)
}

const changed = (cart: Cart, lines: readonly CartLine[]): Change => ok({ ...cart, lines, version: cart.version + 1 })

const without = (cart: Cart, lineId: string): CartLine[] => cart.lines.filter((line) => line.id !== lineId)

const replace = (cart: Cart, line: CartLine): CartLine[] =>
  cart.lines.map((other) => (other.id === line.id ? line : other))

const isQuantity = (quantity: number): boolean => quantity >= 0 && quantity <= MAX_QUANTITY

const badQuantity = (least: number, path: readonly string[]) =>
  refuse('INVALID_QUANTITY', `quantity: expected ${least} to ${MAX_QUANTITY} units of one thing in all`, path)
