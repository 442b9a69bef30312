import { loadMany, loadOne } from '#platform/db/by-key.ts'
import type { LoaderScope } from '#platform/graphql/define-subgraph.ts'
import type { PaymentsServices } from './commands/work.ts'
import { PaymentMethod } from './persistence/entities.ts'
import { findMethodsOf, findPayments, findPaymentsOf, findRefundsOf } from './persistence/queries.ts'

/** One loader per key; each is one statement per level. */
export function createLoaders({ runtime }: LoaderScope<PaymentsServices>) {
  const em = () => runtime.database.fork()
  return {
    payment: loadOne(
      (ids) => findPayments(em(), ids),
      (payment) => payment.id,
    ),
    paymentsOfOrder: loadMany(
      (ids) => findPaymentsOf(em(), ids),
      (payment) => payment.orderId,
    ),
    refunds: loadMany(
      (ids) => findRefundsOf(em(), ids),
      (refund) => refund.paymentId,
    ),
    method: loadOne(
      (ids) => em().find(PaymentMethod, { id: { $in: ids } }),
      (method) => method.id,
    ),
    methodsOfUser: loadMany(
      (ids) => findMethodsOf(em(), ids),
      (method) => method.userId,
    ),
  }
}

/** The loaders of a request. */
export type PaymentsLoaders = ReturnType<typeof createLoaders>
