import { z } from 'zod'
import type { Runtime } from '#platform/graphql/define-subgraph.ts'
import type { Jobs } from '#platform/jobs/worker.ts'
import { EXPIRE_RESERVATION, expireReservation, sweepReservations } from './commands/expire-reservation.ts'

const SWEEP_RESERVATIONS = 'sweep-reservations'
const expirePayload = z.object({ orderId: z.guid() })

/** The durable work of inventory. */
export const createJobs = (runtime: Runtime): Jobs => ({
  handlers: {
    [EXPIRE_RESERVATION]: async (payload, { requestId }) => {
      const { orderId } = expirePayload.parse(payload)
      await runtime.transaction(requestId, (tx) => expireReservation(tx, orderId))
    },
    [SWEEP_RESERVATIONS]: (_payload, { requestId }) => runtime.transaction(requestId, sweepReservations),
  },
  crontab: `* * * * * ${SWEEP_RESERVATIONS}`,
})
