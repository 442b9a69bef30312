import type { Refusal } from '#platform/kernel/result.ts'
import type { StoredReservation } from '../persistence/reserve.ts'

/** Why a command on stock is refused; the schema's StockErrorCode. */
export type StockErrorCode =
  | 'BELOW_RESERVED'
  | 'IDEMPOTENCY_KEY_REUSED'
  | 'INVALID_QUANTITY'
  | 'OUT_OF_STOCK'
  | 'RESERVATION_ENDED'
  | 'RESERVATION_NOT_FOUND'
  | 'VARIANT_NOT_FOUND'

/** A refusal, with the variant at fault and, of OUT_OF_STOCK, how many there are. */
export type StockRefusal = Refusal<StockErrorCode> & { variantId?: string; available?: number }

/** A reservation, or why there is none. */
export type ReservationResult =
  | { readonly ok: true; readonly value: StoredReservation }
  | { readonly ok: false; readonly refusals: readonly StockRefusal[] }

/** One refusal about the order that the input names. */
export const refuseOrder = (code: StockErrorCode, message: string) => ({
  ok: false as const,
  refusals: [{ code, message, path: ['input', 'orderId'] }],
})

/** Too few units of a variant. */
export const outOfStock = (variantId: string, available: number, path: readonly string[]): StockRefusal => ({
  code: 'OUT_OF_STOCK',
  message: `only ${available} units of ${variantId} are left`,
  path,
  variantId,
  available,
})
