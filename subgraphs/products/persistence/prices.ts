import { sql } from 'kysely'
import type { Sql } from '#platform/db/database.ts'
import type { Price } from '../domain/catalog.ts'

/** All prices of one variant. */
export type PricesOf = { variantId: string; prices: readonly Price[] }

/** Replaces all prices of these variants of a product, and what lists sort it by. Three statements. */
export async function replacePrices(db: Sql, productId: string, all: readonly PricesOf[]): Promise<void> {
  const rows = all.flatMap(({ variantId, prices }) => prices.map((price) => toJson(variantId, price)))
  await sql`delete from variant_price where variant_id = any(${all.map(({ variantId }) => variantId)}::uuid[])`.execute(
    db,
  )
  await sql`
    insert into variant_price (variant_id, currency, amount_minor, compare_at_minor)
    select * from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
      as given (variant_id uuid, currency text, amount_minor bigint, compare_at_minor bigint)`.execute(db)
  await refreshBounds(db, productId)
}

/** Works out anew what lists sort the product by, from its variants on sale. One statement. */
export async function refreshBounds(db: Sql, productId: string): Promise<void> {
  await sql`
    with bounds as (
      select v.product_id, vp.currency, min(vp.amount_minor) as least, max(vp.amount_minor) as most
      from variant v join variant_price vp on vp.variant_id = v.id
      where v.product_id = ${productId} and v.removed_at is null group by v.product_id, vp.currency
    ), gone as (
      delete from product_price where product_id = ${productId} and currency not in (select currency from bounds)
    )
    insert into product_price (product_id, currency, min_minor, max_minor) select * from bounds
    on conflict (product_id, currency) do update set min_minor = excluded.min_minor, max_minor = excluded.max_minor`.execute(
    db,
  )
}

const toJson = (variantId: string, { currency, amountMinor, compareAtMinor }: Price) => ({
  variant_id: variantId,
  currency,
  amount_minor: amountMinor.toString(),
  compare_at_minor: compareAtMinor?.toString() ?? null,
})
