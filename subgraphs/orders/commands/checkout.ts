import { UniqueConstraintViolationException } from '@mikro-orm/postgresql'
import { inputHash } from '#platform/db/idempotency.ts'
import { NeighbourError } from '#platform/graphql/neighbours.ts'
import { equals, formatAmount, type Money } from '#platform/kernel/money.ts'
import type { OrdersScope } from '../context.ts'
import { type OrderRefusal, refusalsOf } from '../domain/refusals.ts'
import { nextStep } from '../domain/settlement.ts'
import { Order, type OrderEntity, type PaymentSource } from '../persistence/entities.ts'
import { lockKnownOrder } from './change-order.ts'
import { lastAttemptAt, waitFor } from './patience.ts'
import { lastSettledOrder, placeOrder } from './place-order.ts'
import { type Purchase, type PurchaseRequest, readPurchase } from './read-purchase.ts'
import { readOrder, settleOrder } from './settle-order.ts'

/** What the person wants to buy, what they believe it costs, and how they pay. */
export type CheckoutRequest = PurchaseRequest & {
  cartVersion: number | null
  expectedTotal: Money | null
  paymentSource: PaymentSource | null
  idempotencyKey: string
}

/** The order, where there is one, and what the person should know. */
export type CheckoutAnswer = { order: OrderEntity | null; refusals: readonly OrderRefusal[] }

// Each lost race means that another request wrote something; more than a few at once is a bug.
const MAX_RACES = 20

/**
 * Turns a cart into an order, and takes the order as far as it goes within this request (checkout.md, "Steps of `checkout`").
 * The same key with the same input gives the same order, whenever and however often; a refusal without an order burns no key.
 */
export async function checkout(scope: OrdersScope, request: CheckoutRequest): Promise<CheckoutAnswer> {
  const { config } = scope.runtime
  const startedAt = Date.now()
  const times: Times = {
    lastAttemptAt: lastAttemptAt(config, startedAt),
    deadline: startedAt + config.REQUEST_TIMEOUT_MS * 0.95,
  }
  const { idempotencyKey, ...input } = request
  const hash = inputHash(input)
  for (let race = 0; race < MAX_RACES; race += 1) {
    const attempt = { hash, times }
    const answer = (await recall(scope, request, attempt)) ?? (await buy(scope, request, attempt))
    if (answer === 'lost') continue
    // Refused, say for an empty cart: another request with this key may be what has emptied it since we looked.
    return answer.order === null ? ((await recall(scope, request, attempt)) ?? answer) : answer
  }
  throw new Error(`expected to win or lose the race for ${idempotencyKey} after ${MAX_RACES} times`)
}

/** Milliseconds since 1970: when the last attempt at a neighbour may begin, and when to answer at the latest. */
type Times = { lastAttemptAt: number; deadline: number }
type Attempt = { hash: string; times: Times }

/** Step 1: what the key has led to already; null where it is new. */
async function recall(
  scope: OrdersScope,
  request: CheckoutRequest,
  { hash, times }: Attempt,
): Promise<CheckoutAnswer | null> {
  const { userId, idempotencyKey } = request
  const known = await scope.runtime.database.fork().findOne(Order, { userId, idempotencyKey })
  if (known === null) return null
  if (known.inputHash === hash) return answerFor(await waitForRest(scope, known.id, times))
  const message = 'idempotencyKey: it was used for another checkout before'
  return { order: null, refusals: [{ code: 'IDEMPOTENCY_KEY_REUSED', message, path: ['input', 'idempotencyKey'] }] }
}

/** Steps 2 to 6; `lost` where another request was quicker with this key, or has bought this cart meanwhile. */
async function buy(
  scope: OrdersScope,
  request: CheckoutRequest,
  { hash, times }: Attempt,
): Promise<CheckoutAnswer | 'lost'> {
  const lastSettled = await lastSettledOrder(scope.runtime.database.fork(), request.cartId)
  const purchase = await readPurchase(scope, request, times.lastAttemptAt)
  if (!purchase.ok) return { order: null, refusals: purchase.refusals }
  const changes = changesOf(purchase.value, request)
  if (changes.length > 0) return { order: null, refusals: changes }
  try {
    const placed = await placeOrder(scope, { ...request, inputHash: hash, purchase: purchase.value, lastSettled })
    if (placed === 'lost') return 'lost'
    if (!placed.ok) return { order: null, refusals: placed.refusals }
    const isOurs = placed.value.idempotencyKey === request.idempotencyKey
    return answerFor(
      await (isOurs ? settleNow(scope, placed.value, times) : waitForRest(scope, placed.value.id, times)),
    )
  } catch (error) {
    if (error instanceof UniqueConstraintViolationException) return 'lost'
    throw error
  }
}

/** What is not as the person saw it any more. */
function changesOf({ cart, totals }: Purchase, { cartVersion, expectedTotal }: CheckoutRequest): OrderRefusal[] {
  const refusals: OrderRefusal[] = []
  if (cartVersion !== null && cartVersion !== cart.version) {
    const message = `the cart was changed: it is at version ${cart.version}, not ${cartVersion}`
    refusals.push({ code: 'CART_CHANGED', message, path: ['input', 'cartVersion'] })
  }
  if (expectedTotal !== null && !equals(expectedTotal, totals.total)) {
    const message = `the total is ${formatAmount(totals.total)} ${totals.total.currency} by now`
    refusals.push({ code: 'TOTAL_CHANGED', message, path: ['input', 'expectedTotal'] })
  }
  return refusals
}

/** Takes a new order on within this request; what can't be done in time is left to the job. */
async function settleNow(scope: OrdersScope, order: OrderEntity, times: Times): Promise<OrderEntity> {
  try {
    return await settleOrder(scope, order.id, times.lastAttemptAt)
  } catch (error) {
    if (!(error instanceof NeighbourError)) throw error
    scope.log.warn({ err: error, order: order.number }, 'a checkout was not done in time; its job goes on')
    return leaveToJob(scope, order.id)
  }
}

/** Records that the person was told of an unknown charge, so that whoever asks again hears the same. */
const leaveToJob = (scope: OrdersScope, orderId: string): Promise<OrderEntity> =>
  scope.transaction(async (tx) => {
    const order = await lockKnownOrder(tx, orderId)
    if (nextStep(order, new Date()) === 'charge') {
      const reason = 'no answer about the payment yet; the order goes on by itself'
      order.outcome = { code: 'PAYMENT_UNAVAILABLE', reason, isOpen: true }
    }
    return order
  })

/** Waits until whoever is at the order knows what to tell the person, or has given up. */
const waitForRest = (scope: OrdersScope, orderId: string, { deadline }: Times): Promise<OrderEntity> =>
  waitFor(
    deadline,
    () => readOrder(scope, orderId),
    (order) => order.status !== 'PENDING' || order.outcome !== null || nextStep(order, new Date()) === null,
  )

const answerFor = (order: OrderEntity): CheckoutAnswer => ({ order, refusals: refusalsOf(order.outcome) })
