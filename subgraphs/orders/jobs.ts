import { z } from 'zod'
import type { Runtime } from '#platform/graphql/define-subgraph.ts'
import type { Jobs } from '#platform/jobs/worker.ts'
import type { Logger } from '#platform/runtime/logger.ts'
import { expireOrder } from './commands/expire-order.ts'
import { refundPayments } from './commands/refund-payments.ts'
import { resumeRefund } from './commands/send-refund.ts'
import { settleOrder } from './commands/settle-order.ts'
import { sweepOrders } from './commands/sweep-orders.ts'
import type { OrdersScope, OrdersServices } from './context.ts'

const payloadSchema = z.object({ orderId: z.string() })

// A job tries each step once; when a neighbour gives no answer it fails, and the job runner tries again later.
const ONE_ATTEMPT = 0

/** What goes on when nobody waits for it (checkout.md). */
export function createJobs(runtime: Runtime, services: OrdersServices): Jobs {
  const scopeOf = ({ requestId, log }: { requestId: string; log: Logger }): OrdersScope => ({
    requestId,
    log,
    runtime,
    services,
    transaction: (work) => runtime.transaction(requestId, work),
  })
  return {
    handlers: {
      'settle-order': async (payload, run) => {
        await settleOrder(scopeOf(run), payloadSchema.parse(payload).orderId, ONE_ATTEMPT)
      },
      'expire-order': async (payload, run) => {
        await expireOrder(scopeOf(run), payloadSchema.parse(payload).orderId)
      },
      'refund-order': (payload, run) => refundPayments(scopeOf(run), payload),
      'send-refund': (payload, run) => resumeRefund(scopeOf(run), payload),
      'sweep-orders': (_payload, run) => sweepOrders(scopeOf(run)),
    },
    crontab: '* * * * * sweep-orders',
  }
}
