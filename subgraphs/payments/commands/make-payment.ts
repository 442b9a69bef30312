import { setTimeout as pause } from 'node:timers/promises'
import { newId } from '#platform/kernel/ids.ts'
import type { Money } from '#platform/kernel/money.ts'
import { SUPERSEDED } from '../domain/decline-messages.ts'
import { Payment, type PaymentRow } from '../persistence/entities.ts'
import { endFlight, findLivePayment, findPaymentByKey, insertPayment } from '../persistence/queries.ts'
import { chargeAnswer, type PaymentAnswer, providerAway, refusal, refused } from './answer.ts'
import { cancelWaiting } from './cancel-waiting.ts'
import { resolvePaymentJob } from './jobs.ts'
import type { Source } from './payment-source.ts'
import { settlePayment } from './settle-payment.ts'
import type { Work } from './work.ts'

/** What somebody wants to have charged, under which key. */
export type PaymentRequest = {
  orderId: string
  userId: string
  amount: Money
  source: Source
  returnUrl: string | null
  dueAt: Date
  key: Key
}

/** An idempotency key as it is stored, and the hash of what it stands for. */
export type Key = { idempotencyKey: string; inputHash: string }

// Between our giving up and the provider's hearing of the call there are only buffers of the network.
const GRACE_MS = 2_000
// Each round has lost a race against another attempt to pay the same order; who keeps losing is told so.
const ROUNDS = 3
const LOOK_AGAIN_MS = 50

/**
 * Charges once: the payment is written before the provider is called, with its id as the provider's idempotency key. Who
 * finds another live payment of the order is refused, unless that one only waits for the person: then it is cancelled first.
 */
export async function makePayment(work: Work, request: PaymentRequest, deadline: Date): Promise<PaymentAnswer> {
  for (let round = 0; round < ROUNDS; round += 1) {
    const paymentId = await writePayment(work, request, deadline)
    if (paymentId !== null) return chargeAnswer(await charge(work, { ...request, paymentId }, deadline))
    const earlier = await replay(work, request.userId, request.key)
    if (earlier !== null) return earlier
    const ended = await endWaiting(work, request.orderId, deadline)
    if (ended !== 'ended') return ended
  }
  return notPayable()
}

/** What the key led to before, once that is known; null where it is new. */
export async function replay(work: Work, userId: string, key: Key): Promise<PaymentAnswer | null> {
  let payment = await findPaymentByKey(work.em(), userId, key.idempotencyKey)
  if (payment === null) return null
  if (payment.inputHash !== key.inputHash) {
    return refused(
      refusal('IDEMPOTENCY_KEY_REUSED', 'the key was used before, with another input', ['input', 'idempotencyKey']),
    )
  }
  while (isInFlight(payment)) {
    await pause(LOOK_AGAIN_MS)
    payment = (await findPaymentByKey(work.em(), userId, key.idempotencyKey)) ?? payment
  }
  return chargeAnswer(payment)
}

/** The order is paid, ended, or just being paid. */
export const notPayable = (): PaymentAnswer =>
  refused(refusal('ORDER_NOT_PAYABLE', 'the order is paid, ended, or just being paid', ['input', 'orderId']))

const isInFlight = (payment: PaymentRow): boolean =>
  payment.status === 'PENDING' && payment.inFlightUntil !== null && payment.inFlightUntil.getTime() > Date.now()

async function writePayment(work: Work, request: PaymentRequest, deadline: Date): Promise<string | null> {
  const id = newId()
  const row = {
    id,
    orderId: request.orderId,
    userId: request.userId,
    amountMinor: request.amount.amountMinor,
    currency: request.amount.currency,
    provider: work.provider.name,
    methodBrand: request.source.brand,
    methodLast4: request.source.last4,
    ...request.key,
    inFlightUntil: new Date(deadline.getTime() + GRACE_MS),
    dueAt: request.dueAt,
    createdAt: new Date(),
  }
  return work.transaction(async (tx) => {
    if (!(await insertPayment(tx.sql, row))) return null
    tx.stageJob(resolvePaymentJob(id))
    return id
  })
}

type ChargeRequest = PaymentRequest & { paymentId: string }

async function charge(work: Work, request: ChargeRequest, deadline: Date): Promise<PaymentRow> {
  const { paymentId, orderId, amount, returnUrl, source } = request
  const outcome = await work.provider.charge({ paymentId, orderId, amount, returnUrl, token: source.token }, deadline)
  if (outcome.kind !== 'unknown') return settlePayment(work, paymentId, outcome)
  work.log.warn({ paymentId, orderId, why: outcome.why }, 'the card provider has not answered; it is asked again later')
  const em = work.em()
  if (outcome.isOver) await endFlight(em.getKysely<Record<string, never>>(), paymentId)
  return em.findOneOrFail(Payment, paymentId)
}

/** Makes room for another attempt, or says what stands in its way. */
async function endWaiting(work: Work, orderId: string, deadline: Date): Promise<PaymentAnswer | 'ended'> {
  const live = await findLivePayment(work.em(), orderId)
  if (live === null) return 'ended'
  if (live.status !== 'REQUIRES_ACTION') return notPayable()
  const left = await cancelWaiting(work, live, { failureCode: SUPERSEDED, deadline })
  if (left === 'unknown') return refused(providerAway())
  // Its success came too late to be cancelled: the order is paid, which is what was asked for.
  return left.status === 'COMPLETED' ? chargeAnswer(left) : 'ended'
}
