import { LockMode } from '@mikro-orm/postgresql'
import { sql } from 'kysely'
import type { Transaction } from '#platform/db/transaction.ts'
import { isId } from '#platform/kernel/ids.ts'
import { Product, type ProductEntity, Variant, type VariantEntity } from '../persistence/entities.ts'
import { refreshSearch } from '../persistence/search.ts'

/** A product under its lock: all changes of it and of its variants wait for each other here. */
export type LockedProduct = {
  product: ProductEntity
  /** Those not removed, in their order. */
  variants: VariantEntity[]
}

/** Locks a product and reads its variants; null where there is none. Two statements. */
export async function lockProduct(tx: Transaction, id: string): Promise<LockedProduct | null> {
  if (!isId(id)) return null
  const product = await tx.em.findOne(Product, { id }, { lockMode: LockMode.PESSIMISTIC_WRITE })
  if (product === null) return null
  const variants = await tx.em.find(Variant, { productId: id, removedAt: null }, { orderBy: { position: 'asc' } })
  return { product, variants }
}

/** Locks the product of a variant; null where there is no such variant. `variant` is null where it was removed. Three statements. */
export async function lockProductOf(
  tx: Transaction,
  variantId: string,
): Promise<(LockedProduct & { variant: VariantEntity | null }) | null> {
  if (!isId(variantId)) return null
  // A variant never moves to another product: this may be read before the lock.
  const { rows } = await sql<{ product_id: string }>`select product_id from variant where id = ${variantId}`.execute(
    tx.sql,
  )
  const [found] = rows
  const locked = found === undefined ? null : await lockProduct(tx, found.product_id)
  return locked && { ...locked, variant: locked.variants.find(({ id }) => id === variantId) ?? null }
}

/** Counts a change of the product, or of anything that belongs to it. */
export function touch(product: ProductEntity, now: Date): void {
  product.version += 1
  product.updatedAt = now
}

/** Writes what was changed, then what the product is found by. */
export async function flushWithSearch(tx: Transaction, { product, variants }: LockedProduct): Promise<void> {
  await tx.em.flush()
  await refreshSearch(tx.sql, product.id, { name: product.name, description: product.description, variants })
}
