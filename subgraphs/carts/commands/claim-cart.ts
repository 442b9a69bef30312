import { personOf } from '#platform/auth/viewer.ts'
import { CallerError } from '#platform/kernel/errors.ts'
import { ok, type Refusal } from '#platform/kernel/result.ts'
import type { CartErrorCode } from '../../../.generated/carts.ts'
import { ownCartId } from '../access.ts'
import type { CartsContext } from '../context.ts'
import { emptyCart, merge } from '../domain/cart.ts'
import { type CartResult, cartNotFound, toResult } from './change-cart.ts'

/** Merges a guest's cart into the person's own, which is made at need; one script takes the one away and writes the other. */
export async function claimCart({ viewer, services }: CartsContext, cartId: string): Promise<CartResult> {
  const userId = personOf(viewer)
  if (userId === null) throw new CallerError('UNAUTHENTICATED', 'claimCart needs a signed-in user')
  const ownId = ownCartId(userId)
  // Claiming one's own cart is done already, where there is one.
  if (cartId === ownId) {
    const own = await services.carts.find(ownId)
    return own === null ? cartNotFound() : ok(own)
  }
  const outcome = await services.carts.change<readonly Refusal<CartErrorCode>[]>(
    { cartId: ownId, absorb: cartId },
    (own, guest) => {
      if (guest === null || guest.ownerId !== null) return { refused: cartNotFound().refusals }
      const merged = merge(own ?? emptyCart(ownId, userId, guest.currency), guest)
      return merged.ok ? { write: merged.value } : { refused: merged.refusals }
    },
  )
  return toResult(outcome)
}
