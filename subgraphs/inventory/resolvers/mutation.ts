import { personOf } from '#platform/auth/viewer.ts'
import { badInput } from '#platform/kernel/errors.ts'
import { isId } from '#platform/kernel/ids.ts'
import type { MutationResolvers } from '../../../.generated/inventory.ts'
import { adjustStock } from '../commands/adjust-stock.ts'
import { commitReservation } from '../commands/commit-reservation.ts'
import { refuseOrder, type ReservationResult, type StockRefusal } from '../commands/refusals.ts'
import { releaseReservation } from '../commands/release-reservation.ts'
import { reserveStock } from '../commands/reserve-stock.ts'
import { setStock } from '../commands/set-stock.ts'
import type { InventoryContext } from '../context.ts'
import { readItems, readKey, readReason, readTtl } from './read-input.ts'

const DEFAULT_TTL_S = 900

export const Mutation: MutationResolvers = {
  setStock: async (_root, { input }, context) => {
    readReason(input.reason)
    const scope = {
      transaction: context.transaction.bind(context),
      products: context.services.products,
      requestId: context.requestId,
    }
    return stockPayload(context, input.variantId, await setStock(scope, input))
  },

  adjustStock: async (_root, { input: { idempotencyKey, ...adjustment } }, context) => {
    readReason(adjustment.reason)
    const key = { userId: personOf(context.viewer), idempotencyKey: readKey(idempotencyKey) }
    const refusals = await context.transaction((tx) => adjustStock(tx, adjustment, key))
    return stockPayload(context, adjustment.variantId, refusals)
  },

  reserveStock: async (_root, { input }, context) => {
    if (!isId(input.orderId)) throw badInput('input.orderId', 'the id of an order')
    const items = readItems(input.items, 'input.items')
    const ttlSeconds = readTtl(input.ttlSeconds ?? DEFAULT_TTL_S)
    return reservationPayload(
      await context.transaction((tx) => reserveStock(tx, { orderId: input.orderId, items, ttlSeconds })),
    )
  },

  commitReservation: (_root, { input }, context) => settled(context, input.orderId, commitReservation),

  releaseReservation: (_root, { input }, context) => settled(context, input.orderId, releaseReservation),
}

async function settled(context: InventoryContext, orderId: string, command: typeof commitReservation) {
  if (!isId(orderId)) return reservationPayload(refuseOrder('RESERVATION_NOT_FOUND', `there is no order ${orderId}`))
  return reservationPayload(await context.transaction((tx) => command(tx, orderId)))
}

/** The loader is told to forget: an earlier root field of the same operation may have read the stock as it was. */
function stockPayload(context: InventoryContext, variantId: string, refusals: readonly StockRefusal[]) {
  context.loaders.stock.clear(variantId)
  return { variant: refusals.length === 0 ? { id: variantId } : null, userErrors: [...refusals] }
}

const reservationPayload = (result: ReservationResult) =>
  result.ok ? { reservation: result.value, userErrors: [] } : { reservation: null, userErrors: [...result.refusals] }
