import { defineEntity, type InferEntity, p } from '@mikro-orm/postgresql'
import type { Role } from '#platform/auth/viewer.ts'
import type { PostalAddress } from '#platform/kernel/postal-address.ts'

/** A person with an account. */
export const Account = defineEntity({
  name: 'Account',
  tableName: 'account',
  properties: {
    id: p.uuid().primary(),
    email: p.text(),
    passwordHash: p.text().fieldName('password_hash'),
    name: p.text(),
    phone: p.text().strictNullable(),
    role: p.text().$type<Role>(),
    isActive: p.boolean().fieldName('is_active'),
    createdAt: p.datetime().fieldName('created_at'),
  },
})
/** A row of {@link Account}. */
export type AccountRow = InferEntity<typeof Account>

/** Where a person is signed in: one family of refresh tokens. Its id is the `sid` of access tokens. */
export const Session = defineEntity({
  name: 'Session',
  tableName: 'session',
  properties: {
    id: p.uuid().primary(),
    accountId: p.uuid().fieldName('account_id'),
    createdAt: p.datetime().fieldName('created_at'),
    endedAt: p.datetime().strictNullable().fieldName('ended_at'),
  },
})

/** A refresh token, by its hash: whoever reads the table can't sign in. */
export const RefreshToken = defineEntity({
  name: 'RefreshToken',
  tableName: 'refresh_token',
  properties: {
    hash: p.text().primary(),
    sessionId: p.uuid().fieldName('session_id'),
    issuedAt: p.datetime().fieldName('issued_at'),
    expiresAt: p.datetime().fieldName('expires_at'),
    usedAt: p.datetime().strictNullable().fieldName('used_at'),
  },
})

/** An entry of a person's address book. */
export const SavedAddress = defineEntity({
  name: 'SavedAddress',
  tableName: 'saved_address',
  properties: {
    id: p.uuid().primary(),
    accountId: p.uuid().fieldName('account_id'),
    address: p.json().$type<PostalAddress>(),
    isDefault: p.boolean().fieldName('is_default'),
    createdAt: p.datetime().fieldName('created_at'),
  },
})
/** A row of {@link SavedAddress}. */
export type SavedAddressEntity = InferEntity<typeof SavedAddress>

/** A product that a person would like to have. */
export const WishlistEntry = defineEntity({
  name: 'WishlistEntry',
  tableName: 'wishlist_entry',
  properties: {
    accountId: p.uuid().primary().fieldName('account_id'),
    productId: p.uuid().primary().fieldName('product_id'),
    addedAt: p.datetime().fieldName('added_at'),
  },
})
