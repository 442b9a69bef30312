import type { Card, Outcome } from './cards.ts'
import { type Queryable, theOnly } from './database.ts'
import { providerId } from './provider-ids.ts'

/** Where a payment intent stands; the names are Stripe's. */
export type IntentStatus = 'succeeded' | 'requires_action' | 'requires_payment_method' | 'canceled'

/** Why the last attempt to charge failed. */
export type PaymentError = {
  readonly type: 'card_error'
  readonly code: 'card_declined' | 'authentication_failed'
  readonly decline_code?: 'generic_decline' | 'insufficient_funds'
  readonly message: string
}

/** A payment intent as it is stored. Amounts come as text and are counted as bigint. */
export type IntentRow = {
  readonly id: string
  readonly amount: string
  readonly currency: string
  readonly status: IntentStatus
  readonly payment_method: string
  readonly return_url: string | null
  readonly last_payment_error: PaymentError | null
  readonly amount_captured: string
  readonly amount_refunded: string
  readonly metadata: Readonly<Record<string, string>>
  readonly created_at: Date
}

/** What a charge asks for. */
export type ChargeRequest = {
  readonly amount: bigint
  readonly currency: string
  readonly payment_method: string
  readonly return_url?: string | undefined
  readonly metadata: Readonly<Record<string, string>>
}

const DECLINES: Readonly<Record<'generic_decline' | 'insufficient_funds', string>> = {
  generic_decline: 'Your card was declined.',
  insufficient_funds: 'Your card has insufficient funds.',
}

const AUTHENTICATION_FAILED: PaymentError = {
  type: 'card_error',
  code: 'authentication_failed',
  message: 'The card could not be authenticated. Choose another payment method.',
}

/** Records the attempt to charge `card`, with its outcome. One statement. */
export async function insertIntent(tx: Queryable, request: ChargeRequest, card: Card): Promise<IntentRow> {
  const { status, error } = outcomeOf(card.outcome)
  const { rows } = await tx.query<IntentRow>(
    `insert into payment_intents
       (id, amount, currency, status, payment_method, return_url, last_payment_error, amount_captured, metadata)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9) returning *`,
    [
      providerId('pi'),
      request.amount,
      request.currency,
      status,
      request.payment_method,
      request.return_url,
      error,
      status === 'succeeded' ? request.amount : 0n,
      request.metadata,
    ],
  )
  return theOnly(rows)
}

/** The intent, or undefined. */
export async function findIntent(tx: Queryable, id: string): Promise<IntentRow | undefined> {
  const { rows } = await tx.query<IntentRow>('select * from payment_intents where id = $1', [id])
  return rows[0]
}

/** The intent, locked until the transaction ends, so that what is left to refund can't change meanwhile. */
export async function lockIntent(tx: Queryable, id: string): Promise<IntentRow | undefined> {
  const { rows } = await tx.query<IntentRow>('select * from payment_intents where id = $1 for update', [id])
  return rows[0]
}

/** All intents whose metadata names our payment, oldest first. */
export async function findIntentsOfPayment(tx: Queryable, paymentId: string): Promise<IntentRow[]> {
  const { rows } = await tx.query<IntentRow>(
    `select * from payment_intents where metadata ->> 'payment_id' = $1 order by created_at, id`,
    [paymentId],
  )
  return rows
}

/** Cancels what has not been charged; of what has ended, the intent as it stands. */
export async function cancelIntent(tx: Queryable, id: string): Promise<IntentRow | undefined> {
  const { rows } = await tx.query<IntentRow>(
    `update payment_intents set status = 'canceled'
      where id = $1 and status in ('requires_action', 'requires_payment_method') returning *`,
    [id],
  )
  return rows[0] ?? findIntent(tx, id)
}

/** The person has done (or failed) 3-D Secure: charges or refuses. Of what no longer waits for it, the intent as it stands. */
export async function settleAuthentication(
  tx: Queryable,
  id: string,
  result: 'approve' | 'fail',
): Promise<IntentRow | undefined> {
  const values = result === 'approve' ? [id, 'succeeded', null] : [id, 'requires_payment_method', AUTHENTICATION_FAILED]
  const { rows } = await tx.query<IntentRow>(
    `update payment_intents
        set status = $2, last_payment_error = $3, amount_captured = case $2 when 'succeeded' then amount else 0 end
      where id = $1 and status = 'requires_action' returning *`,
    values,
  )
  return rows[0] ?? findIntent(tx, id)
}

/** The intent as Stripe shows it. `publicUrl` is where a browser finds the 3-D Secure page. */
export function describeIntent(intent: IntentRow, publicUrl: string) {
  const url = `${publicUrl}/3ds/${intent.id}`
  return {
    id: intent.id,
    object: 'payment_intent',
    amount: Number(intent.amount),
    currency: intent.currency,
    status: intent.status,
    amount_captured: Number(intent.amount_captured),
    amount_refunded: Number(intent.amount_refunded),
    payment_method: intent.payment_method,
    next_action: intent.status === 'requires_action' ? { type: 'redirect_to_url', redirect_to_url: { url } } : null,
    last_payment_error: intent.last_payment_error,
    metadata: intent.metadata,
    created: Math.floor(intent.created_at.getTime() / 1_000),
  }
}

function outcomeOf(outcome: Outcome): { status: IntentStatus; error: PaymentError | null } {
  if (outcome === 'succeeded' || outcome === 'requires_action') return { status: outcome, error: null }
  const error: PaymentError = {
    type: 'card_error',
    code: 'card_declined',
    decline_code: outcome,
    message: DECLINES[outcome],
  }
  return { status: 'requires_payment_method', error }
}
