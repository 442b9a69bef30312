import { type RawBuilder, sql } from 'kysely'
import { matching } from './product-filter.ts'
import type { ListRequest } from './product-list.ts'
import { type PriceCursor, type PriceOrder, scoreOf } from './product-order.ts'
import { PRODUCT_COLUMNS } from './product-rows.ts'

/** A page in the order of prices. */
export type PricePageRequest = Omit<ListRequest, 'order' | 'after'> & { order: PriceOrder; after: PriceCursor | null }

/**
 * The priced products first, along the index of prices; those without a price last, by id, and only looked for where the
 * page has room for them. One statement.
 */
export function pricePage(request: PricePageRequest, under: RawBuilder<unknown> | null): RawBuilder<unknown> {
  const { filter, currency, order, after, limit } = request
  const direction = order === 'PRICE_ASC' ? sql`asc` : sql`desc`
  const score = filter.search === null ? sql`null` : scoreOf(filter.search)
  const columns = sql`${PRODUCT_COLUMNS}, p.name_key as "nameKey", ${score} as score`
  const hasNoPrice = sql`not exists (select from product_price pp where pp.product_id = p.id and pp.currency = ${currency})`
  const hasRoom = sql`(select count(*) from priced) < ${limit}`
  const inOrder = sql`listed."priceMinor" ${direction} nulls last, listed.id`
  return sql`
    with priced as materialized (
      select ${columns}, pp.min_minor as "priceMinor" from product_price pp join product p on p.id = pp.product_id
      ${matching(filter, under, [sql`pp.currency = ${currency}`, ...pricedAfter(order, after)])}
      order by pp.min_minor ${direction}, pp.product_id limit ${limit}
    ), unpriced as (
      select ${columns}, null::bigint as "priceMinor" from product p
      ${matching(filter, under, [hasRoom, hasNoPrice, ...unpricedAfter(after)])}
      order by p.id limit ${limit}
    )
    select listed.* ${under === null ? sql`` : sql`, row_number() over (order by ${inOrder}) as place`}
    from (select * from priced union all select * from unpriced) listed
    order by ${inOrder} limit ${limit}`
}

function pricedAfter(order: PriceOrder, after: PriceCursor | null): RawBuilder<unknown>[] {
  if (after === null) return []
  const [, minor, lastId] = after
  if (minor === null) return [sql`false`]
  if (order === 'PRICE_ASC') return [sql`(pp.min_minor, pp.product_id) > (${minor}::bigint, ${lastId}::uuid)`]
  return [
    sql`pp.min_minor <= ${minor}::bigint and (pp.min_minor < ${minor}::bigint or pp.product_id > ${lastId}::uuid)`,
  ]
}

const unpricedAfter = (after: PriceCursor | null): RawBuilder<unknown>[] =>
  after === null || after[1] !== null ? [] : [sql`p.id > ${after[2]}::uuid`]
