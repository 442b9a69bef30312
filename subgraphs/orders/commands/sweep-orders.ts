import type { OrdersScope } from '../context.ts'
import { stuckOrders } from '../persistence/queries.ts'
import { stageSettlement } from './stage-jobs.ts'

const BATCH = 500

/**
 * The job `sweep-orders`: has every order go on at once that should have done so a minute ago. After a neighbour was away for
 * long, the jobs' own pauses between attempts have grown to hours.
 */
export const sweepOrders = (scope: OrdersScope): Promise<void> =>
  scope.transaction(async (tx) => {
    for (const id of await stuckOrders(tx.sql, BATCH)) stageSettlement(tx, id, new Date())
  })
