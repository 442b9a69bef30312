import type { Currency } from '#platform/kernel/currency.ts'
import type { Transitions } from '#platform/kernel/state-machine.ts'

/** Where a product is in its life. */
export type ProductStatus = 'DRAFT' | 'ACTIVE' | 'ARCHIVED'

/** ARCHIVED is for good: carts, orders and search engines have been told. */
export const STATUS_TRANSITIONS: Transitions<ProductStatus> = {
  DRAFT: ['DRAFT', 'ACTIVE', 'ARCHIVED'],
  ACTIVE: ['ACTIVE', 'DRAFT', 'ARCHIVED'],
  ARCHIVED: ['ARCHIVED'],
}

/** Why a change of the catalogue was refused; `CatalogErrorCode` of the schema. */
export type CatalogErrorCode =
  | 'CATEGORY_CYCLE'
  | 'CATEGORY_NOT_FOUND'
  | 'INVALID_INPUT'
  | 'INVALID_PRICE'
  | 'LAST_VARIANT'
  | 'PRODUCT_NOT_FOUND'
  | 'SKU_TAKEN'
  | 'SLUG_TAKEN'
  | 'VARIANT_NOT_FOUND'

/** A picture. */
export type Image = { url: string; altText: string }

/** One choice that makes a variant what it is. */
export type Option = { name: string; value: string }

/** A variant's price in one currency, in minor units. */
export type Price = { currency: Currency; amountMinor: bigint; compareAtMinor: bigint | null }

/** What is known of a new variant once its input was found good. */
export type VariantDraft = {
  sku: string
  name: string
  options: Option[]
  prices: Price[]
  image: Image | null
  weightGrams: number | null
}

/** At most so many variants on sale for one product. */
export const MAX_VARIANTS = 100
