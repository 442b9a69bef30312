import { z } from 'zod'
import { inputHash } from '#platform/db/idempotency.ts'
import type { Transaction } from '#platform/db/transaction.ts'
import { NeighbourError } from '#platform/graphql/neighbours.ts'
import { newId } from '#platform/kernel/ids.ts'
import { money } from '#platform/kernel/money.ts'
import { ok, refuse } from '#platform/kernel/result.ts'
import type { OrdersScope } from '../context.ts'
import { type OrderResult, orderNotFound } from '../domain/refusals.ts'
import { decideRefund, type Refund, type RefundRequest } from '../domain/refund.ts'
import type { RefundAnswer } from '../neighbours/payments.ts'
import { type OrderEntity, OrderRefund, type OrderRefundEntity } from '../persistence/entities.ts'
import { lockKnownOrder, lockOrder, readLines, touch } from './change-order.ts'
import { readOrder } from './settle-order.ts'
import { takePayment } from './take-payment.ts'

/** What the shop pays back, and why. */
export type RefundOrderRequest = { id: string; request: RefundRequest; reason: string | null; idempotencyKey: string }

type RefundStatus = OrderRefundEntity['status']

// The request asks payments itself; the job is for the case that it dies or gets no answer.
const SEND_AFTER_MS = 30_000

/**
 * Pays back all that is left, some units or an amount, once per idempotency key; nothing is restocked. The refund is written
 * before payments is asked; the order's totals come back through `recordPayment`.
 */
export async function refundOrder(scope: OrdersScope, input: RefundOrderRequest): Promise<OrderResult<OrderEntity>> {
  const written = await scope.transaction((tx) => writeRefund(tx, input))
  if (!written.ok) return written
  switch (await sendRefund(scope, written.value.id).catch(asUnanswered(scope, input.id))) {
    case 'MADE':
      return ok(await readOrder(scope, input.id))
    case 'REFUSED':
      return refuse('INVALID_AMOUNT', 'payments holds less than that for this order')
    case 'ASKED':
      return refuse('PAYMENT_UNAVAILABLE', 'payments gives no answer; the refund will be made as soon as it does')
  }
}

/** The job `send-refund`: has payments make a refund that was written. Throws until it is known to be made or refused. */
export async function resumeRefund(scope: OrdersScope, payload: unknown): Promise<void> {
  const { refundId } = z.object({ refundId: z.string() }).parse(payload)
  const status = await sendRefund(scope, refundId)
  if (status === 'ASKED') throw new Error(`the refund ${refundId} is not known to be made yet`)
}

const asUnanswered =
  (scope: OrdersScope, order: string) =>
  (error: unknown): RefundStatus => {
    if (!(error instanceof NeighbourError)) throw error
    scope.log.warn({ err: error, order }, 'a refund waits for payments; its job goes on')
    return 'ASKED'
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

/** Has payments make the refund, unless it is known that it did. Always under the same key. */
async function sendRefund(scope: OrdersScope, refundId: string): Promise<RefundStatus> {
  const refund = await scope.runtime.database.fork().findOneOrFail(OrderRefund, { id: refundId })
  if (refund.status !== 'ASKED') return refund.status
  const { id, orderId, reason, amountMinor, currency } = refund
  const request = { orderId, amount: money(amountMinor, currency), reason, idempotencyKey: `refund:${id}` }
  const answer = await scope.services.payments.refund(request, scope.requestId)
  // Written at payments, and pending there: who asks again hears what became of it.
  if (!answer.ok && answer.codes.includes('PROVIDER_UNAVAILABLE')) return 'ASKED'
  await scope.transaction((tx) => recordAnswer(scope, tx, refund, answer))
  return answer.ok ? 'MADE' : 'REFUSED'
}

async function recordAnswer(
  scope: OrdersScope,
  tx: Transaction,
  refund: OrderRefundEntity,
  answer: RefundAnswer,
): Promise<void> {
  const order = await lockKnownOrder(tx, refund.orderId)
  const row = await tx.em.findOneOrFail(OrderRefund, { id: refund.id })
  if (row.status !== 'ASKED') return
  row.status = answer.ok ? 'MADE' : 'REFUSED'
  if (answer.ok && answer.payment !== null) await takePayment(scope, tx, order, { ...answer.payment, version: null })
  if (answer.ok) return
  scope.log.warn({ order: order.number, refundId: row.id, codes: answer.codes }, 'payments refused a refund')
  countUnits(await readLines(tx, order.id), row.lines, -1)
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
