import type { SqlEntityManager } from '@mikro-orm/postgresql'
import type { Runtime } from '#platform/graphql/define-subgraph.ts'
import type { Transaction } from '#platform/db/transaction.ts'
import type { Logger } from '#platform/runtime/logger.ts'
import type { OrdersClient } from '../neighbours/orders.ts'
import type { CardProvider } from '../provider/provider.ts'

/** What the payments subgraph makes once a process. */
export type PaymentsServices = { provider: CardProvider; orders: OrdersClient }

/** What commands work with, whether a request or a job asks for them. */
export type Work = PaymentsServices & {
  requestId: string
  log: Logger
  /** How long the job that tells orders holds back, because the request is about to do so itself. */
  reportGraceMs: number
  /** Until when the provider may take, starting now. */
  deadline(): Date
  /** When an order of which no more is known is due at the latest. */
  latestDueAt(): Date
  /** A fresh entity manager, outside any transaction. */
  em(): SqlEntityManager
  transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T>
}

// Who calls us waits NEIGHBOUR_TIMEOUT_MS; our own wait for the provider has to end early enough for an answer.
const SHARE_OF_TIMEOUT = 0.75

/** The work of one request or job. */
export const createWork = (
  runtime: Runtime,
  services: PaymentsServices,
  run: Pick<Work, 'requestId' | 'log' | 'reportGraceMs'>,
): Work => ({
  ...services,
  requestId: run.requestId,
  log: run.log,
  reportGraceMs: run.reportGraceMs,
  deadline: () => new Date(Date.now() + runtime.config.NEIGHBOUR_TIMEOUT_MS * SHARE_OF_TIMEOUT),
  latestDueAt: () => new Date(Date.now() + runtime.config.PAYMENT_DUE_MS),
  em: () => runtime.database.fork(),
  transaction: (work) => runtime.transaction(run.requestId, work),
})
