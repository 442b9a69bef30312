/** Where a reservation is in its life. */
export type ReservationStatus = 'HELD' | 'COMMITTED' | 'RELEASED' | 'EXPIRED'

/** What an order's stock can come to; each is also the kind of the movements it makes. */
export type Settlement = Exclude<ReservationStatus, 'HELD'>

/** What leaving `from` does to the stock, for each unit reserved. */
export type Step = { readonly from: ReservationStatus; readonly onHandEach: number; readonly reservedEach: number }

/**
 * How a reservation comes to each settlement; from a status that is not listed it does not. Committing an expired one
 * takes units that are not held any more, so that is the one step that can lack stock.
 */
export const STEPS: Readonly<Record<Settlement, readonly Step[]>> = {
  COMMITTED: [
    { from: 'HELD', onHandEach: -1, reservedEach: -1 },
    { from: 'EXPIRED', onHandEach: -1, reservedEach: 0 },
  ],
  RELEASED: [
    { from: 'HELD', onHandEach: 0, reservedEach: -1 },
    { from: 'COMMITTED', onHandEach: 1, reservedEach: 0 },
    { from: 'EXPIRED', onHandEach: 0, reservedEach: 0 },
  ],
  EXPIRED: [{ from: 'HELD', onHandEach: 0, reservedEach: -1 }],
}

/** Some units of one variant. */
export type Item = { readonly variantId: string; readonly quantity: number }

/** All that is asked of one variant, and the first item that asks for it. */
export type Line = Item & { readonly place: number }

/** One line per variant, in the order in which they first appear; what is asked for twice adds up. */
export function addUp(items: readonly Item[]): Line[] {
  const lines = new Map<string, Line>()
  for (const [place, { variantId, quantity }] of items.entries()) {
    const known = lines.get(variantId)
    lines.set(variantId, { variantId, place: known?.place ?? place, quantity: (known?.quantity ?? 0) + quantity })
  }
  return [...lines.values()]
}
