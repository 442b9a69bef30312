import { ok, refuse, type Result } from '#platform/kernel/result.ts'

// A thousand million units of one variant: beyond any warehouse, and twice that is still inside GraphQL's 32-bit Int.
export const MAX_UNITS = 1_000_000_000

/** The stock of one variant. `onHand = available + reserved`, none negative. */
export type StockLevel = {
  readonly variantId: string
  readonly onHand: number
  readonly reserved: number
  readonly lowStockThreshold: number
  readonly version: number
  readonly updatedAt: Date
}

/** What decides how a stock changes; the rest of it is bookkeeping. */
export type Units = Pick<StockLevel, 'onHand' | 'reserved' | 'lowStockThreshold'>

/** Why a count or an adjustment is refused. */
export type StockRefusal = 'BELOW_RESERVED' | 'INVALID_QUANTITY'

/** A variant's stock before anybody counted it. */
export const NO_UNITS: Units = { onHand: 0, reserved: 0, lowStockThreshold: 0 }

/** Units that can be bought now. */
export const available = ({ onHand, reserved }: Pick<Units, 'onHand' | 'reserved'>): number => onHand - reserved

/** At or under its threshold. */
export const isLow = (units: Units): boolean => available(units) <= units.lowStockThreshold

/** Whether the variant was not low and is now. */
export const hasBecomeLow = (before: Units, after: Units): boolean => !isLow(before) && isLow(after)

/** Whether `quantity` is one that a line may ask for. */
export const isLineQuantity = (quantity: number): boolean => quantity >= 1 && quantity <= MAX_UNITS

/** The stock after somebody counted `onHand` units. A threshold that is left out stays. */
export function count(
  units: Units,
  counted: { onHand: number; lowStockThreshold?: number | null | undefined },
): Result<Units, StockRefusal> {
  const lowStockThreshold = counted.lowStockThreshold ?? units.lowStockThreshold
  if (!isStored(counted.onHand)) return outOfBounds('onHand', counted.onHand)
  if (!isStored(lowStockThreshold)) return outOfBounds('lowStockThreshold', lowStockThreshold)
  if (counted.onHand < units.reserved) return belowReserved('onHand', counted.onHand, units)
  return ok({ ...units, onHand: counted.onHand, lowStockThreshold })
}

/** The stock after `delta` units were added, or taken where it is negative. */
export function adjust(units: Units, delta: number): Result<Units, StockRefusal> {
  if (delta === 0) return refuse('INVALID_QUANTITY', 'expected units to add or to take, got 0', ['input', 'delta'])
  const onHand = units.onHand + delta
  if (onHand > MAX_UNITS) return outOfBounds('delta', onHand)
  if (onHand < units.reserved) return belowReserved('delta', onHand, units)
  return ok({ ...units, onHand })
}

const isStored = (quantity: number): boolean => quantity >= 0 && quantity <= MAX_UNITS

const outOfBounds = (field: string, quantity: number) =>
  refuse('INVALID_QUANTITY', `expected 0 to ${MAX_UNITS} units, it would be ${quantity}`, ['input', field])

const belowReserved = (field: string, onHand: number, { reserved }: Units) =>
  refuse('BELOW_RESERVED', `${reserved} units are reserved, only ${onHand} would be on hand`, ['input', field])
