import { z } from 'zod'
import { type Answer, ApiError, json, missing, refusal } from './answer.ts'
import { cardOf, describePaymentMethod } from './cards.ts'
import type { Database } from './database.ts'
import type { Faults } from './faults.ts'
import type { Call } from './http.ts'
import { answerOnce, idempotentRequest } from './idempotency.ts'
import {
  amountParameter,
  currencyParameter,
  metadataParameter,
  parseParameters,
  returnUrlParameter,
} from './parameters.ts'
import * as intents from './payment-intents.ts'
import { describeRefund, findRefunds, refund } from './refunds.ts'

/** What every call works with. `publicUrl` is where a browser finds it. */
export type Provider = { readonly database: Database; readonly faults: Faults; readonly publicUrl: string }

const charge = z.strictObject({
  amount: amountParameter,
  currency: currencyParameter,
  payment_method: z.string(),
  confirm: z.literal(true),
  return_url: returnUrlParameter.optional(),
  metadata: metadataParameter.default({}),
})

const refundParameters = z.strictObject({
  payment_intent: z.string(),
  amount: amountParameter.optional(),
  metadata: metadataParameter.default({}),
})

/** `GET /v1/payment_methods/:id` */
export const getPaymentMethod = async (_: Provider, call: Call): Promise<Answer> =>
  json(200, describePaymentMethod(call.id))

/** `POST /v1/payment_intents`: charges once per Idempotency-Key; a decline is a 402 that holds the intent. */
export async function createIntent(provider: Provider, call: Call): Promise<Answer> {
  const parameters = parseParameters(charge, call.body)
  const card = cardOf(parameters.payment_method)
  const request = idempotentRequest(call.idempotencyKey, 'POST /v1/payment_intents', call.body)
  return misbehave(provider.faults, (beforeWork) =>
    answerOnce(provider.database, request, async (tx) => {
      beforeWork()
      return answerWith(await intents.insertIntent(tx, parameters, card), provider.publicUrl)
    }),
  )
}

/** `POST /v1/refunds`: refunds once per Idempotency-Key, never more than is left. */
export function createRefund(provider: Provider, call: Call): Promise<Answer> {
  const parameters = parseParameters(refundParameters, call.body)
  const request = idempotentRequest(call.idempotencyKey, 'POST /v1/refunds', call.body)
  return misbehave(provider.faults, (beforeWork) =>
    answerOnce(provider.database, request, (tx) => {
      beforeWork()
      return refund(tx, parameters)
    }),
  )
}

/** `GET /v1/payment_intents/:id` */
export async function getIntent(provider: Provider, call: Call): Promise<Answer> {
  const intent = await intents.findIntent(await provider.database.pool(), call.id)
  if (intent === undefined) throw missing('payment intent')
  return json(200, intents.describeIntent(intent, provider.publicUrl))
}

/** `GET /v1/payment_intents?payment_id=…`: all attempts for our payment, oldest first; none is an empty list. */
export async function listIntents(provider: Provider, call: Call): Promise<Answer> {
  const { payment_id } = parseParameters(z.object({ payment_id: z.string().min(1) }), Object.fromEntries(call.query))
  const found = await intents.findIntentsOfPayment(await provider.database.pool(), payment_id)
  return list(found.map((intent) => intents.describeIntent(intent, provider.publicUrl)))
}

/** `GET /v1/refunds?payment_intent=…`: all refunds of an intent, oldest first. */
export async function listRefunds(provider: Provider, call: Call): Promise<Answer> {
  const { payment_intent } = parseParameters(
    z.object({ payment_intent: z.string().min(1) }),
    Object.fromEntries(call.query),
  )
  return list((await findRefunds(await provider.database.pool(), payment_intent)).map(describeRefund))
}

/** `POST /v1/payment_intents/:id/cancel`: twice is once; what has succeeded can't be canceled. */
export async function cancelIntent(provider: Provider, call: Call): Promise<Answer> {
  const intent = await intents.cancelIntent(await provider.database.pool(), call.id)
  if (intent === undefined) throw missing('payment intent')
  const payment_intent = intents.describeIntent(intent, provider.publicUrl)
  if (intent.status === 'canceled') return json(200, payment_intent)
  return refusal(400, {
    type: 'invalid_request_error',
    code: 'payment_intent_unexpected_state',
    message: `A payment intent that is ${intent.status} can't be canceled`,
    payment_intent,
  })
}

/**
 * Runs `work` with the faults that are set, once each however often it is repeated: failing before is a 500 that burns no
 * key, failing after cuts the connection over a committed effect. What is only replayed never fails.
 */
async function misbehave(faults: Faults, work: (beforeWork: () => void) => Promise<Answer>): Promise<Answer> {
  let isFirst = false
  const answer = await work(() => {
    if (faults.failsBefore()) throw unavailable()
    isFirst = true
  })
  return isFirst && faults.failsAfter() ? { ...answer, isCut: true } : answer
}

function answerWith(intent: intents.IntentRow, publicUrl: string): Answer {
  const payment_intent = intents.describeIntent(intent, publicUrl)
  const error = intent.last_payment_error
  return error === null ? json(200, payment_intent) : refusal(402, { ...error, payment_intent })
}

const list = (data: readonly unknown[]): Answer => json(200, { object: 'list', data, has_more: false })

const unavailable = (): ApiError =>
  new ApiError(500, { type: 'api_error', code: 'internal_error', message: 'Something went wrong; nothing was charged' })
