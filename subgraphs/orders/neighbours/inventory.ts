import { z } from 'zod'
import type { Neighbours } from '#platform/graphql/neighbours.ts'
import type { Shortage } from '../domain/settlement.ts'

/** Whether stock is held or sold for the order; if not, why, and what there is too little of. */
export type StockAnswer = { ok: true } | { ok: false; codes: string[]; shortages: Shortage[] }

/** What orders asks of inventory; each is idempotent by the order's id, and throws NeighbourError. */
export type InventoryClient = {
  /** All lines or none. */
  reserve(input: ReserveStock, requestId: string): Promise<StockAnswer>
  commit(orderId: string, requestId: string): Promise<StockAnswer>
  /** Gives a reservation back, a committed one's stock too; one that has not come yet will find itself ended. */
  release(orderId: string, requestId: string): Promise<void>
}

/** What to hold, and for how long. */
export type ReserveStock = { orderId: string; items: { variantId: string; quantity: number }[]; ttlSeconds: number }

const PAYLOAD = 'userErrors { code available variant { id } }'
const DOCUMENTS = {
  reserve: `mutation ReserveStock($input: ReserveStockInput!) { answer: reserveStock(input: $input) { ${PAYLOAD} } }`,
  commit: `mutation CommitReservation($input: ReservationInput!) { answer: commitReservation(input: $input) { ${PAYLOAD} } }`,
  release: `mutation ReleaseReservation($input: ReservationInput!) { answer: releaseReservation(input: $input) { ${PAYLOAD} } }`,
}
const userError = z.object({
  code: z.string(),
  available: z.int().nullable(),
  variant: z.object({ id: z.string() }).nullable(),
})
const answer = z.object({ answer: z.object({ userErrors: z.array(userError) }) })

/** A client of inventory over service calls. */
export function createInventoryClient(neighbours: Neighbours): InventoryClient {
  const send = async (operation: keyof typeof DOCUMENTS, input: object, requestId: string): Promise<StockAnswer> => {
    const document = DOCUMENTS[operation]
    const data = await neighbours({ to: 'inventory', document, variables: { input }, answer, actorId: null, requestId })
    return toAnswer(data.answer.userErrors)
  }
  return {
    reserve: (input, requestId) => send('reserve', input, requestId),
    commit: (orderId, requestId) => send('commit', { orderId }, requestId),
    release: async (orderId, requestId) => void (await send('release', { orderId }, requestId)),
  }
}

function toAnswer(errors: readonly z.output<typeof userError>[]): StockAnswer {
  if (errors.length === 0) return { ok: true }
  const short = errors.filter(({ code }) => code === 'OUT_OF_STOCK' || code === 'VARIANT_NOT_FOUND')
  return {
    ok: false,
    codes: errors.map(({ code }) => code),
    shortages: short.map(({ variant, available }) => ({ variantId: variant?.id ?? null, available: available ?? 0 })),
  }
}
