import { randomBytes } from 'node:crypto'
import { personOf, type Viewer } from '#platform/auth/viewer.ts'
import type { Cart } from './domain/cart.ts'

/** Whether the viewer may see and change the cart: a guest's by its id alone, a person's own; services on their errand. */
export function mayUse(cart: Cart, viewer: Viewer): boolean {
  if (cart.ownerId === null) return true
  return personOf(viewer) === cart.ownerId || (viewer.kind === 'service' && viewer.actorId === null)
}

/** A guest's cart id: 128 random bits, since knowing it is holding it. */
export const newGuestCartId = (): string => randomBytes(16).toString('base64url')

/** A person has one cart, so its id follows from theirs: two devices that make it at once make the same. It is no secret. */
export const ownCartId = (userId: string): string => `u-${userId}`
