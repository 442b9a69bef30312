import type { Transaction } from '#platform/db/transaction.ts'
import type { Result } from '#platform/kernel/result.ts'
import type { CatalogErrorCode } from '../domain/catalog.ts'
import type { CatalogRefusal } from '../domain/input.ts'

/** What a command of the catalogue comes to. */
export type Outcome<Value> = Result<Value, CatalogErrorCode>

/** Runs work in a transaction of the request. */
export type Transact = <T>(work: (tx: Transaction) => Promise<T>) => Promise<T>

// Unique violation, foreign key violation, deadlock: somebody was faster.
const OVERTAKEN = ['23505', '23503', '40P01']
const ATTEMPTS = 5

/** Refused, for these reasons. */
export const refused = (refusals: readonly CatalogRefusal[]): { ok: false; refusals: readonly CatalogRefusal[] } => ({
  ok: false,
  refusals,
})

/**
 * Runs `work` in a transaction, and again where somebody took a slug or a SKU, or removed a category, between our check
 * and our write: then the check finds it, and says so with its path.
 */
export async function transactOnce<Value>(
  transact: Transact,
  work: (tx: Transaction) => Promise<Outcome<Value>>,
): Promise<Outcome<Value>> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await transact(work)
    } catch (error) {
      if (attempt === ATTEMPTS || !wasOvertaken(error)) throw error
    }
  }
}

const wasOvertaken = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && OVERTAKEN.includes(String(error.code))
