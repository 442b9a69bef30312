import { money } from '#platform/kernel/money.ts'
import type { Transaction } from '#platform/db/transaction.ts'
import type { OrdersScope } from '../context.ts'
import { decide } from '../domain/order.ts'
import { nextStep, type Outcome, type Step } from '../domain/settlement.ts'
import type { ChargeAnswer } from '../neighbours/payments.ts'
import type { StockAnswer } from '../neighbours/inventory.ts'
import { Order, type OrderEntity } from '../persistence/entities.ts'
import { applyTransition, lockKnownOrder, readLines } from './change-order.ts'
import { expireOrder } from './expire-order.ts'
import { patiently } from './patience.ts'
import { stageRefund } from './stage-jobs.ts'
import { markIfRefunded, takePayment } from './take-payment.ts'

// Inventory frees by itself what nobody ended; two minutes later than the order does, so that expiry is the order's decision.
const RESERVATION_GRACE_S = 120

/**
 * Takes an order as far as it can go now, from wherever it stands: reserve, charge, confirm, complete the cart. Run by the
 * request that placed it, by the report of a payment and by the job `settle-order`. Each step asks a neighbour something
 * idempotent, then records the answer under the order's lock where it still applies; so two runners at once are harmless.
 * Tries each step until `until`, then throws NeighbourError: the job goes on.
 */
export async function settleOrder(scope: OrdersScope, orderId: string, until: number): Promise<OrderEntity> {
  let order = await readOrder(scope, orderId)
  for (;;) {
    const step = nextStep(order, new Date())
    if (step === null) return order
    const present = order
    order = await patiently(until, () => STEPS[step](scope, present))
  }
}

/** The order as it stands. One statement. */
export const readOrder = (scope: OrdersScope, orderId: string): Promise<OrderEntity> =>
  scope.runtime.database.fork().findOneOrFail(Order, { id: orderId })

const STEPS: Readonly<Record<Step, (scope: OrdersScope, order: OrderEntity) => Promise<OrderEntity>>> = {
  reserve,
  charge,
  confirm,
  'complete-cart': completeCart,
  expire: (scope, order) => expireOrder(scope, order.id),
}

/** All lines or none. Not enough: the order ends, and its outcome names what there is too little of. */
async function reserve(scope: OrdersScope, order: OrderEntity): Promise<OrderEntity> {
  const lines = await readLines({ em: scope.runtime.database.fork() }, order.id)
  const items = lines.map(({ variantId, quantity }) => ({ variantId, quantity }))
  const answer = await scope.services.inventory.reserve(
    { orderId: order.id, items, ttlSeconds: ttlOf(order) },
    scope.requestId,
  )
  return underLock(scope, order.id, async (tx, locked) => {
    if (locked.status !== 'PENDING' || locked.reached !== 'PLACED') return
    if (!answer.ok) return cancelWithoutStock(tx, locked, answer)
    locked.reached = 'RESERVED'
  })
}

/** With the same key whoever asks: payments charges once. */
async function charge(scope: OrdersScope, order: OrderEntity): Promise<OrderEntity> {
  const { id: orderId, userId, paymentSource } = order
  if (paymentSource === null) throw new Error(`expected ${order.number} to say how it is paid`)
  const { returnUrl, ...payment } = paymentSource
  const amount = money(order.totalMinor, order.currency)
  const request = { orderId, userId, amount, payment, returnUrl, idempotencyKey: `order:${orderId}:1` }
  const answer = await scope.services.payments.charge(request, scope.requestId)
  return underLock(scope, orderId, async (tx, locked) => {
    if (answer.kind === 'paid') await takePayment(scope, tx, locked, { ...answer.payment, version: null })
    if (locked.status !== 'PENDING' || locked.reached !== 'RESERVED') return
    locked.reached = 'CHARGED'
    locked.paymentSource = null
    locked.outcome = locked.paidBy === null ? outcomeOf(answer) : null
  })
}

/** Stock first: no CONFIRMED order is ever without committed stock. An order that ended meanwhile puts it back again. */
async function confirm(scope: OrdersScope, order: OrderEntity): Promise<OrderEntity> {
  const answer = await scope.services.inventory.commit(order.id, scope.requestId)
  return underLock(scope, order.id, async (tx, locked) => {
    if (locked.status === 'CANCELLED') return stageRefund(tx, { orderId: locked.id, key: `cancel:${locked.id}` })
    if (locked.status !== 'PENDING') return
    if (!answer.ok) return cancelWithoutStock(tx, locked, answer)
    const decision = decide(locked, { kind: 'confirm' })
    if (!decision.ok || decision.value === null) return
    locked.reached = 'CONFIRMED'
    locked.outcome = null
    locked.paymentSource = null
    await applyTransition(tx, locked, decision.value, new Date())
    await markIfRefunded(tx, locked, new Date())
  })
}

async function completeCart(scope: OrdersScope, order: OrderEntity): Promise<OrderEntity> {
  const { id: orderId, cartId, cartVersion } = order
  const ordered = await readLines({ em: scope.runtime.database.fork() }, orderId)
  const lines = ordered.map(({ variantId, quantity }) => ({ variantId, quantity }))
  await scope.services.carts.complete({ cartId, version: cartVersion, orderId, lines }, scope.requestId)
  return underLock(scope, orderId, async (_tx, locked) => {
    if (locked.status !== 'PENDING' && locked.status !== 'CANCELLED') locked.reached = 'SETTLED'
  })
}

/** Runs `change` on the order as it is now; gives the order after it. */
const underLock = (
  scope: OrdersScope,
  orderId: string,
  change: (tx: Transaction, order: OrderEntity) => Promise<void> | void,
): Promise<OrderEntity> =>
  scope.transaction(async (tx) => {
    const order = await lockKnownOrder(tx, orderId)
    await change(tx, order)
    return order
  })

async function cancelWithoutStock(
  tx: Transaction,
  order: OrderEntity,
  answer: StockAnswer & { ok: false },
): Promise<void> {
  const decision = decide(order, { kind: 'cancel', reason: 'OUT_OF_STOCK' })
  if (!decision.ok || decision.value === null) return
  order.outcome = { code: 'OUT_OF_STOCK', shortages: answer.shortages }
  order.paymentSource = null
  await applyTransition(tx, order, decision.value, new Date())
}

function outcomeOf(answer: ChargeAnswer): Outcome | null {
  if (answer.kind === 'declined') return { code: 'PAYMENT_DECLINED', reason: answer.reason }
  if (answer.kind !== 'unavailable') return null
  return { code: 'PAYMENT_UNAVAILABLE', reason: answer.reason, isOpen: answer.isOpen }
}

const ttlOf = (order: OrderEntity): number =>
  Math.max(1, Math.ceil((order.paymentDueAt.getTime() - Date.now()) / 1000)) + RESERVATION_GRACE_S
