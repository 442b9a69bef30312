import { type Answer, json, type ErrorBody, refusal } from './answer.ts'
import { type Queryable, theOnly } from './database.ts'
import { type IntentRow, lockIntent } from './payment-intents.ts'
import { providerId } from './provider-ids.ts'

/** A refund as it is stored. */
export type RefundRow = {
  readonly id: string
  readonly payment_intent: string
  readonly amount: string
  readonly currency: string
  readonly metadata: Readonly<Record<string, string>>
  readonly created_at: Date
}

/** What a refund asks for; all that is left unless it names an amount. */
export type RefundRequest = {
  readonly payment_intent: string
  readonly amount?: bigint | undefined
  readonly metadata: Readonly<Record<string, string>>
}

/** Refunds under the intent's lock, never more than is left. What is refused is an answer, too: the key stands for it. */
export async function refund(tx: Queryable, request: RefundRequest): Promise<Answer> {
  const intent = await lockIntent(tx, request.payment_intent)
  if (intent === undefined) return refuse('resource_missing', 'payment_intent', 'No such payment intent')
  const left = BigInt(intent.amount_captured) - BigInt(intent.amount_refunded)
  const amount = request.amount ?? left
  const problem = problemWith(intent, { amount, left })
  if (problem !== undefined) return problem
  await tx.query('update payment_intents set amount_refunded = amount_refunded + $2 where id = $1', [intent.id, amount])
  return json(200, describeRefund(await insertRefund(tx, { ...request, amount, currency: intent.currency })))
}

/** All refunds of an intent, oldest first. */
export async function findRefunds(tx: Queryable, intentId: string): Promise<RefundRow[]> {
  const { rows } = await tx.query<RefundRow>(
    'select * from refunds where payment_intent = $1 order by created_at, id',
    [intentId],
  )
  return rows
}

/** The refund as Stripe shows it. */
export const describeRefund = (row: RefundRow) => ({
  id: row.id,
  object: 'refund',
  amount: Number(row.amount),
  currency: row.currency,
  payment_intent: row.payment_intent,
  status: 'succeeded',
  metadata: row.metadata,
  created: Math.floor(row.created_at.getTime() / 1_000),
})

function problemWith(intent: IntentRow, { amount, left }: { amount: bigint; left: bigint }): Answer | undefined {
  if (intent.status !== 'succeeded') {
    return refuse(
      'payment_intent_unexpected_state',
      'payment_intent',
      `A payment intent that is ${intent.status} has no charge to refund`,
    )
  }
  if (left === 0n) return refuse('charge_already_refunded', 'payment_intent', 'The charge has already been refunded')
  if (amount > left)
    return refuse('amount_too_large', 'amount', `Refund amount (${amount}) is greater than what is left (${left})`)
  return undefined
}

function refuse(code: string, param: string, message: string): Answer {
  const error: ErrorBody = { type: 'invalid_request_error', code, param, message }
  return refusal(400, error)
}

async function insertRefund(tx: Queryable, values: RefundRequest & { currency: string }): Promise<RefundRow> {
  const { rows } = await tx.query<RefundRow>(
    'insert into refunds (id, payment_intent, amount, currency, metadata) values ($1, $2, $3, $4, $5) returning *',
    [providerId('re'), values.payment_intent, values.amount, values.currency, values.metadata],
  )
  return theOnly(rows)
}
