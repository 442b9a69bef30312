import type { Transaction } from '#platform/db/transaction.ts'
import { ok } from '#platform/kernel/result.ts'
import { addUp, type Item, type Line } from '../domain/reservation.ts'
import { isLineQuantity, MAX_UNITS } from '../domain/stock.ts'
import { type Lack, reservationOf, type StoredReservation, tryReserve } from '../persistence/reserve.ts'
import { announce } from './announce.ts'
import { EXPIRY_HORIZON_S, stageExpiry } from './expire-reservation.ts'
import { outOfStock, refuseOrder, type ReservationResult, type StockRefusal } from './refusals.ts'

/** What to hold, and for how long. The id is well-formed; quantities need not make sense. */
export type ReserveRequest = { orderId: string; items: readonly Item[]; ttlSeconds: number }

/**
 * Holds all items for the order or none. The same order again gets what it has; a refusal leaves no trace. Two statements
 * with what it tells the world, one more where the order was refused.
 */
export async function reserveStock(tx: Transaction, request: ReserveRequest): Promise<ReservationResult> {
  const invalid = request.items.flatMap(refuseQuantity)
  if (invalid.length > 0) return { ok: false, refusals: invalid }
  const lines = addUp(request.items)
  const outcome = await tryReserve(tx.sql, { ...request, lines })
  switch (outcome.kind) {
    case 'held':
      announce(tx, outcome.changes)
      // A longer one is found by the sweep in time: most are settled before, and cost no job at all.
      if (request.ttlSeconds <= EXPIRY_HORIZON_S) stageExpiry(tx, outcome.reservation)
      return ok(outcome.reservation)
    case 'known':
      return answerAgain(outcome.reservation)
    case 'refused':
    case 'lost':
      return recheck(tx, request.orderId, outcome.kind === 'refused' ? lackingLines(lines, outcome.lacking) : [])
  }
}

/** What lacked may have gone to this very order meanwhile, in another transaction: then that is the answer. */
async function recheck(tx: Transaction, orderId: string, refusals: StockRefusal[]): Promise<ReservationResult> {
  const reservation = await reservationOf(tx.sql, orderId)
  if (reservation !== null) return answerAgain(reservation)
  if (refusals.length === 0) throw new Error(`expected the reservation of ${orderId} that came before ours`)
  return { ok: false, refusals }
}

/** An expired one is no refusal: committing takes its stock again where there is some. */
const answerAgain = (reservation: StoredReservation): ReservationResult =>
  reservation.status === 'RELEASED'
    ? refuseOrder('RESERVATION_ENDED', `the stock of order ${reservation.orderId} was given back already`)
    : ok(reservation)

const lackingLines = (lines: readonly Line[], lacking: readonly Lack[]): StockRefusal[] =>
  lines.flatMap((line) =>
    lacking
      .filter(({ place }) => place === line.place)
      .map(({ available }) => outOfStock(line.variantId, available, quantityPath(line.place))),
  )

const refuseQuantity = ({ variantId, quantity }: Item, place: number): StockRefusal[] =>
  isLineQuantity(quantity)
    ? []
    : [
        {
          code: 'INVALID_QUANTITY',
          message: `expected 1 to ${MAX_UNITS} units, got ${quantity}`,
          path: quantityPath(place),
          variantId,
        },
      ]

const quantityPath = (place: number): string[] => ['input', 'items', String(place), 'quantity']
