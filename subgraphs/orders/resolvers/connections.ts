import { z } from 'zod'
import { type Connection, decodeCursor, type PageArgs, readFirst, toConnection } from '#platform/graphql/connections.ts'
import type { OrdersContext } from '../context.ts'
import type { OrderStatus } from '../domain/order.ts'
import type { OrderEntity } from '../persistence/entities.ts'
import { countOrders, type OrdersFilter, pageOfOrders } from '../persistence/queries.ts'

/** A page of orders; `totalCount` is asked of the database only where the client asks for it. */
export type OrderPage = Connection<OrderEntity> & { totalCount: () => Promise<number> }

const cursor = z.tuple([z.uuid()])

/** A page of the shop's orders, newest first. One statement, and one for `totalCount`. */
export async function shopOrders(context: OrdersContext, args: PageArgs, filter: OrdersFilter): Promise<OrderPage> {
  const { before, limit } = pageOf(args)
  const em = context.runtime.database.fork()
  const orders = await pageOfOrders(em, filter, { before, limit })
  return { ...toPage(orders, args), totalCount: () => countOrders(context.sql, filter) }
}

/** A page of one person's orders, newest first. One statement for all people of a query. */
export async function userOrders(
  { loaders }: OrdersContext,
  userId: string,
  args: PageArgs & { statuses?: readonly OrderStatus[] | null },
): Promise<OrderPage> {
  const statuses = args.statuses ?? null
  const orders = await loaders.pageOfUser.load({ userId, statuses, ...pageOf(args) })
  return { ...toPage(orders, args), totalCount: () => loaders.countOfUser.load({ userId, statuses }) }
}

// One more than asked for tells whether there is a next page.
const pageOf = (args: PageArgs) => ({
  before: decodeCursor(args.after, cursor)?.[0] ?? null,
  limit: readFirst(args.first) + 1,
})

const toPage = (orders: readonly OrderEntity[], args: PageArgs) => toConnection(orders, args, (order) => [order.id])
