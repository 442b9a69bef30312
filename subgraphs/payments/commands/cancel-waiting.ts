import type { PaymentRow } from '../persistence/entities.ts'
import { settlePayment } from './settle-payment.ts'
import type { Work } from './work.ts'

/**
 * Ends a payment that waits for the person, at the provider first: FAILED with `failureCode`, or COMPLETED where the person
 * was faster. `unknown` where the provider does not answer; then nothing is changed.
 */
export async function cancelWaiting(
  work: Work,
  payment: PaymentRow,
  { failureCode, deadline }: { failureCode: string; deadline: Date },
): Promise<PaymentRow | 'unknown'> {
  const reference = payment.providerReference
  if (reference === null)
    throw new Error(`expected ${payment.id}, which is ${payment.status}, to be known to the provider`)
  const outcome = await work.provider.cancel(reference, deadline)
  switch (outcome.kind) {
    case 'unknown':
      return 'unknown'
    case 'succeeded':
      return settlePayment(work, payment.id, outcome)
    case 'canceled':
      return settlePayment(work, payment.id, { kind: 'declined', reference, code: failureCode })
  }
}
