import { inputHash } from '#platform/db/idempotency.ts'
import { NeighbourError } from '#platform/graphql/neighbours.ts'
import { CallerError } from '#platform/kernel/errors.ts'
import { isId } from '#platform/kernel/ids.ts'
import type { OrderToPay } from '../neighbours/orders.ts'
import { type PaymentAnswer, refusal, refused } from './answer.ts'
import { type Key, makePayment, notPayable, replay } from './make-payment.ts'
import { resolveSource, type SourceInput } from './payment-source.ts'
import { readKey, refuseCardNumbers } from './read-input.ts'
import { reportAtOnce } from './report-payment.ts'
import type { Work } from './work.ts'

/** A person's wish to pay an order. */
export type PayOrderInput = {
  orderId: string
  payment?: SourceInput | null
  returnUrl?: string | null
  idempotencyKey: string
}

/** Pays a PENDING order of the person: what it costs, orders says. The same key never charges twice. */
export async function payOrder(work: Work, userId: string, input: PayOrderInput): Promise<PaymentAnswer> {
  const cardNumber = refuseCardNumbers(input)
  if (cardNumber !== null) return refused(cardNumber)
  const key = keyOf(input)
  const earlier = await replay(work, userId, key)
  const answer = earlier ?? (await payNow(work, userId, { ...input, key }))
  await reportAtOnce(work, answer.payment)
  return answer
}

async function payNow(work: Work, userId: string, input: PayOrderInput & { key: Key }): Promise<PaymentAnswer> {
  const { orderId, key, returnUrl = null, payment = null } = input
  const order = isId(orderId) ? await askOrders(work, orderId, userId) : null
  if (order === null) return refused(refusal('ORDER_NOT_FOUND', 'there is no such order', ['input', 'orderId']))
  if (!isPayable(order, new Date())) return notPayable()
  const deadline = work.deadline()
  const source = await resolveSource(work, userId, payment, deadline)
  if (!source.ok) return refused(...source.refusals)
  const dueAt = order.paymentDueAt ?? work.latestDueAt()
  return makePayment(
    work,
    { orderId, userId, amount: order.total, source: source.value, returnUrl, dueAt, key },
    deadline,
  )
}

const askOrders = (work: Work, orderId: string, actorId: string): Promise<OrderToPay | null> =>
  work.orders.findOrder(orderId, { actorId, requestId: work.requestId }).catch((error: unknown) => {
    if (!(error instanceof NeighbourError)) throw error
    work.log.warn({ err: error, orderId }, 'orders could not be asked what is to be paid')
    throw new CallerError(
      'DOWNSTREAM_SERVICE_ERROR',
      'what the order costs is not known right now; nothing was charged',
    )
  })

const isPayable = (order: OrderToPay, now: Date): boolean =>
  order.status === 'PENDING' && (order.paymentDueAt === null || order.paymentDueAt > now)

/** Keys of people and of services never meet, whatever a person calls theirs. */
const keyOf = ({ idempotencyKey, orderId, payment, returnUrl }: PayOrderInput): Key => ({
  idempotencyKey: `payOrder:${readKey(idempotencyKey)}`,
  inputHash: inputHash({ orderId, payment: payment ?? null, returnUrl: returnUrl ?? null }),
})
