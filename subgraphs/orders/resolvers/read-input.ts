import { badInput, CallerError } from '#platform/kernel/errors.ts'
import { type Money, type MoneyText, parseMoney } from '#platform/kernel/money.ts'
import type { CheckoutInput, PaymentSourceInput, RefundOrderInput } from '../../../.generated/orders.ts'
import type { CheckoutRequest } from '../commands/checkout.ts'
import type { RefundRequest } from '../domain/refund.ts'
import type { PaymentSource } from '../persistence/entities.ts'

const MAX_KEY = 255
const MAX_SOURCE = 255
const MAX_TEXT = 500
const MAX_CARRIER = 120
// A provider's token is never digits alone; a card number is. We keep the source until payments has answered.
const DIGITS_ONLY = /^[\d\s-]+$/

/** Reads the input of `checkout`. Throws BAD_USER_INPUT, naming the field. */
export const readCheckout = (input: CheckoutInput, userId: string): CheckoutRequest => ({
  userId,
  cartId: input.cartId,
  cartVersion: input.cartVersion ?? null,
  expectedTotal: input.expectedTotal ? readMoney(input.expectedTotal, 'input.expectedTotal') : null,
  shippingAddress: input.shippingAddress,
  shippingOptionId: input.shippingOptionId ?? null,
  paymentSource: input.payment ? readSource(input.payment, input.returnUrl ?? null) : null,
  idempotencyKey: readKey(input.idempotencyKey),
})

/** Reads what to refund: lines, or an amount, or, without either, all that is left. Throws BAD_USER_INPUT. */
export function readRefund({ lines, amount }: RefundOrderInput): RefundRequest {
  if (lines && amount) throw badInput('input.amount', 'either lines or an amount, got both')
  if (amount) return { kind: 'amount', amount: readMoney(amount, 'input.amount') }
  if (!lines) return { kind: 'rest' }
  if (lines.length === 0) throw badInput('input.lines', 'at least one line')
  return { kind: 'lines', lines: lines.map(({ lineId, quantity }) => ({ lineId, quantity })) }
}

/** An idempotency key. Throws BAD_USER_INPUT unless it has 1 to 255 characters. */
export function readKey(key: string): string {
  if (key.length < 1 || key.length > MAX_KEY) throw badInput('input.idempotencyKey', `1 to ${MAX_KEY} characters`)
  return key
}

/** Words for people, null where there are none. Throws BAD_USER_INPUT where they are too many. */
export const readNote = (text: string | null | undefined): string | null => readText(text, 'input.reason', MAX_TEXT)

/** A name or number of a carrier, null where there is none. Throws BAD_USER_INPUT where it is too long. */
export const readCarrier = (text: string | null | undefined, field: string): string | null =>
  readText(text, field, MAX_CARRIER)

/** Money as a client writes it. Throws BAD_USER_INPUT. */
export function readMoney(text: MoneyText, field: string): Money {
  const value = parseMoney(text)
  if (value === null)
    throw badInput(`${field}.amount`, `an amount of ${text.currency}, got ${JSON.stringify(text.amount)}`)
  return value
}

/** The person who asks; the guards let nobody else come here. */
export function requirePerson(userId: string | null): string {
  if (userId === null) throw new CallerError('UNAUTHENTICATED', 'this needs a signed-in user')
  return userId
}

function readSource({ methodId, token }: PaymentSourceInput, returnUrl: string | null): PaymentSource {
  if (methodId && token) throw badInput('input.payment', 'exactly one of methodId and token, got both')
  if (!methodId && !token) throw badInput('input.payment', 'exactly one of methodId and token, got neither')
  if ((methodId ?? token ?? '').length > MAX_SOURCE) throw badInput('input.payment', `at most ${MAX_SOURCE} characters`)
  if (token && DIGITS_ONLY.test(token)) throw badInput('input.payment.token', "a provider's token, never a card number")
  return { methodId: methodId || null, token: token || null, returnUrl }
}

function readText(text: string | null | undefined, field: string, max: number): string | null {
  const trimmed = text?.trim() ?? ''
  if (trimmed.length > max) throw badInput(field, `at most ${max} characters`)
  return trimmed === '' ? null : trimmed
}
