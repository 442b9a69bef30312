import type { FilterQuery, SqlEntityManager } from '@mikro-orm/postgresql'
import { type RawBuilder, sql } from 'kysely'
import type { Sql } from '#platform/db/database.ts'
import type { OrderStatus } from '../domain/order.ts'
import {
  Order,
  type OrderEntity,
  OrderLine,
  type OrderLineEntity,
  Shipment,
  type ShipmentEntity,
  StatusChange,
  type StatusChangeEntity,
} from './entities.ts'

/** Which orders of the shop. What is left out does not matter. */
export type OrdersFilter = {
  statuses?: readonly OrderStatus[] | null
  customerId?: string | null
  createdAfter?: Date | null
  createdBefore?: Date | null
}

/** A page, newest first: `limit` orders that are older than the one with the id `before`. */
export type OrdersPage = { before: string | null; limit: number }

/** The orders with these ids. */
export const ordersById = (em: SqlEntityManager, ids: string[]): Promise<OrderEntity[]> =>
  em.find(Order, { id: { $in: ids } })

/** The lines of these orders, as the cart had them. */
export const linesOf = (em: SqlEntityManager, orderIds: string[]): Promise<OrderLineEntity[]> =>
  em.find(OrderLine, { orderId: { $in: orderIds } }, { orderBy: { position: 'asc' } })

/** The history of these orders, oldest first. */
export const historyOf = (em: SqlEntityManager, orderIds: string[]): Promise<StatusChangeEntity[]> =>
  em.find(StatusChange, { orderId: { $in: orderIds } }, { orderBy: { version: 'asc' } })

/** The shipments of these orders, oldest first. */
export const shipmentsOf = (em: SqlEntityManager, orderIds: string[]): Promise<ShipmentEntity[]> =>
  em.find(Shipment, { orderId: { $in: orderIds } }, { orderBy: { id: 'asc' } })

/** A page of the shop's orders. Ids sort by time, so they are the key of the page. */
export const pageOfOrders = (em: SqlEntityManager, filter: OrdersFilter, page: OrdersPage): Promise<OrderEntity[]> => {
  const older = page.before === null ? {} : { id: { $lt: page.before } }
  return em.find(Order, { $and: [where(filter), older] }, { orderBy: { id: 'desc' }, limit: page.limit })
}

/** How many orders the filter lets through. */
export const countOrders = (em: SqlEntityManager, filter: OrdersFilter): Promise<number> =>
  em.count(Order, where(filter))

function where({ statuses, customerId, createdAfter, createdBefore }: OrdersFilter): FilterQuery<OrderEntity> {
  const conditions: FilterQuery<OrderEntity>[] = []
  if (statuses) conditions.push({ status: { $in: [...statuses] } })
  if (customerId) conditions.push({ userId: customerId })
  if (createdAfter) conditions.push({ createdAt: { $gte: createdAfter } })
  if (createdBefore) conditions.push({ createdAt: { $lt: createdBefore } })
  return { $and: conditions }
}

/** One page of orders for each of these people, in one statement. */
export async function pagesOfUsers(
  em: SqlEntityManager,
  userIds: readonly string[],
  { statuses, before, limit }: OrdersPage & { statuses: readonly OrderStatus[] | null },
): Promise<OrderEntity[]> {
  const { rows } = await sql<Record<string, unknown>>`
    select page.* from unnest(${userIds}::uuid[]) as person (id)
    cross join lateral (
      select * from customer_order
      where user_id = person.id and ${hasStatus(statuses)} and (${before}::uuid is null or id < ${before}::uuid)
      order by id desc limit ${limit}
    ) as page`.execute(em.getKysely())
  return rows.map((row) => em.map(Order, row))
}

/** How many orders each of these people has; who has none is left out. One statement. */
export async function countsOfUsers(
  db: Sql,
  userIds: readonly string[],
  statuses: readonly OrderStatus[] | null,
): Promise<{ userId: string; count: number }[]> {
  const { rows } = await sql<{ userId: string; count: number }>`
    select user_id as "userId", count(*)::int as count from customer_order
    where user_id = any(${userIds}::uuid[]) and ${hasStatus(statuses)} group by user_id`.execute(db)
  return rows
}

const hasStatus = (statuses: readonly OrderStatus[] | null): RawBuilder<boolean> =>
  statuses === null ? sql<boolean>`true` : sql<boolean>`status = any(${statuses}::text[])`
