import { type RawBuilder, sql } from 'kysely'
import type { Sql } from '#platform/db/database.ts'
import { subtreeOf } from './category-rows.ts'
import { matching, type ProductFilter } from './product-filter.ts'

/** How many matching products one choice would leave. */
export type FacetRow = { kind: 'CATEGORY' | 'OPTION'; name: string; value: string; label: string; count: number }

/** The choices within all products that match, those with most matches first. One statement. */
export async function countFacets(db: Sql, filter: ProductFilter): Promise<FacetRow[]> {
  const { rows } = await sql<FacetRow>`${facets(filter, null)}`.execute(db)
  return rows
}

/** The same under each of `categoryIds`. One statement. */
export async function countFacetsUnder(
  db: Sql,
  categoryIds: readonly string[],
  filter: ProductFilter,
): Promise<(FacetRow & { under: string })[]> {
  const { rows } = await sql<FacetRow & { under: string }>`
    select given.id as under, f.* from unnest(${categoryIds}::uuid[]) as given (id)
    cross join lateral (${facets(filter, sql`given.id`)}) f
    order by f.kind, f.name, f.count desc, f.label`.execute(db)
  return rows
}

/**
 * A category counts for what stands in it and under it, as the filter does; only those within the categories asked for.
 * An option counts variants that meet the other options asked for: "L" beside "red" counts what there is in red and large.
 */
const facets = (filter: ProductFilter, under: RawBuilder<unknown> | null): RawBuilder<unknown> => sql`
  with recursive found as materialized (select p.id, p.category_id from product p ${matching(filter, under)}),
  standing as (select category_id, count(*) as count from found where category_id is not null group by category_id),
  lineage as (
    select c.id as leaf, c.id, c.parent_id from category c where c.id in (select category_id from standing)
    union all
    select l.leaf, c.id, c.parent_id from lineage l join category c on c.id = l.parent_id
  )
  select 'CATEGORY' as kind, 'Category' as name, c.id::text as value, c.name as label, sum(s.count)::int as count
  from lineage l join standing s on s.category_id = l.leaf join category c on c.id = l.id
  where ${within(filter, under)}
  group by c.id, c.name
  union all
  select 'OPTION', name, value, value, count(*)::int from (
    select distinct f.id, o.name, o.value
    from found f join variant v on v.product_id = f.id and v.removed_at is null
    cross join lateral jsonb_to_recordset(v.options) as o (name text, value text)
    where ${meetsOthers(filter)}
  ) offered
  group by name, value
  order by kind, name, count desc, label`

function within(filter: ProductFilter, under: RawBuilder<unknown> | null): RawBuilder<unknown> {
  const roots = [under, filter.categoryId === null ? null : sql`${filter.categoryId}::uuid`].filter(
    (root) => root !== null,
  )
  return roots.length === 0
    ? sql`true`
    : sql.join(
        roots.map((root) => sql`c.id in ${subtreeOf(root)}`),
        sql` and `,
      )
}

const meetsOthers = ({ options }: ProductFilter): RawBuilder<unknown> =>
  options.length === 0
    ? sql`true`
    : sql`not exists (
  select from jsonb_to_recordset(${JSON.stringify(options)}::jsonb) as choice (name text, "values" jsonb)
  where choice.name <> o.name and not exists (
    select from jsonb_to_recordset(v.options) as own (name text, value text)
    where own.name = choice.name and choice."values" @> to_jsonb(own.value)))`
