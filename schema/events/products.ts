import { z } from 'zod'
import { CURRENCIES } from '#platform/kernel/currency.ts'

const moneySchema = z.object({ amount: z.string(), currency: z.enum(CURRENCIES) })
const priceSchema = z.object({ price: moneySchema, compareAtPrice: moneySchema.nullable() })
const productSchema = z.object({
  version: z.number().int(),
  slug: z.string(),
  name: z.string(),
  status: z.enum(['DRAFT', 'ACTIVE', 'ARCHIVED']),
  categoryId: z.uuid().nullable(),
  /** Variants that look otherwise by it: of changed pictures, all, since those without a picture of their own show the product's. */
  variantIds: z.array(z.uuid()).default([]),
})
const variantSchema = z.object({ productId: z.uuid(), sku: z.string(), version: z.number().int() })
const categorySchema = z.object({ slug: z.string(), name: z.string(), parentId: z.uuid().nullable() })

/**
 * What products publishes: parsers of each event's `data`, by type. The `subject` is the id of what the type names first:
 * a product, a variant or a category.
 */
export const PRODUCT_EVENTS = {
  'product.created': productSchema,
  'product.updated': productSchema,
  'product.archived': productSchema,
  /** Subject: the variant. */
  'product.variant_added': variantSchema,
  /** Subject: the variant. Options, name, picture or weight; its prices have an event of their own. */
  'product.variant_updated': variantSchema,
  /** Subject: the variant. */
  'product.variant_removed': variantSchema,
  /** Subject: the variant. What it can be bought for now; none where it went off sale, for whatever reason. */
  'product.price_changed': z.object({ productId: z.uuid(), version: z.number().int(), prices: z.array(priceSchema) }),
  'category.created': categorySchema,
  'category.updated': categorySchema,
  'category.removed': categorySchema,
} as const

/** The type of an event of products. */
export type ProductEventType = keyof typeof PRODUCT_EVENTS

/** The `data` of an event of `Type`. */
export type ProductEventData<Type extends ProductEventType> = z.output<(typeof PRODUCT_EVENTS)[Type]>
