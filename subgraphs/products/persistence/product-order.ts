import { type RawBuilder, sql } from 'kysely'
import { z } from 'zod'
import type { ListedRow } from './product-list.ts'
import { tsquery } from './product-filter.ts'

/** The orders of a list; RELEVANCE only where something is searched for. */
export type ProductOrder = PlainOrder | PriceOrder

/** Orders by what stands in the product's own row. */
export type PlainOrder = 'RELEVANCE' | 'NEWEST' | 'NAME'

/** Orders by the cheapest variant; price-page.ts knows how. */
export type PriceOrder = 'PRICE_ASC' | 'PRICE_DESC'

const id = z.uuid()
const minor = z.string().regex(/^\d{1,18}$/)

/** What a cursor of each order holds: the order's name, so that it is of use in no other, then the sort key. */
export const CURSORS = {
  RELEVANCE: z.tuple([z.literal('RELEVANCE'), z.string().regex(/^\d{1,9}(\.\d{1,9})?$/), id]),
  NEWEST: z.tuple([z.literal('NEWEST'), z.iso.datetime(), id]),
  NAME: z.tuple([z.literal('NAME'), z.string().refine((key) => !key.includes('\0')), id]),
  PRICE_ASC: z.tuple([z.literal('PRICE_ASC'), minor.nullable(), id]),
  PRICE_DESC: z.tuple([z.literal('PRICE_DESC'), minor.nullable(), id]),
} as const satisfies Record<ProductOrder, z.ZodType>

/** A place in a list. */
export type Cursor = PlainCursor | PriceCursor

/** A place in a list of one of the plain orders. */
export type PlainCursor = z.output<(typeof CURSORS)[PlainOrder]>

/** A place in a list by price; null where the products without one have begun. */
export type PriceCursor = z.output<(typeof CURSORS)[PriceOrder]>

/** How well a product matches; six decimals, so that a cursor says it exactly. */
export const scoreOf = (search: string): RawBuilder<unknown> =>
  sql`round(ts_rank('{0.05, 0.1, 0.4, 1}', p.search, ${tsquery(search)})::numeric, 6)`

/** The place of a row. */
export function cursorOf(order: ProductOrder, row: ListedRow): Cursor {
  switch (order) {
    case 'RELEVANCE':
      return [order, row.score ?? '0', row.id]
    case 'NEWEST':
      return [order, row.createdAt.toISOString(), row.id]
    case 'NAME':
      return [order, row.nameKey, row.id]
    case 'PRICE_ASC':
    case 'PRICE_DESC':
      return [order, row.priceMinor?.toString() ?? null, row.id]
  }
}

/** The order as SQL, of `product p`. */
export function orderBy(order: PlainOrder, search: string | null): RawBuilder<unknown> {
  switch (order) {
    case 'RELEVANCE':
      return sql`${scoreOf(search ?? '')} desc, p.id desc`
    case 'NEWEST':
      return sql`p.created_at desc, p.id desc`
    case 'NAME':
      return sql`p.name_key, p.id`
  }
}

/** What comes after `cursor`, as a condition. */
export function comesAfter([order, key, lastId]: PlainCursor, search: string | null): RawBuilder<unknown> {
  switch (order) {
    case 'RELEVANCE':
      return sql`(${scoreOf(search ?? '')}, p.id) < (${key}::numeric, ${lastId}::uuid)`
    case 'NEWEST':
      return sql`(p.created_at, p.id) < (${key}::timestamptz, ${lastId}::uuid)`
    case 'NAME':
      return sql`(p.name_key, p.id) > (${key} collate "C", ${lastId}::uuid)`
  }
}
