import type { Currency } from '#platform/kernel/currency.ts'
import { formatAmount, type Money, money } from '#platform/kernel/money.ts'
import { ok, type Refusal, type Result, refuse } from '#platform/kernel/result.ts'
import { invalidStatus, type OrderState, type OrderStatus } from './order.ts'

/** Why a refund is refused. */
export type RefundErrorCode = 'INVALID_AMOUNT' | 'INVALID_QUANTITY' | 'INVALID_STATUS' | 'LINE_NOT_FOUND'

/** A line as far as refunds go. */
export type RefundableLine = { id: string; quantity: number; refundedQuantity: number; unitPriceMinor: bigint }

/** How many of a line's units. */
export type LineQuantity = { lineId: string; quantity: number }

/** What the person asks for. */
export type RefundRequest =
  | { kind: 'rest' }
  | { kind: 'amount'; amount: Money }
  | { kind: 'lines'; lines: readonly LineQuantity[] }

/** What is paid back, and for which units; none where it is a mere amount. */
export type Refund = { amount: Money; lines: LineQuantity[] }

/** An order as far as refunds go. `leftMinor` is what was paid and is neither back nor on its way back. */
export type RefundableOrder = OrderState & { currency: Currency; leftMinor: bigint; lines: readonly RefundableLine[] }

const REFUNDABLE: readonly OrderStatus[] = ['CONFIRMED', 'SHIPPED', 'DELIVERED']

/** What a request comes to: never more than is left, nor more units than were bought. */
export function decideRefund(order: RefundableOrder, request: RefundRequest): Result<Refund, RefundErrorCode> {
  if (!REFUNDABLE.includes(order.status)) return invalidStatus(order, REFUNDABLE, 'REFUNDED')
  switch (request.kind) {
    case 'rest':
      return withinWhatIsLeft(
        order,
        { amount: money(order.leftMinor, order.currency), lines: unitsLeft(order.lines) },
        ['input'],
      )
    case 'amount':
      return withinWhatIsLeft(order, { amount: request.amount, lines: [] }, ['input', 'amount'])
    case 'lines':
      return refundLines(order, request.lines)
  }
}

function refundLines(order: RefundableOrder, asked: readonly LineQuantity[]): Result<Refund, RefundErrorCode> {
  const refusals = asked.flatMap((line, index) =>
    checkLine(order, asked.slice(0, index), line, ['input', 'lines', String(index)]),
  )
  if (refusals.length > 0) return { ok: false, refusals }
  const priceOf = new Map(order.lines.map((line) => [line.id, line.unitPriceMinor]))
  const total = asked.reduce((sum, line) => sum + (priceOf.get(line.lineId) ?? 0n) * BigInt(line.quantity), 0n)
  return withinWhatIsLeft(order, { amount: money(total, order.currency), lines: [...asked] }, ['input', 'lines'])
}

/** `earlier` are the entries before this one: two for the same line add up. */
function checkLine(
  order: RefundableOrder,
  earlier: readonly LineQuantity[],
  asked: LineQuantity,
  path: readonly string[],
): Refusal<RefundErrorCode>[] {
  const line = order.lines.find(({ id }) => id === asked.lineId)
  if (line === undefined) {
    return [{ code: 'LINE_NOT_FOUND', message: `lineId: ${order.number} has no such line`, path: [...path, 'lineId'] }]
  }
  const taken = earlier.filter(({ lineId }) => lineId === line.id).reduce((sum, { quantity }) => sum + quantity, 0)
  const left = line.quantity - line.refundedQuantity - taken
  if (asked.quantity >= 1 && asked.quantity <= left) return []
  const message = `quantity: expected 1 to ${left}, got ${asked.quantity}`
  return [{ code: 'INVALID_QUANTITY', message, path: [...path, 'quantity'] }]
}

function withinWhatIsLeft(
  order: RefundableOrder,
  refund: Refund,
  path: readonly string[],
): Result<Refund, RefundErrorCode> {
  const left = money(order.leftMinor, order.currency)
  const { amount } = refund
  if (amount.currency === order.currency && amount.amountMinor > 0n && amount.amountMinor <= order.leftMinor)
    return ok(refund)
  const got = `${formatAmount(amount)} ${amount.currency}`
  return refuse(
    'INVALID_AMOUNT',
    `expected more than nothing and at most ${formatAmount(left)} ${order.currency}, got ${got}`,
    path,
  )
}

const unitsLeft = (lines: readonly RefundableLine[]): LineQuantity[] =>
  lines
    .map((line) => ({ lineId: line.id, quantity: line.quantity - line.refundedQuantity }))
    .filter(({ quantity }) => quantity > 0)
