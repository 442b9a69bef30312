import { sql } from 'kysely'
import type { Sql } from '#platform/db/database.ts'
import { isId } from '#platform/kernel/ids.ts'
import type { Line, ReservationStatus } from '../domain/reservation.ts'
import { type Change, type ChangedRow, LEVEL, toChange } from './rows.ts'

/** A reservation as it is stored. `expiresAt` is null once it is not held any more. */
export type StoredReservation = { orderId: string; status: ReservationStatus; expiresAt: Date | null }

/** A line there is too little of; `place` is that of the line. */
export type Lack = { place: number; available: number }

/**
 * What {@link tryReserve} came to: `held` is new, `known` was there, `refused` says what lacks. `lost` means that
 * another transaction made this order's reservation meanwhile: read it.
 */
export type ReserveOutcome =
  | { kind: 'held'; reservation: StoredReservation; changes: Change[] }
  | { kind: 'known'; reservation: StoredReservation }
  | { kind: 'refused'; lacking: Lack[] }
  | { kind: 'lost' }

type OutcomeRow = {
  held_until: Date | null
  known_status: ReservationStatus | null
  known_until: Date | null
  lacking: Lack[]
  changed: ChangedRow[]
}

/**
 * Holds all lines for the order or none: one statement. Its rows are locked in the order of their ids, whatever the order
 * of the lines, so that two never wait for each other; the reservation is inserted before the stock changes, and what
 * it changes hangs on that insert, so that an order's second reservation changes nothing. The new stock is made of what
 * was locked, not of the updated row: that one is the statement's snapshot at first, and PostgreSQL checks constraints
 * on it before it notices that the row has moved on.
 */
export async function tryReserve(
  db: Sql,
  request: { orderId: string; lines: readonly Line[]; ttlSeconds: number },
): Promise<ReserveOutcome> {
  // A malformed id is an unknown variant: null matches no row, and so it lacks.
  const variantIds = request.lines.map(({ variantId }) => (isId(variantId) ? variantId : null))
  const quantities = request.lines.map(({ quantity }) => quantity)
  const places = request.lines.map(({ place }) => place)
  const { rows } = await sql<OutcomeRow>`
    with wanted as materialized (
      select * from unnest(${variantIds}::uuid[], ${quantities}::bigint[], ${places}::int[]) as w (variant_id, quantity, place)
    ), known as materialized (
      select status, expires_at from reservation where order_id = ${request.orderId}::uuid
    ), locked as materialized (
      select s.variant_id, s.available, s.on_hand, s.reserved, s.version from stock_level s
      where s.variant_id = any(${variantIds}::uuid[]) and not exists (select from known)
      order by s.variant_id for update
    ), lacking as materialized (
      select w.place, coalesce(l.available, 0) as available from wanted w left join locked l using (variant_id)
      where coalesce(l.available, 0) < w.quantity
    ), held as (
      insert into reservation (order_id, status, expires_at)
      select ${request.orderId}::uuid, 'HELD', date_trunc('milliseconds', clock_timestamp()) + ${request.ttlSeconds}::int * interval '1 second'
      where not exists (select from known) and not exists (select from lacking)
      on conflict do nothing returning order_id, expires_at
    ), changed as (
      update stock_level s set on_hand = l.on_hand, reserved = l.reserved + w.quantity, version = l.version + 1,
        updated_at = clock_timestamp()
      from locked l join wanted w using (variant_id) cross join held where s.variant_id = l.variant_id
      returning ${LEVEL}, 0 as on_hand_delta, w.quantity as reserved_delta, held.order_id
    ), lines as (
      insert into reservation_line (order_id, variant_id, quantity) select order_id, variant_id, reserved_delta from changed
    ), ledger as (
      insert into stock_movement (variant_id, version, kind, on_hand_delta, reserved_delta, order_id)
      select variant_id, version, 'RESERVED', on_hand_delta, reserved_delta, order_id from changed
    )
    select
      (select expires_at from held) as held_until,
      (select status from known) as known_status,
      (select expires_at from known) as known_until,
      (select coalesce(jsonb_agg(lacking order by place), '[]') from lacking) as lacking,
      (select coalesce(jsonb_agg(changed), '[]') from changed) as changed`.execute(db)
  return toOutcome(request.orderId, rows[0])
}

/** The reservation of an order; null where there is none. */
export async function reservationOf(db: Sql, orderId: string): Promise<StoredReservation | null> {
  const { rows } = await sql<{ status: ReservationStatus; expires_at: Date | null }>`
    select status, expires_at from reservation where order_id = ${orderId}`.execute(db)
  const [row] = rows
  return row === undefined ? null : { orderId, status: row.status, expiresAt: row.expires_at }
}

function toOutcome(orderId: string, row: OutcomeRow | undefined): ReserveOutcome {
  if (row === undefined) throw new Error('expected one row of the reservation statement, got none')
  if (row.known_status !== null) {
    return { kind: 'known', reservation: { orderId, status: row.known_status, expiresAt: row.known_until } }
  }
  if (row.held_until !== null) {
    const reservation: StoredReservation = { orderId, status: 'HELD', expiresAt: row.held_until }
    return { kind: 'held', reservation, changes: row.changed.map(toChange) }
  }
  return row.lacking.length > 0 ? { kind: 'refused', lacking: row.lacking } : { kind: 'lost' }
}
