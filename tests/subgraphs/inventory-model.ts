import type { ReservationStatus } from '../../subgraphs/inventory/domain/reservation.ts'

/** What a test may do to the stock; variants and orders by their number. */
export type Action =
  | { do: 'reserve'; order: number; items: readonly { variant: number; quantity: number }[] }
  | { do: 'commit' | 'release' | 'expire'; order: number }
  | { do: 'set'; variant: number; onHand: number }
  | { do: 'adjust'; variant: number; delta: number }

/** The stock as simple as can be: what the contract says, without a database, locks or a ledger. */
export class Model {
  readonly onHand: number[]
  readonly reserved: number[]
  readonly #orders = new Map<number, { status: ReservationStatus; wanted: number[] }>()

  constructor(variants: number) {
    this.onHand = Array.from({ length: variants }, () => 0)
    this.reserved = Array.from({ length: variants }, () => 0)
  }

  /** Does it, and says how it ends: OK or the code of the refusal. */
  apply(action: Action): string {
    switch (action.do) {
      case 'reserve':
        return this.#reserve(action.order, action.items)
      case 'commit':
        return this.#commit(action.order)
      case 'release':
        return this.#release(action.order)
      case 'expire':
        return this.#expire(action.order)
      case 'set':
        return this.#setOnHand(action.variant, action.onHand)
      case 'adjust':
        return this.#setOnHand(action.variant, this.#of(this.onHand, action.variant) + action.delta)
    }
  }

  #reserve(order: number, items: readonly { variant: number; quantity: number }[]): string {
    const known = this.#orders.get(order)
    if (known !== undefined) return known.status === 'RELEASED' ? 'RESERVATION_ENDED' : 'OK'
    const wanted = this.onHand.map((_, variant) =>
      items.filter((item) => item.variant === variant).reduce((sum, item) => sum + item.quantity, 0),
    )
    if (!this.#hasAvailable(wanted)) return 'OUT_OF_STOCK'
    add(this.reserved, wanted, 1)
    this.#orders.set(order, { status: 'HELD', wanted })
    return 'OK'
  }

  #commit(order: number): string {
    const known = this.#orders.get(order)
    if (known === undefined) return 'RESERVATION_NOT_FOUND'
    if (known.status === 'RELEASED') return 'RESERVATION_ENDED'
    if (known.status === 'EXPIRED' && !this.#hasAvailable(known.wanted)) return 'OUT_OF_STOCK'
    if (known.status !== 'COMMITTED') add(this.onHand, known.wanted, -1)
    if (known.status === 'HELD') add(this.reserved, known.wanted, -1)
    known.status = 'COMMITTED'
    return 'OK'
  }

  #release(order: number): string {
    const known = this.#orders.get(order)
    if (known?.status === 'HELD') add(this.reserved, known.wanted, -1)
    if (known?.status === 'COMMITTED') add(this.onHand, known.wanted, 1)
    this.#orders.set(order, { wanted: known?.wanted ?? [], status: 'RELEASED' })
    return 'OK'
  }

  #expire(order: number): string {
    const known = this.#orders.get(order)
    if (known?.status !== 'HELD') return 'OK'
    add(this.reserved, known.wanted, -1)
    known.status = 'EXPIRED'
    return 'OK'
  }

  #setOnHand(variant: number, onHand: number): string {
    if (onHand < this.#of(this.reserved, variant)) return 'BELOW_RESERVED'
    this.onHand[variant] = onHand
    return 'OK'
  }

  #hasAvailable(wanted: readonly number[]): boolean {
    return wanted.every(
      (quantity, variant) => quantity <= this.#of(this.onHand, variant) - this.#of(this.reserved, variant),
    )
  }

  #of(counts: readonly number[], variant: number): number {
    return counts[variant] ?? 0
  }
}

function add(counts: number[], quantities: readonly number[], sign: 1 | -1): void {
  for (const [variant, quantity] of quantities.entries()) counts[variant] = (counts[variant] ?? 0) + sign * quantity
}
