import { createHash } from 'node:crypto'
import { type Answer, ApiError, badParameter } from './answer.ts'
import { holdsCardNumber } from './card-number.ts'
import type { Database, Queryable } from './database.ts'

// As Stripe's: https://docs.stripe.com/api/idempotent_requests
const LONGEST_KEY = 255

/** A request that may be sent any number of times: its key, and a hash of everything that it asks for. */
export type IdempotentRequest = { readonly key: string; readonly hash: string }

/** Reads the Idempotency-Key header, which is required; `operation` and `body` are what the key stands for. */
export function idempotentRequest(key: string | undefined, operation: string, body: unknown): IdempotentRequest {
  if (key === undefined || key === '') throw badKey('parameter_missing', 'Provide an Idempotency-Key header')
  if (key.length > LONGEST_KEY)
    throw badKey('parameter_invalid', `An Idempotency-Key has at most ${LONGEST_KEY} characters`)
  if (holdsCardNumber(key)) throw badKey('card_number_refused', 'Card numbers are not taken here')
  return {
    key,
    hash: createHash('sha256')
      .update(`${operation} ${canonicalJson(body)}`)
      .digest('hex'),
  }
}

/**
 * Runs `work` once per key, its effect and its answer stored in one transaction; afterwards the stored answer is given again
 * with `Idempotent-Replayed: true`. Who comes with the same key meanwhile waits. What `work` throws burns no key.
 */
export function answerOnce(
  database: Database,
  request: IdempotentRequest,
  work: (tx: Queryable) => Promise<Answer>,
): Promise<Answer> {
  return database.transaction(async (tx) => {
    await tx.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [request.key])
    const earlier = await findAnswer(tx, request)
    if (earlier !== undefined) return earlier
    const answer = await work(tx)
    await tx.query('insert into idempotency_keys (key, request_hash, status, body) values ($1, $2, $3, $4)', [
      request.key,
      request.hash,
      answer.status,
      answer.body,
    ])
    return answer
  })
}

async function findAnswer(tx: Queryable, request: IdempotentRequest): Promise<Answer | undefined> {
  const { rows } = await tx.query<{ request_hash: string; status: number; body: string }>(
    'select request_hash, status, body from idempotency_keys where key = $1',
    [request.key],
  )
  const stored = rows[0]
  if (stored === undefined) return undefined
  if (stored.request_hash !== request.hash) throw reused()
  const headers = { 'content-type': 'application/json; charset=utf-8', 'idempotent-replayed': 'true' }
  return { status: stored.status, headers, body: stored.body }
}

const reused = (): ApiError =>
  new ApiError(400, {
    type: 'idempotency_error',
    code: 'idempotency_key_reused',
    message: 'Keys for idempotent requests can only be used with the same parameters they were first used with',
  })

const badKey = (code: string, message: string): ApiError => badParameter(code, 'Idempotency-Key', message)

/** JSON in which the order of fields makes no difference. */
const canonicalJson = (value: unknown): string =>
  JSON.stringify(value, (_, part: unknown) => (isRecord(part) ? Object.fromEntries(Object.entries(part).sort()) : part))

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
