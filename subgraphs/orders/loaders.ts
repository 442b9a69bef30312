import DataLoader from 'dataloader'
import { loadMany, loadOne } from '#platform/db/by-key.ts'
import type { LoaderScope } from '#platform/graphql/define-subgraph.ts'
import { isId } from '#platform/kernel/ids.ts'
import type { OrdersServices } from './context.ts'
import type { OrderStatus } from './domain/order.ts'
import type { OrderEntity } from './persistence/entities.ts'
import {
  countsOfUsers,
  historyOf,
  linesOf,
  ordersById,
  ordersByNumber,
  pagesOfUsers,
  shipmentsOf,
} from './persistence/queries.ts'

/** One person's page of orders. `before` is the id that the page begins after. */
export type UserPage = { userId: string; statuses: readonly OrderStatus[] | null; before: string | null; limit: number }

/** Which of a person's orders to count. */
export type UserCount = Pick<UserPage, 'userId' | 'statuses'>

/** One loader per key, new for each request; each costs one statement, whatever the number of keys. */
export const createLoaders = (scope: LoaderScope<OrdersServices>) => {
  const em = () => scope.runtime.database.fork()
  return {
    order: loadOne(
      (ids) => ordersById(em(), ids),
      (order) => order.id,
    ),
    orderByNumber: new DataLoader<string, OrderEntity | null>(async (numbers) => {
      const orders = new Map((await ordersByNumber(em(), [...numbers])).map((order) => [order.number, order]))
      return numbers.map((number) => orders.get(number) ?? null)
    }),
    linesOfOrder: loadMany(
      (ids) => linesOf(em(), ids),
      (line) => line.orderId,
    ),
    historyOfOrder: loadMany(
      (ids) => historyOf(em(), ids),
      (change) => change.orderId,
    ),
    shipmentsOfOrder: loadMany(
      (ids) => shipmentsOf(em(), ids),
      (shipment) => shipment.orderId,
    ),
    /** Pages of several people, asked for with the same arguments, come with one statement. */
    pageOfUser: byUser<UserPage, OrderEntity[]>(async (userIds, page) => {
      const orders = Map.groupBy(await pagesOfUsers(em(), userIds, page), (order) => order.userId)
      return (userId) => orders.get(userId) ?? []
    }),
    countOfUser: byUser<UserCount, number>(async (userIds, { statuses }) => {
      const counts = new Map((await countsOfUsers(scope.sql, userIds, statuses)).map((row) => [row.userId, row.count]))
      return (userId) => counts.get(userId) ?? 0
    }),
  }
}

/** The loaders of one request. */
export type OrdersLoaders = ReturnType<typeof createLoaders>

/** A loader by person and arguments: one `fetch` for all people with equal arguments. */
function byUser<Key extends { userId: string }, Value>(
  fetch: (userIds: string[], args: Key) => Promise<(userId: string) => Value>,
): DataLoader<Key, Value, string> {
  const argumentsOf = (key: Key) => JSON.stringify({ ...key, userId: null })
  const load = async (keys: readonly Key[]): Promise<Value[]> => {
    const answers = new Map<string, (userId: string) => Value>()
    for (const [group, members] of Map.groupBy(keys, argumentsOf)) {
      const [first] = members
      const userIds = members.map(({ userId }) => userId).filter(isId)
      if (first !== undefined) answers.set(group, await fetch(userIds, first))
    }
    return keys.map((key) => valueOf(answers.get(argumentsOf(key)), key.userId))
  }
  return new DataLoader(load, { cacheKeyFn: (key) => JSON.stringify(key) })
}

function valueOf<Value>(answer: ((userId: string) => Value) | undefined, userId: string): Value {
  if (answer === undefined) throw new Error(`expected an answer for ${userId}`)
  return answer(userId)
}
