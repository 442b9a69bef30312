import { inputHash } from '#platform/db/idempotency.ts'
import type { Transaction } from '#platform/db/transaction.ts'
import { NeighbourError } from '#platform/graphql/neighbours.ts'
import { newId } from '#platform/kernel/ids.ts'
import { ok, refuse } from '#platform/kernel/result.ts'
import type { OrdersScope } from '../context.ts'
import { type OrderResult, orderNotFound } from '../domain/refusals.ts'
import { decideRefund, type Refund, type RefundRequest } from '../domain/refund.ts'
import { type OrderEntity, OrderRefund, type OrderRefundEntity } from '../persistence/entities.ts'
import { lockOrder, readLines, touch } from './change-order.ts'
import { countUnits, type RefundStatus, sendRefund } from './send-refund.ts'
import { readOrder } from './settle-order.ts'
import { afterRequest, MONEY_ATTEMPTS } from './stage-jobs.ts'

/** What the shop pays back, and why. */
export type RefundOrderRequest = { id: string; request: RefundRequest; reason: string | null; idempotencyKey: string }

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
    runAt: afterRequest(now),
    maxAttempts: MONEY_ATTEMPTS,
    key: `send-refund:${id}`,
  })
  touch(tx, order, now)
  return tx.em.create(OrderRefund, { ...row, status: 'ASKED' as const, createdAt: now }, { persist: true })
}
