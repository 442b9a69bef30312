import type { Connection } from '#platform/graphql/connections.ts'
import type { StockLevel } from './domain/stock.ts'
import type { Movement } from './persistence/movements.ts'

/** A variant by its id; with `stock` where it is at hand already, null included. */
export type VariantReference = { id: string; stock?: StockLevel | null }

/** A product with the variants that the router was told of. */
export type ProductReference = { id: string; variants?: readonly { id: string }[] }

/** A line that could not be bought; `hasStock` says whether any stock was ever recorded. */
export type Unavailable = { variantId: string; hasStock: boolean; requested: number; available: number }

type Counted<Node> = Connection<Node> & { totalCount: () => Promise<number> }

/** A page of stock levels. */
export type LevelPage = Counted<StockLevel>

/** A page of a ledger. */
export type MovementPage = Counted<Movement>
