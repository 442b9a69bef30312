import { defineEntity, type InferEntity, p } from '@mikro-orm/postgresql'
import type { Image, Option, ProductStatus } from '../domain/catalog.ts'

/** A node of the category tree. */
export const Category = defineEntity({
  name: 'Category',
  tableName: 'category',
  properties: {
    id: p.uuid().primary(),
    slug: p.text(),
    name: p.text(),
    nameKey: p.text().fieldName('name_key'),
    parentId: p.uuid().nullable().fieldName('parent_id'),
  },
})

/** One page of the shop. `search` is kept by search.ts. */
export const Product = defineEntity({
  name: 'Product',
  tableName: 'product',
  properties: {
    id: p.uuid().primary(),
    slug: p.text(),
    name: p.text(),
    nameKey: p.text().fieldName('name_key'),
    description: p.text(),
    status: p.text().$type<ProductStatus>(),
    categoryId: p.uuid().nullable().fieldName('category_id'),
    images: p.json<Image[]>(),
    version: p.integer(),
    createdAt: p.datetime().fieldName('created_at'),
    updatedAt: p.datetime().fieldName('updated_at'),
  },
})
/** A product under change. */
export type ProductEntity = InferEntity<typeof Product>

/** One stock-keeping unit. Its prices are kept by prices.ts. */
export const Variant = defineEntity({
  name: 'Variant',
  tableName: 'variant',
  properties: {
    id: p.uuid().primary(),
    productId: p.uuid().fieldName('product_id'),
    sku: p.text(),
    name: p.text(),
    options: p.json<Option[]>(),
    image: p.json<Image>().nullable(),
    weightGrams: p.integer().nullable().fieldName('weight_grams'),
    position: p.integer(),
    version: p.integer(),
    removedAt: p.datetime().nullable().fieldName('removed_at'),
  },
})
/** A variant under change. */
export type VariantEntity = InferEntity<typeof Variant>
