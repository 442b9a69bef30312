import type { PaymentEventData, PaymentEventType } from '#schema/events/payments.ts'
import type { Transaction } from '#platform/db/transaction.ts'
import { money, toMoneyText } from '#platform/kernel/money.ts'
import type { PaymentRow, RefundRow } from '../persistence/entities.ts'

/** Tells the world what came of a charge. */
export function announceSettlement(tx: Transaction, payment: PaymentRow): void {
  const data = describe(payment)
  if (payment.status === 'COMPLETED') stage(tx, payment, 'payment.completed', data)
  if (payment.status === 'REQUIRES_ACTION') stage(tx, payment, 'payment.action_required', data)
  if (payment.failureCode !== null) stage(tx, payment, 'payment.failed', { ...data, failureCode: payment.failureCode })
}

/** Tells the world that money was given back. */
export const announceRefund = (tx: Transaction, payment: PaymentRow, refund: RefundRow): void =>
  stage(tx, payment, 'payment.refunded', {
    ...describe(payment),
    refundId: refund.id,
    refundAmount: toMoneyText(money(refund.amountMinor, payment.currency)),
    refundedAmount: toMoneyText(money(payment.refundedMinor, payment.currency)),
  })

const stage = <Type extends PaymentEventType>(
  tx: Transaction,
  payment: PaymentRow,
  type: Type,
  data: PaymentEventData<Type>,
): void => tx.stageEvent({ type, subject: payment.id, data })

const describe = ({ id, orderId, userId, version, amountMinor, currency }: PaymentRow) => ({
  paymentId: id,
  orderId,
  userId,
  version,
  amount: toMoneyText(money(amountMinor, currency)),
})
