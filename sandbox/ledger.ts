import type { Queryable } from './database.ts'
import { describeIntent, type IntentRow } from './payment-intents.ts'
import { describeRefund, type RefundRow } from './refunds.ts'

/** Which payment or order the ledger is asked about; all of them where nothing is named. */
export type LedgerFilter = { readonly paymentId: string | null; readonly orderId: string | null }

const ABOUT = `($1::text is null or i.metadata ->> 'payment_id' = $1) and ($2::text is null or i.metadata ->> 'order_id' = $2)`

/**
 * The provider's books, for tests that count: `intents` are all attempts, `charges` those that took money, each with its
 * `amount_refunded`; `refunds` what went back. Oldest first.
 */
export async function readLedger(tx: Queryable, filter: LedgerFilter, publicUrl: string) {
  const values = [filter.paymentId, filter.orderId]
  const { rows: intents } = await tx.query<IntentRow>(
    `select i.* from payment_intents i where ${ABOUT} order by i.created_at, i.id`,
    values,
  )
  const { rows: refunds } = await tx.query<RefundRow>(
    `select r.* from refunds r join payment_intents i on i.id = r.payment_intent where ${ABOUT} order by r.created_at, r.id`,
    values,
  )
  const described = intents.map((intent) => describeIntent(intent, publicUrl))
  return {
    intents: described,
    charges: described.filter((intent) => intent.amount_captured > 0),
    refunds: refunds.map(describeRefund),
  }
}
