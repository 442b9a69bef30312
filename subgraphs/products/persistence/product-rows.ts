import { sql } from 'kysely'
import type { Sql } from '#platform/db/database.ts'
import type { Image, ProductStatus } from '../domain/catalog.ts'

/** A product as it is read. */
export type ProductRow = {
  id: string
  slug: string
  name: string
  description: string
  status: ProductStatus
  categoryId: string | null
  images: Image[]
  createdAt: Date
  updatedAt: Date
}

/** The columns of a {@link ProductRow}, of `product p`. */
export const PRODUCT_COLUMNS = sql`
  p.id, p.slug, p.name, p.description, p.status, p.category_id as "categoryId", p.images,
  p.created_at as "createdAt", p.updated_at as "updatedAt"`

/** Who reads: drafts are shown only to those who may see them. */
export type Sight = { seesDrafts: boolean }

/** Products by id. One statement. */
export async function findProducts(db: Sql, ids: readonly string[], { seesDrafts }: Sight): Promise<ProductRow[]> {
  const { rows } = await sql<ProductRow>`
    select ${PRODUCT_COLUMNS} from product p
    where p.id = any(${ids}::uuid[]) and (${seesDrafts} or p.status <> 'DRAFT')`.execute(db)
  return rows
}

/** Products by slug. One statement. */
export async function findProductsBySlug(
  db: Sql,
  slugs: readonly string[],
  { seesDrafts }: Sight,
): Promise<ProductRow[]> {
  const { rows } = await sql<ProductRow>`
    select ${PRODUCT_COLUMNS} from product p
    where p.slug = any(${slugs}::text[]) and (${seesDrafts} or p.status <> 'DRAFT')`.execute(db)
  return rows
}
