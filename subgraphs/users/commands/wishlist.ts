import { sql } from 'kysely'
import { isId } from '#platform/kernel/ids.ts'
import { ok, type Result, refuse } from '#platform/kernel/result.ts'
import type { AccountErrorCode } from '../../../.generated/users.ts'
import type { UsersContext } from '../context.ts'

const MAX_ENTRIES = 100

/** Puts a product on the person's wishlist; again: no change. Asks products whether there is such a product. */
export async function addToWishlist(
  context: UsersContext,
  userId: string,
  productId: string,
): Promise<Result<null, AccountErrorCode>> {
  const isKnown = isId(productId) && (await context.services.products.isPublic(productId, context.requestId))
  if (!isKnown) return refuse('PRODUCT_NOT_FOUND', 'there is no such product', ['input', 'productId'])
  const isFull = await context.transaction(async (tx) => {
    await sql`select 1 from account where id = ${userId} for update`.execute(tx.sql)
    const { rows } = await sql`
      insert into wishlist_entry (account_id, product_id, added_at)
      select ${userId}::uuid, ${productId}::uuid, now()
      where (select count(*) from wishlist_entry where account_id = ${userId}) < ${MAX_ENTRIES}
        or exists (select from wishlist_entry where account_id = ${userId} and product_id = ${productId})
      on conflict (account_id, product_id) do update set added_at = wishlist_entry.added_at
      returning product_id`.execute(tx.sql)
    return rows.length === 0
  })
  context.loaders.wishlist.clear(userId)
  return isFull
    ? refuse('LIMIT_REACHED', `a wishlist holds at most ${MAX_ENTRIES} products`, ['input', 'productId'])
    : ok(null)
}

/** Takes a product off the wishlist; one that isn't on it: no change. */
export async function removeFromWishlist(context: UsersContext, userId: string, productId: string): Promise<void> {
  if (isId(productId)) {
    await context.transaction((tx) =>
      sql`delete from wishlist_entry where account_id = ${userId} and product_id = ${productId}`.execute(tx.sql),
    )
  }
  context.loaders.wishlist.clear(userId)
}
