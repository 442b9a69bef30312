import type { SqlEntityManager } from '@mikro-orm/postgresql'
import { sql } from 'kysely'
import type { Sql } from '#platform/db/database.ts'
import { LIVE_STATUSES } from '../domain/payment.ts'
import { Payment, PaymentMethod, type PaymentMethodRow, type PaymentRow, Refund, type RefundRow } from './entities.ts'

/** A payment before its first answer. */
export type NewPayment = Omit<
  PaymentRow,
  | 'refundedMinor'
  | 'status'
  | 'providerReference'
  | 'failureCode'
  | 'nextActionUrl'
  | 'version'
  | 'reportedVersion'
  | 'updatedAt'
>

/** A refund before its first answer. */
export type NewRefund = Omit<RefundRow, 'status' | 'providerReference' | 'settledAt'>

/**
 * Writes the payment PENDING; false where its key was used before, or its order has a live payment. Who comes at the same
 * time waits here for the first to commit. One statement.
 */
export async function insertPayment(db: Sql, row: NewPayment): Promise<boolean> {
  const { rows } = await sql`
    insert into payment (id, order_id, user_id, amount_minor, currency, status, provider, method_brand, method_last4,
      idempotency_key, input_hash, in_flight_until, due_at, created_at, updated_at)
    values (${row.id}, ${row.orderId}, ${row.userId}, ${row.amountMinor}, ${row.currency}, 'PENDING', ${row.provider},
      ${row.methodBrand}, ${row.methodLast4}, ${row.idempotencyKey}, ${row.inputHash}, ${row.inFlightUntil}, ${row.dueAt},
      ${row.createdAt}, ${row.createdAt})
    on conflict do nothing returning id`.execute(db)
  return rows.length === 1
}

/** Writes the refund PENDING; false where its key was used before. One statement. */
export async function insertRefund(db: Sql, row: NewRefund): Promise<boolean> {
  const { rows } = await sql`
    insert into refund (id, payment_id, amount_minor, currency, status, reason, requested_by, idempotency_key, input_hash, created_at)
    values (${row.id}, ${row.paymentId}, ${row.amountMinor}, ${row.currency}, 'PENDING', ${row.reason}, ${row.requestedBy},
      ${row.idempotencyKey}, ${row.inputHash}, ${row.createdAt})
    on conflict do nothing returning id`.execute(db)
  return rows.length === 1
}

/** The call that charged is over: what the provider does not know by now, it never will. */
export const endFlight = (db: Sql, paymentId: string) =>
  sql`update payment set in_flight_until = null where id = ${paymentId}`.execute(db)

/** Orders has taken note of that version, or of a later one. */
export const markReported = (db: Sql, paymentId: string, version: number) =>
  sql`update payment set reported_version = greatest(reported_version, ${version}) where id = ${paymentId}`.execute(db)

/** The payment that a person's key led to. */
export const findPaymentByKey = (
  em: SqlEntityManager,
  userId: string,
  idempotencyKey: string,
): Promise<PaymentRow | null> => em.findOne(Payment, { userId, idempotencyKey }, { refresh: true })

/** The one payment of an order that is under way or holds money. */
export const findLivePayment = (em: SqlEntityManager, orderId: string): Promise<PaymentRow | null> =>
  em.findOne(Payment, { orderId, status: { $in: [...LIVE_STATUSES] } }, { refresh: true })

/** The refund that somebody's key led to. */
export const findRefundByKey = (
  em: SqlEntityManager,
  requestedBy: string,
  idempotencyKey: string,
): Promise<RefundRow | null> => em.findOne(Refund, { requestedBy, idempotencyKey }, { refresh: true })

/** A person's methods, newest first. */
export const findMethodsOf = (em: SqlEntityManager, userIds: string[]): Promise<PaymentMethodRow[]> =>
  em.find(PaymentMethod, { userId: { $in: userIds } }, { orderBy: { createdAt: 'desc', id: 'desc' } })

/** Payments by id; one statement. */
export const findPayments = (em: SqlEntityManager, ids: string[]): Promise<PaymentRow[]> =>
  em.find(Payment, { id: { $in: ids } })

/** Payments of orders, oldest first; one statement. */
export const findPaymentsOf = (em: SqlEntityManager, orderIds: string[]): Promise<PaymentRow[]> =>
  em.find(Payment, { orderId: { $in: orderIds } }, { orderBy: { createdAt: 'asc', id: 'asc' } })

/** What was given back of payments, oldest first; one statement. */
export const findRefundsOf = (em: SqlEntityManager, paymentIds: string[]): Promise<RefundRow[]> =>
  em.find(Refund, { paymentId: { $in: paymentIds }, status: 'COMPLETED' }, { orderBy: { settledAt: 'asc', id: 'asc' } })
