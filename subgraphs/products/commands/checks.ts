import { type RawBuilder, sql } from 'kysely'
import type { Transaction } from '#platform/db/transaction.ts'
import { isId } from '#platform/kernel/ids.ts'
import type { CatalogRefusal } from '../domain/input.ts'
import { firstFree, slugify } from '../domain/slug.ts'

/** What has slugs: each kind its own. */
export type Slugged = 'product' | 'category'

/** Refuses a category that is not there; one that is, stays until we commit. One statement. */
export async function checkCategory(
  tx: Transaction,
  id: string | null,
  path: readonly string[],
): Promise<CatalogRefusal[]> {
  if (id === null) return []
  const { rows } = isId(id)
    ? await sql`select id from category where id = ${id} for key share`.execute(tx.sql)
    : { rows: [] }
  return rows.length === 1 ? [] : [{ code: 'CATEGORY_NOT_FOUND', message: 'there is no such category', path }]
}

/** Refuses SKUs that another variant has. One statement. */
export async function checkSkus(
  tx: Transaction,
  given: readonly { sku: string; path: readonly string[] }[],
): Promise<CatalogRefusal[]> {
  const { rows } = await sql<{ sku: string }>`
    select sku from variant where sku = any(${given.map(({ sku }) => sku)}::text[])`.execute(tx.sql)
  const taken = new Set(rows.map(({ sku }) => sku))
  return given
    .filter(({ sku }) => taken.has(sku))
    .map(({ sku, path }) => ({ code: 'SKU_TAKEN', message: `another variant has the SKU ${sku}`, path }))
}

/** Refuses a slug that another one than `ownId` has. One statement. */
export async function checkSlug(
  tx: Transaction,
  kind: Slugged,
  slug: string | null,
  ownId: string,
): Promise<CatalogRefusal[]> {
  if (slug === null) return []
  const { rows } = await sql`select id from ${TABLES[kind]} where slug = ${slug} and id <> ${ownId}`.execute(tx.sql)
  return rows.length === 0
    ? []
    : [{ code: 'SLUG_TAKEN', message: `another ${kind} has the slug ${slug}`, path: ['input', 'slug'] }]
}

/** A slug that nobody has, made from a name. Two statements; who makes one of the same words at once waits for our commit. */
export async function makeSlug(tx: Transaction, kind: Slugged, name: string): Promise<string> {
  const base = slugify(name, kind)
  await sql`select pg_advisory_xact_lock(hashtextextended(${`${kind}:${base}`}, 0))`.execute(tx.sql)
  const { rows } = await sql<{ slug: string }>`
    select slug from ${TABLES[kind]} where slug = ${base} or slug like ${`${base}-%`}`.execute(tx.sql)
  return firstFree(base, new Set(rows.map(({ slug }) => slug)))
}

const TABLES: Readonly<Record<Slugged, RawBuilder<unknown>>> = {
  product: sql.table('product'),
  category: sql.table('category'),
}
