import { badInput } from '#platform/kernel/errors.ts'

const MAX_ENTRIES = 100
const MAX_KEY_LENGTH = 255
// Twice what Stripe allows a description: room for a sentence, none for a document.
const MAX_REASON_LENGTH = 1_000
const MAX_TTL_S = 86_400

/** `items` where there are 1 to 100 of them. Throws BAD_USER_INPUT. */
export function readItems<Entry>(items: readonly Entry[], field: string): readonly Entry[] {
  if (items.length < 1 || items.length > MAX_ENTRIES)
    throw badInput(field, `1 to ${MAX_ENTRIES} entries, got ${items.length}`)
  return items
}

/** How long to hold, from a second to a day. Throws BAD_USER_INPUT. */
export function readTtl(seconds: number): number {
  if (seconds < 1 || seconds > MAX_TTL_S)
    throw badInput('input.ttlSeconds', `1 to ${MAX_TTL_S} seconds, got ${seconds}`)
  return seconds
}

/** A key of 1 to 255 characters. Throws BAD_USER_INPUT. */
export function readKey(key: string): string {
  if (key.length < 1 || key.length > MAX_KEY_LENGTH)
    throw badInput('input.idempotencyKey', `1 to ${MAX_KEY_LENGTH} characters`)
  return key
}

/** What somebody says for the ledger. Throws BAD_USER_INPUT where it is a document. */
export function readReason<Text extends string | null | undefined>(reason: Text): Text {
  if ((reason?.length ?? 0) > MAX_REASON_LENGTH)
    throw badInput('input.reason', `at most ${MAX_REASON_LENGTH} characters`)
  return reason
}
