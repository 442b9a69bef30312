import { sql } from 'kysely'
import type { Sql } from '#platform/db/database.ts'
import type { Settlement } from '../domain/reservation.ts'

/** One entry of the ledger; `version` is that of the stock it led to. */
export type Movement = {
  id: string
  version: number
  kind: 'COUNTED' | 'ADJUSTED' | 'RESERVED' | Settlement
  onHandDelta: number
  reservedDelta: number
  orderId: string | null
  reason: string | null
  createdAt: Date
}

/** Up to `limit` movements of a variant, newest first, from before `beforeVersion`. */
export async function movementsOf(
  db: Sql,
  page: { variantId: string; beforeVersion: number | null; limit: number },
): Promise<Movement[]> {
  const { rows } = await sql<Movement>`
    select id, version, kind, on_hand_delta as "onHandDelta", reserved_delta as "reservedDelta", order_id as "orderId",
      reason, created_at as "createdAt"
    from stock_movement
    where variant_id = ${page.variantId} and (${page.beforeVersion}::int is null or version < ${page.beforeVersion}::int)
    order by version desc limit ${page.limit}`.execute(db)
  return rows
}

/** How many movements a variant has. */
export async function countMovements(db: Sql, variantId: string): Promise<number> {
  const { rows } = await sql<{ total: number }>`
    select count(*)::int as total from stock_movement where variant_id = ${variantId}`.execute(db)
  return rows[0]?.total ?? 0
}
