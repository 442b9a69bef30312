import { z } from 'zod'
import { inputHash } from '#platform/db/idempotency.ts'
import type { Transaction } from '#platform/db/transaction.ts'
import { NeighbourError } from '#platform/graphql/neighbours.ts'
import { newId } from '#platform/kernel/ids.ts'
import { money } from '#platform/kernel/money.ts'
import { ok, refuse } from '#platform/kernel/result.ts'
import type { OrdersScope } from '../context.ts'
import { type OrderRefusal, type OrderResult, orderNotFound } from '../domain/refusals.ts'
import { decideRefund, type Refund, type RefundRequest } from '../domain/refund.ts'
import { type OrderEntity, OrderRefund, type OrderRefundEntity } from '../persistence/entities.ts'
import { lockKnownOrder, lockOrder, readLines, touch } from './change-order.ts'
import { readOrder } from './settle-order.ts'

/** What the shop pays back, and why. */
export type RefundOrderRequest = { id: string; request: RefundRequest; reason: string | null; idempotencyKey: string }

// The request asks payments itself; the job is for the case that it dies or gets no answer.
const SEND_AFTER_MS = 30_000

/**
 * Pays back all that is left, some units or an amount, once per idempotency key; nothing is restocked. The refund is written
 * before payments is asked; the order's totals come back through `recordPayment`.
 */
export async function refundOrder(scope: OrdersScope, input: RefundOrderRequest): Promise<OrderResult<OrderEntity>> {
  const written = await scope.transaction((tx) => writeRefund(tx, input))
  if (!written.ok) return written
  try {
    const refusals = await sendRefund(scope, written.value.id)
    return refusals.length > 0 ? { ok: false, refusals } : ok(await readOrder(scope, input.id))
  } catch (error) {
    if (!(error instanceof NeighbourError)) throw error
    scope.log.warn({ err: error, order: input.id }, 'a refund waits for payments; its job goes on')
    return refuse('PAYMENT_UNAVAILABLE', 'payments gives no answer; the refund will be made as soon as it does')
  }
}

/** The job `send-refund`: has payments make a refund that was written. Throws NeighbourError: again later, with the same key. */
export async function resumeRefund(scope: OrdersScope, payload: unknown): Promise<void> {
  const { refundId } = z.object({ refundId: z.string() }).parse(payload)
  await sendRefund(scope, refundId)
}

async function writeRefund(tx: Transaction, input: RefundOrderRequest): Promise<OrderResult<OrderRefundEntity>> {
  const order = await lockOrder(tx, input.id)
  if (order === null) return orderNotFound()
  const { idempotencyKey, ...asked } = input
  const hash = inputHash(asked)
  const refunds = await tx.em.find(OrderRefund, { orderId: order.id })
  const known = refunds.find((refund) => refund.idempotencyKey === idempotencyKey)
  if (known?.inputHash === hash) return ok(known)
  const reused = 'idempotencyKey: it was used for another refund of this order before'
  if (known !== undefined) return refuse('IDEMPOTENCY_KEY_REUSED', reused, ['input', 'idempotencyKey'])
  const lines = await readLines(tx, order.id)
  const decided = decideRefund({ ...order, lines, leftMinor: leftOf(order, refunds) }, input.request)
  if (!decided.ok) return decided
  countUnits(lines, decided.value.lines, 1)
  return ok(createRefund(tx, order, { refund: decided.value, reason: input.reason, idempotencyKey, hash }))
}

// What was asked for and not answered yet is as good as gone. Payments has the last word: it counts under its own lock.
const leftOf = (order: OrderEntity, refunds: readonly OrderRefundEntity[]): bigint =>
  refunds
    .filter(({ status }) => status === 'ASKED')
    .reduce((left, { amountMinor }) => left - amountMinor, order.paidMinor - order.refundedMinor)

function createRefund(
  tx: Transaction,
  order: OrderEntity,
  {
    refund,
    reason,
    idempotencyKey,
    hash,
  }: { refund: Refund; reason: string | null; idempotencyKey: string; hash: string },
): OrderRefundEntity {
  const now = new Date()
  const id = newId()
  const { amountMinor, currency } = refund.amount
  const row = {
    id,
    orderId: order.id,
    idempotencyKey,
    inputHash: hash,
    amountMinor,
    currency,
    lines: refund.lines,
    reason,
  }
  tx.stageJob({
    name: 'send-refund',
    payload: { refundId: id },
    runAt: new Date(now.getTime() + SEND_AFTER_MS),
    key: `send-refund:${id}`,
  })
  touch(tx, order, now)
  return tx.em.create(OrderRefund, { ...row, status: 'ASKED' as const, createdAt: now }, { persist: true })
}

/** Why payments refuses; nothing where it refunds, or has done so before. */
async function sendRefund(scope: OrdersScope, refundId: string): Promise<OrderRefusal[]> {
  const refund = await scope.runtime.database.fork().findOneOrFail(OrderRefund, { id: refundId })
  if (refund.status === 'MADE') return []
  if (refund.status === 'REFUSED') return [REFUSED]
  const { id, orderId, reason, amountMinor, currency } = refund
  const request = { orderId, amount: money(amountMinor, currency), reason, idempotencyKey: `refund:${id}` }
  const answer = await scope.services.payments.refund(request, scope.requestId)
  // Written at payments, and pending there: it goes on by itself and reports.
  const isMade = answer.ok || answer.codes.includes('PROVIDER_UNAVAILABLE')
  await scope.transaction((tx) => recordAnswer(tx, refund, isMade))
  return isMade ? [] : [REFUSED]
}

const REFUSED: OrderRefusal = {
  code: 'INVALID_AMOUNT',
  message: 'payments holds less than that for this order',
  path: ['input'],
}

async function recordAnswer(tx: Transaction, { id, orderId }: OrderRefundEntity, isMade: boolean): Promise<void> {
  const order = await lockKnownOrder(tx, orderId)
  const refund = await tx.em.findOneOrFail(OrderRefund, { id })
  if (refund.status !== 'ASKED') return
  refund.status = isMade ? 'MADE' : 'REFUSED'
  if (isMade) return
  countUnits(await readLines(tx, orderId), refund.lines, -1)
  touch(tx, order, new Date())
}

function countUnits(
  lines: readonly { id: string; refundedQuantity: number }[],
  units: Refund['lines'],
  sign: 1 | -1,
): void {
  for (const { lineId, quantity } of units) {
    const line = lines.find(({ id }) => id === lineId)
    if (line !== undefined) line.refundedQuantity += sign * quantity
  }
}
