import type { Transaction } from '#platform/db/transaction.ts'
import { isId } from '#platform/kernel/ids.ts'
import { count, NO_UNITS } from '../domain/stock.ts'
import type { ProductsClient } from '../neighbours/products.ts'
import { insertLevel, lockLevel, writeLevel } from '../persistence/levels.ts'
import { announce } from './announce.ts'
import type { StockRefusal } from './refusals.ts'

/** What somebody counted. */
export type StockCount = {
  variantId: string
  onHand: number
  lowStockThreshold?: number | null | undefined
  reason?: string | null | undefined
}

/** What {@link setStock} needs of its surroundings. */
export type SetStockScope = {
  transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T>
  products: ProductsClient
  requestId: string
}

/** Sets what is on hand. Where no stock was ever recorded, asks products whether there is such a variant, and records it. */
export async function setStock(scope: SetStockScope, counted: StockCount): Promise<readonly StockRefusal[]> {
  const malformed = count(NO_UNITS, counted)
  if (!malformed.ok) return malformed.refusals
  if (!isId(counted.variantId)) return [variantNotFound(counted.variantId)]
  const refusals = await scope.transaction((tx) => write(tx, counted))
  if (refusals !== 'no record') return refusals
  // Outside any transaction: nothing is held while a neighbour thinks.
  const known = await scope.products.knownVariants([counted.variantId], scope.requestId)
  if (!known.has(counted.variantId)) return [variantNotFound(counted.variantId)]
  return scope.transaction(async (tx) => {
    await insertLevel(tx.sql, counted.variantId)
    const written = await write(tx, counted)
    if (written === 'no record') throw new Error(`expected the stock record of ${counted.variantId} to be there`)
    return written
  })
}

/** No such variant, or none that was ever counted. */
export const variantNotFound = (variantId: string): StockRefusal => ({
  code: 'VARIANT_NOT_FOUND',
  message: `there is no variant ${variantId}`,
  path: ['input', 'variantId'],
})

async function write(tx: Transaction, counted: StockCount): Promise<readonly StockRefusal[] | 'no record'> {
  const before = await lockLevel(tx.sql, counted.variantId)
  if (before === null) return 'no record'
  const decided = count(before, counted)
  if (!decided.ok) return decided.refusals
  const entry = { kind: 'COUNTED' as const, reason: counted.reason ?? null }
  const after = await writeLevel(tx.sql, before, decided.value, entry)
  announce(tx, [{ before, after }])
  return []
}
