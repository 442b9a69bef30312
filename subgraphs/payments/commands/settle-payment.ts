import { LockMode } from '@mikro-orm/postgresql'
import { settle, type Settlement } from '../domain/payment.ts'
import { Payment, type PaymentRow } from '../persistence/entities.ts'
import { announceSettlement } from './announce.ts'
import { reportPaymentJob, watchPaymentJob } from './jobs.ts'
import type { Work } from './work.ts'

/**
 * Takes down what the provider says, with the job that tells orders of it and the event, in one commit. The payment as it is
 * then: what is said twice or late does nothing.
 */
export const settlePayment = (work: Work, paymentId: string, settlement: Settlement): Promise<PaymentRow> =>
  work.transaction(async (tx) => {
    const payment = await tx.em.findOneOrFail(Payment, paymentId, { lockMode: LockMode.PESSIMISTIC_WRITE })
    const settled = settle(payment.status, settlement)
    if (settled === null) return payment
    Object.assign(payment, settled, {
      providerReference: settled.providerReference ?? payment.providerReference,
      inFlightUntil: null,
      version: payment.version + 1,
      updatedAt: new Date(),
    })
    announceSettlement(tx, payment)
    tx.stageJob(
      payment.status === 'REQUIRES_ACTION'
        ? watchPaymentJob(payment)
        : reportPaymentJob(payment.id, work.reportGraceMs),
    )
    return payment
  })
