import type { z } from 'zod'
import type { Settlement } from '../domain/payment.ts'
import type { CardProvider, Charge, RefundRequest, Unknown } from './provider.ts'
import {
  errorSchema,
  intentListSchema,
  intentSchema,
  methodSchema,
  refundSchema,
  settlementOf,
} from './sandbox-answers.ts'
import { createSandboxCaller, over, type SandboxAnswer, type SandboxCaller } from './sandbox-caller.ts'

const KEY_REUSED = 'the idempotency key stands for another request'

/** The sandbox card provider at `url`, called over HTTP like Stripe is. */
export function createSandboxProvider(url: string): CardProvider {
  const call = createSandboxCaller(url)
  return {
    name: 'sandbox',
    describeMethod: (token, deadline) => describeMethod(call, token, deadline),
    charge: (charge, deadline) => chargeCard(call, charge, deadline),
    find: (paymentId, deadline) => find(call, paymentId, deadline),
    cancel: (reference, deadline) => cancel(call, reference, deadline),
    refund: (request, deadline) => refund(call, request, deadline),
  }
}

async function describeMethod(call: SandboxCaller, token: string, deadline: Date) {
  const answer = await call({ path: `/v1/payment_methods/${encodeURIComponent(token)}`, deadline })
  if (answer.kind !== 'answer') return answer
  if (answer.status === 404) return { kind: 'not_found' as const }
  return read(methodSchema, answer, ({ card }) => {
    const method = { brand: card.brand, last4: card.last4, expiryMonth: card.exp_month, expiryYear: card.exp_year }
    return { kind: 'found' as const, method }
  })
}

async function chargeCard(call: SandboxCaller, charge: Charge, deadline: Date): Promise<Settlement | Unknown> {
  const body = {
    // The sandbox takes at most twelve digits, which a double holds exactly.
    amount: Number(charge.amount.amountMinor),
    currency: charge.amount.currency.toLowerCase(),
    payment_method: charge.token,
    confirm: true,
    ...(charge.returnUrl !== null && { return_url: charge.returnUrl }),
    metadata: { payment_id: charge.paymentId, order_id: charge.orderId },
  }
  const answer = await call({ path: '/v1/payment_intents', body, key: charge.paymentId, deadline })
  if (answer.kind !== 'answer') return answer
  if (answer.status === 200)
    return read(intentSchema, answer, (intent) => settlementOf(intent) ?? over(`the intent is ${intent.status}`))
  return read(errorSchema, answer, ({ error }) => {
    // The key stands for another request: what that one came to is not in this answer.
    if (error.type === 'idempotency_error') return over(KEY_REUSED)
    const reference = error.payment_intent?.id ?? null
    return { kind: 'declined', reference, code: error.decline_code ?? error.code }
  })
}

async function find(call: SandboxCaller, paymentId: string, deadline: Date) {
  const answer = await call({ path: `/v1/payment_intents?payment_id=${paymentId}`, deadline })
  if (answer.kind !== 'answer') return answer
  return read(intentListSchema, answer, ({ data }): Settlement | { kind: 'not_found' } | Unknown => {
    // One key makes one intent; should there ever be more, the one that took money is what counts.
    const intent = data.find(({ status }) => status === 'succeeded') ?? data.at(-1)
    return intent === undefined
      ? { kind: 'not_found' }
      : (settlementOf(intent) ?? over(`the intent is ${intent.status}`))
  })
}

async function cancel(call: SandboxCaller, reference: string, deadline: Date) {
  const answer = await call({ path: `/v1/payment_intents/${reference}/cancel`, body: {}, deadline })
  if (answer.kind !== 'answer') return answer
  if (answer.status === 200) return { kind: 'canceled' as const }
  return read(errorSchema, answer, ({ error }) =>
    error.payment_intent?.status === 'succeeded' ? { kind: 'succeeded' as const, reference } : over(error.code),
  )
}

async function refund(call: SandboxCaller, request: RefundRequest, deadline: Date) {
  const body = {
    payment_intent: request.paymentReference,
    amount: Number(request.amount.amountMinor),
    metadata: { refund_id: request.refundId },
  }
  const answer = await call({ path: '/v1/refunds', body, key: request.refundId, deadline })
  if (answer.kind !== 'answer') return answer
  if (answer.status === 200)
    return read(refundSchema, answer, ({ id }) => ({ kind: 'refunded' as const, reference: id }))
  return read(errorSchema, answer, ({ error }) =>
    error.type === 'idempotency_error' ? over(KEY_REUSED) : { kind: 'refused' as const, code: error.code },
  )
}

/** An answer of another shape than agreed says nothing. */
function read<Body, Value>(
  schema: z.ZodType<Body>,
  answer: SandboxAnswer,
  then: (body: Body) => Value,
): Value | Unknown {
  const parsed = schema.safeParse(answer.body)
  return parsed.success ? then(parsed.data) : over(`it answered ${answer.status} with another body than agreed`)
}
