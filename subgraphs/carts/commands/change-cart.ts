import { personOf } from '#platform/auth/viewer.ts'
import type { Currency } from '#platform/kernel/currency.ts'
import { ok, type Refusal, type Result, refuse } from '#platform/kernel/result.ts'
import type { CartErrorCode } from '../../../.generated/carts.ts'
import { mayUse, newGuestCartId, ownCartId } from '../access.ts'
import type { CartsContext } from '../context.ts'
import { type Cart, type Change, emptyCart } from '../domain/cart.ts'
import type { ChangeKey, Outcome, StoredCart } from '../store/cart-store.ts'

/** What a mutation of a cart comes to. */
export type CartResult = Result<StoredCart, CartErrorCode>

/** The one answer for a cart that is gone, another's, or never was. */
export const cartNotFound = (path: readonly string[] = ['input', 'cartId']) =>
  refuse('CART_NOT_FOUND', 'there is no such cart', path)

/** Changes a cart that must be there and be the viewer's. */
export async function changeCart(
  context: CartsContext,
  cartId: string,
  change: (cart: Cart) => Change,
  key?: ChangeKey,
): Promise<CartResult> {
  return changeOrMake(context, { cartId, make: null }, change, key)
}

/** Changes the viewer's own cart, made at need in `currency`. */
export async function changeOwnCart(
  context: CartsContext,
  currency: Currency,
  change: (cart: Cart) => Change,
  key?: ChangeKey,
): Promise<CartResult> {
  const userId = personOf(context.viewer)
  if (userId === null) return cartNotFound()
  const cartId = ownCartId(userId)
  return changeOrMake(context, { cartId, make: () => emptyCart(cartId, userId, currency) }, change, key)
}

/** Makes a guest's cart in `currency`. */
export function makeGuestCart(
  context: CartsContext,
  currency: Currency,
  change: (cart: Cart) => Change,
): Promise<CartResult> {
  const cartId = newGuestCartId()
  return changeOrMake(context, { cartId, make: () => emptyCart(cartId, null, currency) }, change)
}

type Which = { cartId: string; make: (() => Cart) | null }

async function changeOrMake(
  { viewer, services }: CartsContext,
  { cartId, make }: Which,
  change: (cart: Cart) => Change,
  key?: ChangeKey,
) {
  const outcome = await services.carts.change<readonly Refusal<CartErrorCode>[]>({ cartId, key }, (found) => {
    const cart = found !== null && mayUse(found, viewer) ? found : (make?.() ?? null)
    if (cart === null) return { refused: cartNotFound().refusals }
    const changed = change(cart)
    if (!changed.ok) return { refused: changed.refusals }
    // A cart that was made is a change, even if nothing is put into it.
    return { write: found === null && changed.value.version === 0 ? { ...changed.value, version: 1 } : changed.value }
  })
  return toResult(outcome)
}

/** What the store says, as the graph does. */
export function toResult(outcome: Outcome<readonly Refusal<CartErrorCode>[]>): CartResult {
  if (outcome.kind === 'refused') return { ok: false, refusals: outcome.refused }
  if (outcome.kind === 'reused') {
    return refuse('IDEMPOTENCY_KEY_REUSED', 'idempotencyKey: it was used for something else', [
      'input',
      'idempotencyKey',
    ])
  }
  return ok(outcome.cart)
}
