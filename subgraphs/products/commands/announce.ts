import type { Transaction } from '#platform/db/transaction.ts'
import type { ProductEventData, ProductEventType } from '#schema/events/products.ts'
import { pricesOnSale, toPriceText } from '../domain/prices.ts'
import type { ProductEntity, VariantEntity } from '../persistence/entities.ts'
import { findVariants, toSnapshot } from '../persistence/variant-rows.ts'

/** The live channel of a variant's prices. */
export const priceChannel = (variantId: string): string => `live:price:${variantId}`

/** Stages an event of products. */
export function announce<Type extends ProductEventType>(
  tx: Transaction,
  type: Type,
  subject: string,
  data: ProductEventData<Type>,
): void {
  tx.stageEvent({ type, subject, data })
}

/** Stages an event of a product; `variantIds` look otherwise by it. */
export function announceProduct(
  tx: Transaction,
  type: 'product.created' | 'product.updated' | 'product.archived',
  product: ProductEntity,
  variantIds: readonly string[] = [],
): void {
  const { version, slug, name, status, categoryId = null } = product
  announce(tx, type, product.id, { version, slug, name, status, categoryId, variantIds: [...variantIds] })
}

/** Stages an event of a variant. */
export function announceVariant(
  tx: Transaction,
  type: 'product.variant_added' | 'product.variant_updated' | 'product.variant_removed',
  variant: VariantEntity,
): void {
  const { productId, sku, version } = variant
  announce(tx, type, variant.id, { productId, sku, version })
}

/**
 * Tells carts, the router and subscribers what variants can be bought for now, after their prices changed or they went on
 * or off sale. Call it after everything was written. One statement.
 */
export async function announcePrices(tx: Transaction, variantIds: readonly string[]): Promise<void> {
  for (const variant of await findVariants(tx.sql, variantIds, { seesDrafts: true })) {
    const prices = pricesOnSale(variant, { canWriteCatalog: false }).map(toPriceText)
    announce(tx, 'product.price_changed', variant.id, {
      productId: variant.productId,
      version: variant.version,
      prices,
    })
    tx.stageLive(priceChannel(variant.id), toSnapshot(variant))
  }
}
