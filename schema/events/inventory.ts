import { z } from 'zod'
import type { NewEvent } from './envelope.ts'

/** Event types of inventory. */
export const STOCK_CHANGED = 'stock.changed'
export const STOCK_LOW_REACHED = 'stock.low_reached'
export const RESERVATION_EXPIRED = 'reservation.expired'

const units = z.int().min(0)

/** The whole stock of a variant at one version: `data` of both stock events, and what the live channels carry. */
export const stockSnapshotSchema = z.object({
  id: z.guid(),
  onHand: units,
  reserved: units,
  lowStockThreshold: units,
  version: units,
  updatedAt: z.iso.datetime(),
})

/** A {@link stockSnapshotSchema}; `id` is the variant's. */
export type StockSnapshot = z.output<typeof stockSnapshotSchema>

/** The order whose reservation was given back because its time was over. */
export const reservationExpiredSchema = z.object({ orderId: z.guid() })

/** The stock of a variant is now as `snapshot` says. Subject: the variant. */
export const stockChanged = (snapshot: StockSnapshot): NewEvent => ({
  type: STOCK_CHANGED,
  subject: snapshot.id,
  data: snapshot,
})

/** A variant that was not low has come to its low-stock threshold. Subject: the variant. */
export const stockLowReached = (snapshot: StockSnapshot): NewEvent => ({
  type: STOCK_LOW_REACHED,
  subject: snapshot.id,
  data: snapshot,
})

/** A reservation outlived its time. Subject: the order. */
export const reservationExpired = (orderId: string): NewEvent => ({
  type: RESERVATION_EXPIRED,
  subject: orderId,
  data: { orderId },
})
