import type { Transaction } from '#platform/db/transaction.ts'
import { reservationExpired } from '#schema/events/inventory.ts'
import { dueWithin, settle } from '../persistence/settle.ts'
import { announce } from './announce.ts'

/** The job that gives one reservation back when its time is over. */
export const EXPIRE_RESERVATION = 'expire-reservation'

// The sweep runs each minute and stages what falls due before the next one; the rest forgives a sweep that comes late.
export const EXPIRY_HORIZON_S = 90
// Orders end their own reservations before that; what a crash left behind is caught up with minute by minute.
const SWEEP_BATCH = 5_000

/** Gives the order's reservation back if it is still held and its time is over. Again: no change. */
export async function expireReservation(tx: Transaction, orderId: string): Promise<void> {
  const outcome = await settle(tx.sql, { orderId, to: 'EXPIRED', onlyDue: true })
  if (!outcome.isSettled) return
  announce(tx, outcome.changes)
  tx.stageEvent(reservationExpired(orderId))
}

/** Stages the expiry of everything that falls due soon, and of whatever was missed. */
export async function sweepReservations(tx: Transaction): Promise<void> {
  const due = await dueWithin(tx.sql, EXPIRY_HORIZON_S, SWEEP_BATCH)
  for (const reservation of due) stageExpiry(tx, reservation)
}

/** Has the reservation given back at its time; staged twice it is done once. */
export function stageExpiry(
  tx: Transaction,
  { orderId, expiresAt }: { orderId: string; expiresAt: Date | null },
): void {
  if (expiresAt === null) return
  tx.stageJob({
    name: EXPIRE_RESERVATION,
    payload: { orderId },
    runAt: expiresAt,
    key: `${EXPIRE_RESERVATION}:${orderId}`,
  })
}
