import { badInput } from '#platform/kernel/errors.ts'
import { type Money, type MoneyText, parseMoney } from '#platform/kernel/money.ts'
import { findCardNumber } from '../domain/card-number.ts'
import { type PaymentRefusal, refusal } from './answer.ts'

// As long as the contract says, and as a provider takes it.
const LONGEST_KEY = 255
const LONGEST_REASON = 500

/** Refuses what looks like a card number, wherever it stands; to be asked before anything is stored, sent or logged. */
export function refuseCardNumbers(input: unknown): PaymentRefusal | null {
  const path = findCardNumber(input)
  if (path === null) return null
  const message = "this looks like a card number, which must never be sent here; send the provider's token instead"
  return refusal('CARD_NUMBER_REFUSED', message, ['input', ...path])
}

/** An idempotency key of 1 to 255 characters. Throws BAD_USER_INPUT. */
export function readKey(idempotencyKey: string): string {
  if (idempotencyKey.length >= 1 && idempotencyKey.length <= LONGEST_KEY) return idempotencyKey
  throw badInput('idempotencyKey', `1 to ${LONGEST_KEY} characters, got ${idempotencyKey.length}`)
}

/** A reason, or none. Throws BAD_USER_INPUT where it is too long. */
export function readReason(reason: string | null | undefined): string | null {
  if (reason === null || reason === undefined || reason === '') return null
  if (reason.length <= LONGEST_REASON) return reason
  throw badInput('reason', `at most ${LONGEST_REASON} characters, got ${reason.length}`)
}

/** An amount; a refusal where it has more decimals than its currency, or is not positive. */
export function readAmount(text: MoneyText): Money | PaymentRefusal {
  const amount = parseMoney(text)
  if (amount !== null && amount.amountMinor > 0n) return amount
  return refusal('INVALID_AMOUNT', `expected a positive amount of ${text.currency}, with its decimals`, [
    'input',
    'amount',
  ])
}
