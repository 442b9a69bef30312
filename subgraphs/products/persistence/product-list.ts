import { type RawBuilder, sql } from 'kysely'
import type { Sql } from '#platform/db/database.ts'
import type { Currency } from '#platform/kernel/currency.ts'
import { matching, type ProductFilter } from './product-filter.ts'
import { pricePage } from './price-page.ts'
import {
  comesAfter,
  type Cursor,
  orderBy,
  type PlainCursor,
  type PlainOrder,
  type PriceCursor,
  type ProductOrder,
  scoreOf,
} from './product-order.ts'
import { PRODUCT_COLUMNS, type ProductRow } from './product-rows.ts'

/** One page of a list. */
export type ListRequest = {
  filter: ProductFilter
  order: ProductOrder
  /** Of the prices that PRICE_* sorts by. */
  currency: Currency
  after: Cursor | null
  /** How many rows; one more than the page tells that there are more. */
  limit: number
}

/** A product of a list, with its sort keys. */
export type ListedRow = ProductRow & { nameKey: string; priceMinor: bigint | null; score: string | null }

/** The products of one page. One statement. */
export async function listProducts(db: Sql, request: ListRequest): Promise<ListedRow[]> {
  const { rows } = await sql<ListedRow>`${page(request, null)}`.execute(db)
  return rows
}

/** The same page under each of `categoryIds`. One statement. */
export async function listProductsUnder(
  db: Sql,
  categoryIds: readonly string[],
  request: ListRequest,
): Promise<(ListedRow & { under: string })[]> {
  const { rows } = await sql<ListedRow & { under: string }>`
    select given.id as under, listed.* from unnest(${categoryIds}::uuid[]) as given (id)
    cross join lateral (${page(request, sql`given.id`)}) listed
    order by given.id, listed.place`.execute(db)
  return rows
}

/** How many products there are over all pages. One statement. */
export async function countProducts(db: Sql, filter: ProductFilter): Promise<number> {
  const { rows } = await sql<{
    count: number
  }>`select count(*)::int as count from product p ${matching(filter, null)}`.execute(db)
  return rows[0]?.count ?? 0
}

/** The same count under each of `categoryIds`. One statement. */
export async function countProductsUnder(
  db: Sql,
  categoryIds: readonly string[],
  filter: ProductFilter,
): Promise<{ under: string; count: number }[]> {
  const { rows } = await sql<{ under: string; count: number }>`
    select given.id as under, counted.count from unnest(${categoryIds}::uuid[]) as given (id)
    cross join lateral (select count(*)::int as count from product p ${matching(filter, sql`given.id`)}) counted`.execute(
    db,
  )
  return rows
}

function page(request: ListRequest, under: RawBuilder<unknown> | null): RawBuilder<unknown> {
  const { order, after } = request
  if (order === 'PRICE_ASC' || order === 'PRICE_DESC') {
    return pricePage({ ...request, order, after: isPriceCursor(after) ? after : null }, under)
  }
  return plainPage(request, order, isPriceCursor(after) ? null : after, under)
}

function plainPage(
  { filter, limit }: ListRequest,
  order: PlainOrder,
  after: PlainCursor | null,
  under: RawBuilder<unknown> | null,
): RawBuilder<unknown> {
  const inOrder = orderBy(order, filter.search)
  return sql`
    select ${PRODUCT_COLUMNS}, p.name_key as "nameKey", null::bigint as "priceMinor",
      ${filter.search === null ? sql`null` : scoreOf(filter.search)} as score
      ${under === null ? sql`` : sql`, row_number() over (order by ${inOrder}) as place`}
    from product p ${matching(filter, under, after === null ? [] : [comesAfter(after, filter.search)])}
    order by ${inOrder} limit ${limit}`
}

const isPriceCursor = (cursor: Cursor | null): cursor is PriceCursor =>
  cursor !== null && (cursor[0] === 'PRICE_ASC' || cursor[0] === 'PRICE_DESC')
