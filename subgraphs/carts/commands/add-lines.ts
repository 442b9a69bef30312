import { personOf } from '#platform/auth/viewer.ts'
import { badInput } from '#platform/kernel/errors.ts'
import { isId, newId } from '#platform/kernel/ids.ts'
import type { Currency } from '#platform/kernel/currency.ts'
import { ok, type Refusal } from '#platform/kernel/result.ts'
import type { AddToCartInput, CartErrorCode, CreateCartInput } from '../../../.generated/carts.ts'
import { mayUse, ownCartId } from '../access.ts'
import type { CartsContext } from '../context.ts'
import { addLine, type Cart, type Change, MAX_LINES } from '../domain/cart.ts'
import { type CartResult, changeCart, changeOwnCart, makeGuestCart } from './change-cart.ts'

const MAX_KEY_LENGTH = 255

type NewLine = { variantId: string; quantity: number; path: readonly string[] }

/** A new cart with `lines` in it; for a person who has one already, that one with `lines` added. */
export async function createCart(context: CartsContext, input: CreateCartInput): Promise<CartResult> {
  const lines = (input.lines ?? []).map((line, index) => ({ ...line, path: ['input', 'lines', String(index)] }))
  if (lines.length > MAX_LINES) throw badInput('input.lines', `at most ${MAX_LINES}`)
  const currency = input.currency ?? context.currency
  const held = await ownCart(context)
  const refusals = await checkLines(context, lines, held?.currency ?? currency)
  if (refusals.length > 0) return { ok: false, refusals }
  const change = (cart: Cart) => addLines(cart, lines)
  return personOf(context.viewer) === null
    ? makeGuestCart(context, currency, change)
    : changeOwnCart(context, currency, change)
}

/** Adds to the line that has the variant, or makes one; a repeated `idempotencyKey` adds nothing. */
export async function addToCart(context: CartsContext, input: AddToCartInput): Promise<CartResult> {
  const key = readKey(input)
  const line = { variantId: input.variantId, quantity: input.quantity, path: ['input'] }
  const held = input.cartId ? await context.loaders.cart.load(input.cartId) : await ownCart(context)
  const isVisible = held !== null && mayUse(held, context.viewer)
  const refusals = await checkLines(context, [line], isVisible ? held.currency : context.currency)
  // A cart that is not there is refused by the change itself; there is no need to say more of its variant.
  if (refusals.length > 0 && (isVisible || !input.cartId)) return { ok: false, refusals }
  const change = (cart: Cart) => addLines(cart, [line])
  return input.cartId
    ? changeCart(context, input.cartId, change, key)
    : changeOwnCart(context, context.currency, change, key)
}

async function ownCart({ viewer, loaders }: CartsContext) {
  const userId = personOf(viewer)
  return userId === null ? null : loaders.cart.load(ownCartId(userId))
}

function readKey(input: AddToCartInput) {
  const key = input.idempotencyKey
  if (key === null || key === undefined) return undefined
  if (key === '' || key.length > MAX_KEY_LENGTH)
    throw badInput('input.idempotencyKey', `1 to ${MAX_KEY_LENGTH} characters`)
  return { key, input: { variantId: input.variantId, quantity: input.quantity } }
}

/** Whether each line's variant is there and has a price in the cart's currency. At most one call of products. */
async function checkLines(
  { loaders }: CartsContext,
  lines: readonly NewLine[],
  currency: Currency,
): Promise<Refusal<CartErrorCode>[]> {
  const known = await Promise.all(lines.map((line) => loaders.prices.load(line.variantId)))
  return lines.flatMap(({ variantId, path }, index): Refusal<CartErrorCode>[] => {
    const prices = isId(variantId) ? known[index] : null
    const at = { path: [...path, 'variantId'] }
    if (!prices) return [{ code: 'VARIANT_NOT_FOUND', message: 'variantId: there is no such variant', ...at }]
    if (prices.prices.some((price) => price.currency === currency)) return []
    return [
      {
        code: 'NOT_PRICED',
        message: `variantId: it can’t be bought in ${currency}`,
        ...at,
        variantId,
      } as Refusal<CartErrorCode>,
    ]
  })
}

function addLines(cart: Cart, lines: readonly NewLine[]): Change {
  let changed: Change = ok(cart)
  for (const { variantId, quantity, path } of lines) {
    if (!changed.ok) return changed
    const line = { id: newId(), variantId, quantity, addedAt: new Date().toISOString() }
    changed = addLine(changed.value, line, [...path, 'quantity'])
  }
  return changed
}
