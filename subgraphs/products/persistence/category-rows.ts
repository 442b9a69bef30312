import { type RawBuilder, sql } from 'kysely'
import type { Sql } from '#platform/db/database.ts'

/** A node of the category tree as it is read. */
export type CategoryRow = { id: string; slug: string; name: string; parentId: string | null }

/** An ancestor of `ofId`. */
export type AncestorRow = CategoryRow & { ofId: string }

const COLUMNS = sql`c.id, c.slug, c.name, c.parent_id as "parentId"`

/** Categories by id. One statement. */
export const findCategories = (db: Sql, ids: readonly string[]): Promise<CategoryRow[]> =>
  select(db, sql`c.id = any(${ids}::uuid[])`)

/** Categories by slug. One statement. */
export const findCategoriesBySlug = (db: Sql, slugs: readonly string[]): Promise<CategoryRow[]> =>
  select(db, sql`c.slug = any(${slugs}::text[])`)

/** Those right below `parentIds`, by name. One statement. */
export const findChildren = (db: Sql, parentIds: readonly string[]): Promise<CategoryRow[]> =>
  select(db, sql`c.parent_id = any(${parentIds}::uuid[])`)

/** The roots of the tree, by name. One statement. */
export const findRoots = (db: Sql): Promise<CategoryRow[]> => select(db, sql`c.parent_id is null`)

/** All above each of `ids`, root first, without themselves. One statement. */
export async function findAncestors(db: Sql, ids: readonly string[]): Promise<AncestorRow[]> {
  const { rows } = await sql<AncestorRow>`
    with recursive lineage as (
      select id as of_id, parent_id, 0 as height from category where id = any(${ids}::uuid[])
      union all
      select l.of_id, c.parent_id, l.height + 1 from lineage l join category c on c.id = l.parent_id
    )
    select l.of_id as "ofId", ${COLUMNS} from lineage l join category c on c.id = l.parent_id
    order by l.of_id, l.height desc`.execute(db)
  return rows
}

/** The ids of a category and of all under it, as a subquery. */
export const subtreeOf = (id: RawBuilder<unknown>): RawBuilder<unknown> => sql`(
  with recursive subtree as (
    select id from category where id = ${id}
    union
    select c.id from category c join subtree s on c.parent_id = s.id
  )
  select id from subtree)`

async function select(db: Sql, condition: RawBuilder<unknown>): Promise<CategoryRow[]> {
  const { rows } = await sql<CategoryRow>`
    select ${COLUMNS} from category c where ${condition} order by c.name_key, c.id`.execute(db)
  return rows
}
