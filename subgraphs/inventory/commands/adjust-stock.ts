import { once } from '#platform/db/idempotency.ts'
import type { Transaction } from '#platform/db/transaction.ts'
import { isId } from '#platform/kernel/ids.ts'
import { adjust } from '../domain/stock.ts'
import { lockLevel, writeLevel } from '../persistence/levels.ts'
import { announce } from './announce.ts'
import type { StockRefusal } from './refusals.ts'
import { variantNotFound } from './set-stock.ts'

/** Units to add, or to take where negative. */
export type StockAdjustment = { variantId: string; delta: number; reason: string }

/** Adjusts what is on hand, once per key and person: the same input again gets the first answer, refusals included. */
export async function adjustStock(
  tx: Transaction,
  adjustment: StockAdjustment,
  key: { userId: string | null; idempotencyKey: string },
): Promise<readonly StockRefusal[]> {
  const use = { scope: `adjustStock:${key.userId ?? ''}`, key: key.idempotencyKey, input: adjustment }
  const keyed = await once(tx, use, () => apply(tx, adjustment))
  return keyed.kind === 'answer' ? keyed.answer : [keyReused]
}

async function apply(tx: Transaction, { variantId, delta, reason }: StockAdjustment): Promise<readonly StockRefusal[]> {
  const before = isId(variantId) ? await lockLevel(tx.sql, variantId) : null
  if (before === null) return [variantNotFound(variantId)]
  const decided = adjust(before, delta)
  if (!decided.ok) return decided.refusals
  const after = await writeLevel(tx.sql, before, decided.value, { kind: 'ADJUSTED', reason })
  announce(tx, [{ before, after }])
  return []
}

const keyReused: StockRefusal = {
  code: 'IDEMPOTENCY_KEY_REUSED',
  message: 'the key was used before, with another input',
  path: ['input', 'idempotencyKey'],
}
