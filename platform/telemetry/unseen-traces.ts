import { randomBytes } from 'node:crypto'

// Other than those of any other process, and of any other trace of this one: more is not asked of ids that nobody will see.
const OURS = `00-${randomBytes(8).toString('hex')}`
// To write a number in sixteen digits costs as much as a look into a cache: only the last two change each time.
const BYTES = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))
let made = 0
let before = ''

/**
 * Says in the headers of a request that nobody records its trace: the same for all, as many are answered without asking
 * anybody. A subgraph that is asked gets an {@link unseenTraceparent} in its place.
 */
export const UNSEEN = `${OURS}${'f'.repeat(16)}-${'f'.repeat(16)}-00`

/** A trace that nobody records, for whoever it is passed on to. */
export function unseenTraceparent(): string {
  const byte = made % BYTES.length
  if (byte === 0) before = (made / BYTES.length + 1).toString(16).padStart(14, '0')
  made += 1
  const own = before + (BYTES[byte] ?? '')
  return `${OURS}${own}-${own}-00`
}

/** Whether a `traceparent` says that nobody records its trace. */
export const isUnseen = (traceparent: string | undefined): boolean =>
  traceparent !== undefined && (traceparent === UNSEEN || NOT_SAMPLED.test(traceparent))

// The last bit of the flags: https://www.w3.org/TR/trace-context/#sampled-flag
const NOT_SAMPLED = /^[\da-f]{2}-[\da-f]{32}-[\da-f]{16}-[\da-f][02468ace]$/
