import { type RawBuilder, sql } from 'kysely'
import { z } from 'zod'
import type { Sql } from '#platform/db/database.ts'
import { CURRENCIES } from '#platform/kernel/currency.ts'
import type { Image, Option, Price, ProductStatus } from '../domain/catalog.ts'
import type { Sight } from './product-rows.ts'

/** A variant as it is read, with all its prices, whether or not it is on sale. */
export type VariantRow = {
  id: string
  productId: string
  productStatus: ProductStatus
  sku: string
  name: string
  options: Option[]
  /** Its own, else the product's first. */
  image: Image | null
  weightGrams: number | null
  version: number
  isRemoved: boolean
  prices: Price[]
}

// JSON knows no bigint: amounts travel as text, from PostgreSQL and through live messages alike.
const priceSchema = z.object({
  currency: z.enum(CURRENCIES),
  amountMinor: z.string().transform(BigInt),
  compareAtMinor: z.string().transform(BigInt).nullable(),
})
const imageSchema = z.object({ url: z.string(), altText: z.string() })
const snapshotSchema = z.object({
  id: z.string(),
  productId: z.string(),
  productStatus: z.enum(['DRAFT', 'ACTIVE', 'ARCHIVED']),
  sku: z.string(),
  name: z.string(),
  options: z.array(z.object({ name: z.string(), value: z.string() })),
  image: imageSchema.nullable(),
  weightGrams: z.number().nullable(),
  version: z.number(),
  isRemoved: z.boolean(),
  prices: z.array(priceSchema),
})

/** Variants by id, the removed ones too. One statement. */
export const findVariants = (db: Sql, ids: readonly string[], sight: Sight): Promise<VariantRow[]> =>
  select(db, sql`v.id = any(${ids}::uuid[])`, sight)

/** Variants by SKU, but not the removed ones. One statement. */
export const findVariantsBySku = (db: Sql, skus: readonly string[], sight: Sight): Promise<VariantRow[]> =>
  select(db, sql`v.sku = any(${skus}::text[]) and v.removed_at is null`, sight)

/** All variants of products, in their order, the removed ones last. One statement. */
export const findVariantsOf = (db: Sql, productIds: readonly string[], sight: Sight): Promise<VariantRow[]> =>
  select(db, sql`v.product_id = any(${productIds}::uuid[])`, sight)

/** The ids of all variants of a product, the removed ones too. One statement. */
export async function variantIdsOf(db: Sql, productId: string): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`select id from variant where product_id = ${productId}`.execute(db)
  return rows.map(({ id }) => id)
}

/** What a live message carries of a variant. */
export const toSnapshot = (row: VariantRow): object => ({
  ...row,
  prices: row.prices.map((price) => ({
    currency: price.currency,
    amountMinor: price.amountMinor.toString(),
    compareAtMinor: price.compareAtMinor?.toString() ?? null,
  })),
})

/** Reads what {@link toSnapshot} made. */
export const readSnapshot = (message: unknown): VariantRow => snapshotSchema.parse(message)

type StoredPrice = [currency: Price['currency'], amountMinor: string, compareAtMinor: string | null]
type Stored = Omit<VariantRow, 'prices'> & { prices: StoredPrice[] | null }

// Plain arrays in `json`: objects in `jsonb`, put in order, take PostgreSQL three times as long.
async function select(db: Sql, condition: RawBuilder<unknown>, { seesDrafts }: Sight): Promise<VariantRow[]> {
  const { rows } = await sql<Stored>`
    select v.id, v.product_id as "productId", p.status as "productStatus", v.sku, v.name, v.options,
      coalesce(v.image, p.images -> 0) as image, v.weight_grams as "weightGrams", v.version,
      v.removed_at is not null as "isRemoved",
      (select json_agg(json_build_array(vp.currency, vp.amount_minor::text, vp.compare_at_minor::text))
        from variant_price vp where vp.variant_id = v.id) as prices
    from variant v join product p on p.id = v.product_id
    where ${condition} and (${seesDrafts} or p.status <> 'DRAFT')
    order by v.product_id, v.removed_at is not null, v.position, v.id`.execute(db)
  return rows.map((row) => ({ ...row, prices: (row.prices ?? []).toSorted(byCurrency).map(toPrice) }))
}

const byCurrency = ([a]: StoredPrice, [b]: StoredPrice): number => (a < b ? -1 : 1)

const toPrice = ([currency, amountMinor, compareAtMinor]: StoredPrice): Price => ({
  currency,
  amountMinor: BigInt(amountMinor),
  compareAtMinor: compareAtMinor === null ? null : BigInt(compareAtMinor),
})
