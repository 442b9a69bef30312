import { type RawBuilder, sql } from 'kysely'
import type { Role } from '#platform/auth/viewer.ts'
import type { Sql } from '#platform/db/database.ts'
import type { SavedAddressRow, UserRow, WishlistRow } from './rows.ts'

const WISHLIST_LENGTH = 100

const userColumns = sql`id, email, name, phone, role, is_active as "isActive", created_at as "createdAt"`

/** Accounts by id, in no order. One statement. */
export async function findUsers(db: Sql, ids: readonly string[]): Promise<UserRow[]> {
  return (await sql<UserRow>`select ${userColumns} from account where id = any(${ids}::uuid[])`.execute(db)).rows
}

/** The address books of several people, oldest entry first. One statement. */
export async function findAddresses(db: Sql, userIds: readonly string[]): Promise<SavedAddressRow[]> {
  const { rows } = await sql<SavedAddressRow>`
    select id, account_id as "userId", address, is_default as "isDefault" from saved_address
    where account_id = any(${userIds}::uuid[]) order by created_at, id`.execute(db)
  return rows
}

/** The wishlists of several people, newest entry first, at most 100 each. One statement. */
export async function findWishlists(db: Sql, userIds: readonly string[]): Promise<WishlistRow[]> {
  const { rows } = await sql<WishlistRow>`
    select entry.account_id as "userId", entry.product_id as "productId", entry.added_at as "addedAt"
    from unnest(${userIds}::uuid[]) as person (id)
    cross join lateral (
      select * from wishlist_entry where account_id = person.id order by added_at desc, product_id limit ${WISHLIST_LENGTH}
    ) as entry`.execute(db)
  return rows
}

/** What to look for; what is left out does not matter. */
export type UserSearch = { search: string | null; role: Role | null; isActive: boolean | null }

/** Where a page of accounts begins: after this one. */
export type UserCursor = [createdAt: string, id: string]

/** Accounts, newest first. One statement. */
export async function listUsers(
  db: Sql,
  search: UserSearch,
  page: { limit: number; after: UserCursor | null },
): Promise<UserRow[]> {
  const begin =
    page.after === null ? sql`true` : sql`(created_at, id) < (${page.after[0]}::timestamptz, ${page.after[1]}::uuid)`
  const { rows } = await sql<UserRow>`
    select ${userColumns} from account where ${matching(search)} and ${begin}
    order by created_at desc, id desc limit ${page.limit}`.execute(db)
  return rows
}

/** How many accounts there are in all. One statement. */
export async function countUsers(db: Sql, search: UserSearch): Promise<number> {
  const { rows } = await sql<{
    count: bigint
  }>`select count(*) as count from account where ${matching(search)}`.execute(db)
  return Number(rows[0]?.count ?? 0)
}

function matching({ search, role, isActive }: UserSearch): RawBuilder<unknown> {
  const prefix = search === null ? null : `${search.toLowerCase().replaceAll(/[\\%_]/g, '\\$&')}%`
  return sql`(${prefix}::text is null or email like ${prefix} or lower(name) like ${prefix})
    and (${role}::text is null or role = ${role}) and (${isActive}::boolean is null or is_active = ${isActive})`
}
