import type { Transaction } from '#platform/db/transaction.ts'
import { ok } from '#platform/kernel/result.ts'
import { settle } from '../persistence/settle.ts'
import { announce } from './announce.ts'
import { outOfStock, refuseOrder, type ReservationResult } from './refusals.ts'

/** Turns the order's reservation into a sale; an expired one takes its units again, all of them or none. Again: no change. */
export async function commitReservation(tx: Transaction, orderId: string): Promise<ReservationResult> {
  const { from, isSettled, shortages, changes } = await settle(tx.sql, { orderId, to: 'COMMITTED' })
  announce(tx, changes)
  if (from === null) return refuseOrder('RESERVATION_NOT_FOUND', `there is no reservation for order ${orderId}`)
  if (from === 'RELEASED')
    return refuseOrder('RESERVATION_ENDED', `the stock of order ${orderId} was given back already`)
  if (isSettled || from === 'COMMITTED') return ok({ orderId, status: 'COMMITTED', expiresAt: null })
  const refusals = shortages.map((short) => outOfStock(short.variantId, short.available, ['input', 'orderId']))
  return { ok: false, refusals }
}
