import { sql } from 'kysely'
import type { Sql } from '#platform/db/database.ts'
import { type ReservationStatus, type Settlement, STEPS } from '../domain/reservation.ts'
import { type Change, type ChangedRow, LEVEL, toChange } from './rows.ts'

/** Units that an expired reservation would have to take again and can't. */
export type Shortage = { variantId: string; available: number }

/** What {@link settle} found and did: `from` is null where there is no reservation. */
export type SettleOutcome = {
  from: ReservationStatus | null
  isSettled: boolean
  shortages: Shortage[]
  changes: Change[]
}

type OutcomeRow = {
  from: ReservationStatus | null
  is_settled: boolean
  short: { variant_id: string; available: number }[]
  changed: ChangedRow[]
}

/**
 * Brings the order's reservation to `to` by the domain's steps, with its stock and its movements: one statement. Nothing
 * happens where no step leads there, where units lack, or (`onlyDue`) where its time is not over. The reservation is locked first, then
 * its variants in the order of their ids; nobody waits for a reservation while holding stock.
 */
export async function settle(
  db: Sql,
  request: { orderId: string; to: Settlement; onlyDue?: boolean },
): Promise<SettleOutcome> {
  const steps = STEPS[request.to]
  const { rows } = await sql<OutcomeRow>`
    with target as materialized (
      select order_id, status, expires_at from reservation where order_id = ${request.orderId}::uuid for update
    ), step as materialized (
      select t.order_id, step.on_hand_each, step.reserved_each
      from target t join unnest(
        ${steps.map(({ from }) => from)}::text[], ${steps.map((step) => step.onHandEach)}::int[], ${steps.map((step) => step.reservedEach)}::int[]
      ) as step (status, on_hand_each, reserved_each) using (status)
      where not ${request.onlyDue === true}::boolean or t.expires_at <= clock_timestamp()
    ), moving as materialized (
      select l.variant_id, l.quantity * step.on_hand_each as on_hand_delta, l.quantity * step.reserved_each as reserved_delta
      from step join reservation_line l using (order_id)
      where step.on_hand_each <> 0 or step.reserved_each <> 0
    ), locked as materialized (
      select s.variant_id, s.available, s.on_hand, s.reserved, s.version from stock_level s
      where s.variant_id in (select variant_id from moving) order by s.variant_id for update
    ), short as materialized (
      select l.variant_id, l.available from locked l join moving m using (variant_id)
      where l.available + m.on_hand_delta - m.reserved_delta < 0
    ), settled as (
      update reservation r set status = ${request.to}, expires_at = null, updated_at = clock_timestamp()
      from step where r.order_id = step.order_id and not exists (select from short)
      returning r.order_id
    ), changed as (
      update stock_level s set on_hand = l.on_hand + m.on_hand_delta, reserved = l.reserved + m.reserved_delta,
        version = l.version + 1, updated_at = clock_timestamp()
      from locked l join moving m using (variant_id) cross join settled where s.variant_id = l.variant_id
      returning ${LEVEL}, m.on_hand_delta, m.reserved_delta, settled.order_id
    ), ledger as (
      insert into stock_movement (variant_id, version, kind, on_hand_delta, reserved_delta, order_id)
      select variant_id, version, ${request.to}, on_hand_delta, reserved_delta, order_id from changed
    )
    select
      (select status from target) as from,
      exists (select from settled) as is_settled,
      (select coalesce(jsonb_agg(short), '[]') from short) as short,
      (select coalesce(jsonb_agg(changed), '[]') from changed) as changed`.execute(db)
  const [row] = rows
  if (row === undefined) throw new Error('expected one row of the settling statement, got none')
  return {
    from: row.from,
    isSettled: row.is_settled,
    shortages: row.short.map(({ variant_id, available }) => ({ variantId: variant_id, available })),
    changes: row.changed.map(toChange),
  }
}

/**
 * Marks an order that has no reservation as RELEASED, so that one that comes late finds it ended. False where there is
 * one already; waits for a transaction that is just making it.
 */
export async function insertTombstone(db: Sql, orderId: string): Promise<boolean> {
  const { rows } = await sql`
    insert into reservation (order_id, status) values (${orderId}, 'RELEASED')
    on conflict do nothing returning order_id`.execute(db)
  return rows.length === 1
}

/** Reservations that are held and due within `seconds`, the most urgent first. */
export async function dueWithin(
  db: Sql,
  seconds: number,
  limit: number,
): Promise<{ orderId: string; expiresAt: Date }[]> {
  const { rows } = await sql<{ order_id: string; expires_at: Date }>`
    select order_id, expires_at from reservation
    where status = 'HELD' and expires_at <= now() + ${seconds}::int * interval '1 second'
    order by expires_at limit ${limit}`.execute(db)
  return rows.map((row) => ({ orderId: row.order_id, expiresAt: row.expires_at }))
}
