import type { SqlEntityManager } from '@mikro-orm/postgresql'
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

/** The orders with these numbers. */
export const ordersByNumber = (em: SqlEntityManager, numbers: string[]): Promise<OrderEntity[]> =>
  em.find(Order, { number: { $in: numbers } })

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
export async function pageOfOrders(
  em: SqlEntityManager,
  filter: OrdersFilter,
  { before, limit }: OrdersPage,
): Promise<OrderEntity[]> {
  const { rows } = await sql<Record<string, unknown>>`
    select * from customer_order where ${matches(filter)} and ${isOlder(before)}
    order by id desc limit ${limit}`.execute(em.getKysely())
  return rows.map((row) => em.map(Order, row))
}

/** How many orders the filter lets through. */
export async function countOrders(db: Sql, filter: OrdersFilter): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from customer_order where ${matches(filter)}`.execute(db)
  return rows[0]?.count ?? 0
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
      where user_id = person.id and ${hasStatus(statuses)} and ${isOlder(before)}
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

/** Orders that have had something to do for a minute and more, oldest first: whatever should have done it has failed. */
export async function stuckOrders(db: Sql, limit: number): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select id from customer_order
    where reached <> 'SETTLED' and status <> 'CANCELLED' and updated_at < now() - interval '1 minute'
      and (status <> 'PENDING' or payment_due_at <= now() or paid_by is not null
        or reached = 'PLACED' or payment_source is not null)
    order by updated_at limit ${limit}`.execute(db)
  return rows.map(({ id }) => id)
}

type Condition = RawBuilder<boolean>

const ALWAYS: Condition = sql<boolean>`true`

const hasStatus = (statuses: readonly OrderStatus[] | null | undefined): Condition =>
  statuses ? sql<boolean>`status = any(${statuses}::text[])` : ALWAYS

const isOlder = (before: string | null): Condition => (before === null ? ALWAYS : sql<boolean>`id < ${before}::uuid`)

const matches = ({ statuses, customerId, createdAfter, createdBefore }: OrdersFilter): Condition =>
  sql.join(
    [
      hasStatus(statuses),
      customerId ? sql<boolean>`user_id = ${customerId}::uuid` : ALWAYS,
      createdAfter ? sql<boolean>`created_at >= ${createdAfter}` : ALWAYS,
      createdBefore ? sql<boolean>`created_at < ${createdBefore}` : ALWAYS,
    ],
    sql` and `,
  )
