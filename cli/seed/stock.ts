import { z } from 'zod'
import { type Ask, ShopError, userErrors } from '../client/ask.ts'
import { chunksOf, inParallel } from './in-parallel.ts'

/** What is on hand of a variant at the beginning. */
export type StockToSet = { variantId: string; onHand: number; lowStockThreshold: number }

// Some variants per request, some requests at once: two cores are busy, and no request is large.
const CHUNK = 20
const AT_ONCE = 4

/** Records stock of the variants that have no record yet: what was sold since stays sold. Resolves with how many it recorded. */
export async function ensureStock(ask: Ask, wanted: readonly StockToSet[]): Promise<number> {
  const recorded = await inParallel(chunksOf(wanted, CHUNK), AT_ONCE, async (chunk) => {
    const missing = await withoutRecord(ask, chunk)
    if (missing.length > 0) await record(ask, missing)
    return missing.length
  })
  return recorded.reduce((sum, count) => sum + count, 0)
}

async function withoutRecord(ask: Ask, chunk: readonly StockToSet[]): Promise<StockToSet[]> {
  const parameters = chunk.map((_, index) => `$v${index}: ID!`)
  const fields = chunk.map((_, index) => `v${index}: stockMovements(variantId: $v${index}, first: 1) { nodes { id } }`)
  const document = `query FindStock(${parameters.join(', ')}) {\n  ${fields.join('\n  ')}\n}`
  const variables = Object.fromEntries(chunk.map(({ variantId }, index) => [`v${index}`, variantId]))
  const found = await ask({ document, variables, answer: z.record(z.string(), z.unknown()) })
  return chunk.filter((_, index) => found[`v${index}`] === null)
}

async function record(ask: Ask, chunk: readonly StockToSet[]): Promise<void> {
  const parameters = chunk.map((_, index) => `$s${index}: SetStockInput!`)
  const fields = chunk.map((_, index) => `s${index}: setStock(input: $s${index}) { userErrors { code message } }`)
  const document = `mutation SetStock(${parameters.join(', ')}) {\n  ${fields.join('\n  ')}\n}`
  const variables = Object.fromEntries(
    chunk.map((stock, index) => [`s${index}`, { ...stock, reason: 'Opening stock' }]),
  )
  const answers = await ask({ document, variables, answer: z.record(z.string(), z.object({ userErrors })) })
  const [refused] = Object.values(answers).flatMap((answer) => answer.userErrors)
  if (refused !== undefined) throw new ShopError(`stock could not be set: ${refused.message}`)
}
