import { type RawBuilder, sql } from 'kysely'
import type { Currency } from '#platform/kernel/currency.ts'
import type { ProductStatus } from '../domain/catalog.ts'
import { subtreeOf } from './category-rows.ts'

/** The values of one option's name, any of which will do. */
export type OptionChoice = { name: string; values: string[] }

/** Which products are meant. Everything in it was checked: ids are ids, amounts minor units. */
export type ProductFilter = {
  status: ProductStatus
  categoryId: string | null
  price: { currency: Currency; minMinor: bigint | null; maxMinor: bigint | null } | null
  /** All of them, by one and the same variant: who wants it red and large is not served by a red small one. */
  options: OptionChoice[]
  /** In PostgreSQL's syntax, made of words alone. */
  search: string | null
}

/** Of both configurations: stems find "headphone" in "headphones", plain words complete what is half typed. */
export const tsquery = (search: string): RawBuilder<unknown> =>
  sql`(to_tsquery('english', ${search}) || to_tsquery('simple', ${search}))`

/** `from product p … where …`; `under` is a category's id that comes from the statement around it, if any. */
export function matching(
  filter: ProductFilter,
  under: RawBuilder<unknown> | null,
  also: readonly RawBuilder<unknown>[] = [],
): RawBuilder<unknown> {
  const roots = [under, filter.categoryId === null ? null : sql`${filter.categoryId}::uuid`].filter(
    (root) => root !== null,
  )
  const joins = roots.map((root, index) => join(root, sql.ref(`root_${index}`)))
  const conditions = [sql`p.status = ${filter.status}`, ...conditionsOf(filter), ...also]
  return sql`${sql.join(joins, sql` `)} where ${sql.join(conditions, sql` and `)}`
}

const join = (root: RawBuilder<unknown>, alias: RawBuilder<unknown>) =>
  sql`join ${subtreeOf(root)} ${alias} on ${alias}.id = p.category_id`

function conditionsOf(filter: ProductFilter): RawBuilder<unknown>[] {
  const conditions: RawBuilder<unknown>[] = []
  if (filter.search !== null) conditions.push(sql`p.search @@ ${tsquery(filter.search)}`)
  if (filter.price !== null) conditions.push(hasPrice(filter.price))
  if (filter.options.length > 0) conditions.push(hasOptions(filter.options))
  return conditions
}

const hasPrice = ({ currency, minMinor, maxMinor }: NonNullable<ProductFilter['price']>) => sql`exists (
  select from variant v join variant_price vp on vp.variant_id = v.id
  where v.product_id = p.id and v.removed_at is null and vp.currency = ${currency}
    and vp.amount_minor between coalesce(${minMinor}::bigint, 0) and coalesce(${maxMinor}::bigint, ${LARGEST}::bigint))`

// PostgreSQL's largest bigint.
const LARGEST = 9_223_372_036_854_775_807n

const hasOptions = (choices: readonly OptionChoice[]) => sql`exists (
  select from variant v where v.product_id = p.id and v.removed_at is null and ${sql.join(choices.map(hasAny), sql` and `)})`

const hasAny = ({ name, values }: OptionChoice) =>
  sql`v.options @> any(${values.map((value) => JSON.stringify([{ name, value }]))}::jsonb[])`
