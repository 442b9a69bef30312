import { z } from 'zod'
import type { Runtime } from '#platform/graphql/define-subgraph.ts'
import type { JobHandler, Jobs } from '#platform/jobs/worker.ts'
import { reportPayment } from './commands/report-payment.ts'
import { resolvePayment } from './commands/resolve-payment.ts'
import { resolveRefund } from './commands/settle-refund.ts'
import { sweep } from './commands/sweep.ts'
import { createWork, type PaymentsServices, type Work } from './commands/work.ts'

const paymentAttempt = z.object({ paymentId: z.uuid(), attempt: z.int().default(0) })
const refundAttempt = z.object({ refundId: z.uuid(), attempt: z.int().default(0) })

/** The durable work of the payments subgraph. */
export function createJobs(runtime: Runtime, services: PaymentsServices): Jobs {
  const withWork =
    (handle: (work: Work, payload: unknown) => Promise<void>): JobHandler =>
    (payload, { requestId, log }) =>
      handle(createWork(runtime, services, { requestId, log, reportGraceMs: 0 }), payload)
  return {
    handlers: {
      'resolve-payment': withWork((work, payload) => {
        const { paymentId, attempt } = paymentAttempt.parse(payload)
        return resolvePayment(work, paymentId, attempt)
      }),
      'report-payment': withWork((work, payload) => reportPayment(work, paymentAttempt.parse(payload).paymentId)),
      'resolve-refund': withWork((work, payload) => {
        const { refundId, attempt } = refundAttempt.parse(payload)
        return resolveRefund(work, refundId, attempt)
      }),
      'sweep-payments': withWork((work) => sweep(work)),
    },
    crontab: '* * * * * sweep-payments',
  }
}
