import { z } from 'zod'
import { NeighbourError, type Neighbours } from '#platform/graphql/neighbours.ts'
import { CURRENCIES } from '#platform/kernel/currency.ts'
import { type Money, parseMoney, toMoneyText } from '#platform/kernel/money.ts'

/** An order as far as paying it goes. */
export type OrderToPay = { status: string; total: Money; paymentDueAt: Date | null }

/** What a payment has come to by now, in whole. */
export type PaymentReport = {
  orderId: string
  paymentId: string
  paymentVersion: number
  capturedAmount: Money
  refundedAmount: Money
  failureCode: string | null
}

/** What payments asks of orders. Both throw NeighbourError where no sound answer came. */
export type OrdersClient = {
  /** The person's own order; null where there is none. */
  findOrder(orderId: string, caller: { actorId: string; requestId: string }): Promise<OrderToPay | null>
  /** Tells orders what a payment has come to. Twice or late does nothing there. Throws unless it is acknowledged. */
  recordPayment(report: PaymentReport, requestId: string): Promise<void>
}

const FIND = `query OrderToPay($id: ID!) { order(id: $id) { id status total { amount currency } paymentDueAt } }`
const RECORD = `mutation RecordPayment($input: RecordPaymentInput!) { recordPayment(input: $input) { userErrors { code message } } }`

const orderAnswer = z.object({
  order: z
    .object({
      status: z.string(),
      total: z.object({ amount: z.string(), currency: z.enum(CURRENCIES) }).transform((text, refinement) => {
        const total = parseMoney(text)
        if (total !== null) return total
        refinement.addIssue('expected an amount of money')
        return z.NEVER
      }),
      paymentDueAt: z.iso
        .datetime()
        .transform((text) => new Date(text))
        .nullable(),
    })
    .nullable(),
})
const recordAnswer = z.object({
  recordPayment: z.object({ userErrors: z.array(z.object({ code: z.string(), message: z.string() })) }),
})

/** A client of orders over service calls. */
export const createOrdersClient = (neighbours: Neighbours): OrdersClient => ({
  findOrder: async (id, { actorId, requestId }) => {
    const call = { to: 'orders' as const, document: FIND, variables: { id }, answer: orderAnswer, actorId, requestId }
    return (await neighbours(call)).order
  },
  recordPayment: async (report, requestId) => {
    const input = {
      ...report,
      capturedAmount: toMoneyText(report.capturedAmount),
      refundedAmount: toMoneyText(report.refundedAmount),
    }
    const call = {
      to: 'orders' as const,
      document: RECORD,
      variables: { input },
      answer: recordAnswer,
      actorId: null,
      requestId,
    }
    const [refusal] = (await neighbours(call)).recordPayment.userErrors
    if (refusal !== undefined)
      throw new NeighbourError(`orders did not take note of a payment: ${refusal.code}, ${refusal.message}`)
  },
})
