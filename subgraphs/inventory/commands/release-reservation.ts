import type { Transaction } from '#platform/db/transaction.ts'
import { ok } from '#platform/kernel/result.ts'
import { insertTombstone, settle } from '../persistence/settle.ts'
import { announce } from './announce.ts'
import type { ReservationResult } from './refusals.ts'

/**
 * Gives the order's stock back, whether it was held or sold. An order without a reservation is marked as ended, so that a
 * slow `reserveStock` that this overtook gets nothing. Again: no change.
 */
export async function releaseReservation(tx: Transaction, orderId: string): Promise<ReservationResult> {
  const outcome = await settle(tx.sql, { orderId, to: 'RELEASED' })
  announce(tx, outcome.changes)
  // Where the tombstone finds its place taken, a reservation was committed after our first look: release that one.
  if (outcome.from === null && !(await insertTombstone(tx.sql, orderId))) return releaseReservation(tx, orderId)
  return ok({ orderId, status: 'RELEASED', expiresAt: null })
}
