import type { Role } from '#platform/auth/viewer.ts'
import type { Connection } from '#platform/graphql/connections.ts'
import type { PostalAddress } from '#platform/kernel/postal-address.ts'

/** An account as it is read. The password's hash stays where it is. */
export type UserRow = {
  id: string
  email: string
  name: string
  phone: string | null
  role: Role
  isActive: boolean
  createdAt: Date
}

/** One entry of an address book. */
export type SavedAddressRow = { id: string; userId: string; address: PostalAddress; isDefault: boolean }

/** One entry of a wishlist. */
export type WishlistRow = { userId: string; productId: string; addedAt: Date }

/** A page of accounts; how many there are in all is counted only where it is asked for. */
export type UserPage = Connection<UserRow> & { countAll: () => Promise<number> }
