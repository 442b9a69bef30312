import { hasScope, personOf } from '#platform/auth/viewer.ts'
import { CallerError } from '#platform/kernel/errors.ts'
import { money, toMoneyText } from '#platform/kernel/money.ts'
import type { Resolvers } from '../../.generated/payments.ts'
import { chargeOrder } from './commands/charge-order.ts'
import { payOrder } from './commands/pay-order.ts'
import { removePaymentMethod, savePaymentMethod, setDefaultPaymentMethod } from './commands/payment-methods.ts'
import { refundOrderPayments } from './commands/refund-order-payments.ts'
import { refundPayment } from './commands/refund-payment.ts'
import { createWork, type Work } from './commands/work.ts'
import type { PaymentsContext } from './context.ts'
import type { PaymentRow } from './persistence/entities.ts'

// What a request reports to orders itself takes this long at most; then the job that was committed with it does.
const REPORT_GRACE_MS = 3_000

/** Maps the contract of payments.graphql to commands and loaders. */
export const resolvers: Resolvers<PaymentsContext> = {
  Query: {
    payment: async (_parent, { id }, context) => visible(context, await context.loaders.payment.load(id)),
  },
  Mutation: {
    savePaymentMethod: (_parent, { input: { token, makeDefault } }, context) =>
      savePaymentMethod(workOf(context), person(context), { token, makeDefault: makeDefault ?? false }),
    removePaymentMethod: (_parent, { input }, context) =>
      removePaymentMethod(workOf(context), person(context), input.id),
    setDefaultPaymentMethod: (_parent, { input }, context) =>
      setDefaultPaymentMethod(workOf(context), person(context), input.id),
    payOrder: (_parent, { input }, context) => payOrder(workOf(context), person(context), input),
    refundPayment: (_parent, { input }, context) => refundPayment(workOf(context), person(context), input),
    chargeOrder: (_parent, { input }, context) => chargeOrder(workOf(context), input),
    refundOrderPayments: (_parent, { input }, context) =>
      refundOrderPayments(workOf(context), serviceOf(context), input),
  },
  Payment: {
    __resolveReference: async ({ id }, context) => visible(context, await context.loaders.payment.load(id)),
    order: ({ orderId }) => ({ id: orderId }),
    amount: ({ amountMinor, currency }) => toMoneyText(money(amountMinor, currency)),
    refundedAmount: ({ refundedMinor, currency }) => toMoneyText(money(refundedMinor, currency)),
    method: ({ methodBrand, methodLast4 }) => ({ brand: methodBrand, last4: methodLast4 }),
    refunds: ({ id }, _args, { loaders }) => loaders.refunds.load(id),
  },
  Refund: {
    amount: ({ amountMinor, currency }) => toMoneyText(money(amountMinor, currency)),
    createdAt: ({ settledAt, createdAt }) => settledAt ?? createdAt,
  },
  PaymentMethod: {
    __resolveReference: async ({ id }, { viewer, loaders }) => {
      const method = await loaders.method.load(id)
      return method !== null && method.userId === personOf(viewer) ? method : null
    },
  },
  Order: {
    payments: async ({ id }, _args, context) => {
      if (context.viewer.kind === 'guest') return null
      const payments = await context.loaders.paymentsOfOrder.load(id)
      return payments.every((payment) => visible(context, payment) !== null) ? payments : null
    },
  },
  User: {
    paymentMethods: ({ id }, _args, { viewer, loaders }) =>
      personOf(viewer) === id ? loaders.methodsOfUser.load(id) : null,
  },
}

/** A payment is its customer's, and theirs who may read all. To anyone else there is none. */
function visible({ viewer }: PaymentsContext, payment: PaymentRow | null): PaymentRow | null {
  const isAllowed =
    viewer.kind === 'service' || hasScope(viewer, 'payments:read') || personOf(viewer) === payment?.userId
  return isAllowed ? payment : null
}

/** What a person asks for is reported to orders within the request; a service hears of it by the answer, and by job. */
const workOf = ({ runtime, services, requestId, log, viewer }: PaymentsContext): Work =>
  createWork(runtime, services, { requestId, log, reportGraceMs: viewer.kind === 'service' ? 0 : REPORT_GRACE_MS })

/** The person who asks; the platform's guard has made sure that there is one. */
function person({ viewer }: PaymentsContext): string {
  const id = personOf(viewer)
  if (id === null) throw new CallerError('UNAUTHENTICATED', 'a signed-in user is needed')
  return id
}

/** The service that asks; the platform's guard has made sure that it is one. */
function serviceOf({ viewer }: PaymentsContext): string {
  if (viewer.kind !== 'service') throw new CallerError('FORBIDDEN', 'a service token is needed')
  return viewer.service
}
