import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import type { Transaction } from './transaction.ts'

/** What an idempotency key led to: the first answer, or the fact that it was used for something else. */
export type Keyed<Answer> = { kind: 'answer'; answer: Answer } | { kind: 'reused' }

/** One use of a key. `scope` is the operation and its user; `input` is what must be the same for the key to mean the same. */
export type KeyUse = { scope: string; key: string; input: unknown }

/**
 * Runs `work` once per (scope, key), within the caller's transaction: who comes second waits for the first to commit and
 * gets its answer (JSON). Another input under the same key is `reused`. A `work` that throws burns no key.
 * One statement more than `work`, two the first time.
 */
export async function once<Answer>(tx: Transaction, use: KeyUse, work: () => Promise<Answer>): Promise<Keyed<Answer>> {
  const hash = inputHash(use.input)
  const inserted = await sql`
    insert into idempotency_key (scope, key, input_hash) values (${use.scope}, ${use.key}, ${hash})
    on conflict do nothing returning key`.execute(tx.sql)
  if (inserted.rows.length === 0) return recall<Answer>(tx, use, hash)
  const answer = await work()
  await sql`
    update idempotency_key set answer = ${JSON.stringify(answer)}::jsonb
    where scope = ${use.scope} and key = ${use.key}`.execute(tx.sql)
  return { kind: 'answer', answer }
}

/** The same for equal JSON, whatever the order of its keys. */
export const inputHash = (input: unknown): string =>
  createHash('sha256')
    .update(JSON.stringify(sorted(input)) ?? 'undefined')
    .digest('base64url')

async function recall<Answer>(tx: Transaction, use: KeyUse, hash: string): Promise<Keyed<Answer>> {
  const { rows } = await sql<{ input_hash: string; answer: Answer }>`
    select input_hash, answer from idempotency_key where scope = ${use.scope} and key = ${use.key}`.execute(tx.sql)
  const [first] = rows
  if (first === undefined) throw new Error(`expected the idempotency key of ${use.scope} that blocked ours, it is gone`)
  return first.input_hash === hash ? { kind: 'answer', answer: first.answer } : { kind: 'reused' }
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value === 'bigint') return value.toString()
  if (value === null || typeof value !== 'object' || value instanceof Date) return value
  const entries = Object.entries(value).filter(([, held]) => held !== undefined)
  return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([key, held]) => [key, sorted(held)]))
}
