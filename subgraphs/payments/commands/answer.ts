import type { Refusal } from '#platform/kernel/result.ts'
import type { PaymentErrorCode } from '../../../.generated/payments.ts'
import { declineMessage } from '../domain/decline-messages.ts'
import type { PaymentMethodRow, PaymentRow } from '../persistence/entities.ts'

/** Why something was refused, as the graph has it. */
export type PaymentRefusal = { code: PaymentErrorCode; message: string; path: string[] }

/** A payment as it is now, and what is to be said about it. */
export type PaymentAnswer = { payment: PaymentRow | null; userErrors: PaymentRefusal[] }

/** A saved method, or why there is none. */
export type MethodAnswer = { paymentMethod: PaymentMethodRow | null; userErrors: PaymentRefusal[] }

/** One reason to refuse. */
export const refusal = (
  code: PaymentErrorCode,
  message: string,
  path: readonly string[] = ['input'],
): PaymentRefusal => ({
  code,
  message,
  path: [...path],
})

/** Nothing was done. */
export const refused = (...refusals: Refusal<PaymentErrorCode>[]): PaymentAnswer => ({
  payment: null,
  userErrors: refusals.map(toUserError),
})

/** Nothing was done about a saved method. */
export const refusedMethod = (...refusals: Refusal<PaymentErrorCode>[]): MethodAnswer => ({
  paymentMethod: null,
  userErrors: refusals.map(toUserError),
})

/** The provider has not answered, and nothing was begun. */
export const providerAway = (): PaymentRefusal =>
  refusal('PROVIDER_UNAVAILABLE', 'the card provider does not answer; try again later')

/** A charge as it stands: the same each time that it is asked for. */
export function chargeAnswer(payment: PaymentRow): PaymentAnswer {
  if (payment.status === 'FAILED') {
    return { payment, userErrors: [refusal('DECLINED', declineMessage(payment.failureCode), ['input', 'payment'])] }
  }
  if (payment.status !== 'PENDING') return { payment, userErrors: [] }
  const message = 'the card provider has not answered yet; the outcome comes later, nothing is charged twice'
  return { payment, userErrors: [refusal('PROVIDER_UNAVAILABLE', message)] }
}

const toUserError = ({ code, message, path }: Refusal<PaymentErrorCode>): PaymentRefusal => refusal(code, message, path)
