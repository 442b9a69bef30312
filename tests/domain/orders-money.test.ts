import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { money } from '#platform/kernel/money.ts'
import {
  absorb,
  isRefundedWhole,
  judge,
  type Payable,
  type PaymentReport,
  type PaymentTotals,
  sumsOf,
} from '../../subgraphs/orders/domain/payment.ts'
import { decideRefund, type RefundableOrder, type RefundRequest } from '../../subgraphs/orders/domain/refund.ts'

const TOTAL = 1_000n
const report = (version: number, capturedMinor: bigint, refundedMinor = 0n): PaymentReport => ({
  paymentId: 'p',
  version,
  captured: money(capturedMinor, 'USD'),
  refunded: money(refundedMinor, 'USD'),
})

describe('reports of payments', () => {
  // What one payment goes through: nothing, captured, refunded bit by bit.
  const history = fc
    .array(fc.bigInt(0n, TOTAL), { maxLength: 6 })
    .map((refunds) => [
      report(1, 0n),
      report(2, TOTAL),
      ...refunds.toSorted((a, b) => (a < b ? -1 : 1)).map((refunded, index) => report(index + 3, TOTAL, refunded)),
    ])

  test('come to the same in any order, however often they come', () => {
    const arrivals = history.chain((reports) =>
      fc.record({
        reports: fc.constant(reports),
        order: fc.shuffledSubarray([...reports, ...reports], { minLength: reports.length * 2 }),
      }),
    )
    const property = fc.property(arrivals, ({ reports, order }) => {
      const known = order.reduce<PaymentTotals | null>((totals, each) => absorb(totals, each) ?? totals, null)
      const last = reports.at(-1)
      assert.deepEqual(
        [known?.capturedMinor, known?.refundedMinor],
        [last?.captured.amountMinor, last?.refunded.amountMinor],
      )
    })
    fc.assert(property)
  })

  test('older ones do nothing, and money that was captured stays captured', () => {
    const known = absorb(null, report(5, TOTAL))
    assert.equal(absorb(known, report(5, 0n)), null)
    assert.equal(absorb(known, report(4, 0n)), null)
    assert.equal(absorb(known, report(6, 0n))?.capturedMinor, TOTAL)
  })

  test('an answer, which has no version, only adds to what is known', () => {
    const answer = { ...report(0, TOTAL, 5n), version: null }
    const known = absorb(null, report(2, TOTAL))
    assert.deepEqual(absorb(known, answer), { ...known, refundedMinor: 5n })
    assert.equal(absorb(absorb(known, answer), answer), null)
    assert.equal(absorb(absorb(null, answer), report(1, TOTAL, 6n))?.refundedMinor, 6n)
  })
})

describe('a captured payment', () => {
  const order: Payable = { number: '', status: 'PENDING', currency: 'USD', totalMinor: TOTAL, paidBy: null }
  const payment: PaymentTotals = {
    paymentId: 'p',
    version: 1,
    currency: 'USD',
    capturedMinor: TOTAL,
    refundedMinor: 0n,
  }

  test('pays a PENDING order of exactly its amount', () => assert.equal(judge(order, payment), 'pays'))
  test('of another amount or currency goes back', () => {
    assert.equal(judge(order, { ...payment, capturedMinor: TOTAL - 1n }), 'mismatch')
    assert.equal(judge(order, { ...payment, currency: 'EUR' }), 'mismatch')
  })
  test('of an order that has ended, or is paid by another, goes back', () => {
    assert.equal(judge({ ...order, status: 'CANCELLED' }, payment), 'late')
    assert.equal(judge({ ...order, status: 'CANCELLED', paidBy: 'p' }, payment), 'late')
    assert.equal(judge({ ...order, status: 'REFUNDED', paidBy: 'q' }, payment), 'late')
    assert.equal(judge({ ...order, status: 'CONFIRMED', paidBy: 'q' }, payment), 'late')
  })
  test('that is known, nothing yet or back already needs nothing', () => {
    assert.equal(judge({ ...order, status: 'SHIPPED', paidBy: 'p' }, { ...payment, refundedMinor: 1n }), 'nothing')
    assert.equal(judge(order, { ...payment, capturedMinor: 0n }), 'nothing')
    assert.equal(judge({ ...order, status: 'CANCELLED' }, { ...payment, refundedMinor: TOTAL }), 'nothing')
  })
  test('counts in the order’s currency only', () => {
    const sums = sumsOf(
      [payment, { ...payment, paymentId: 'q', currency: 'EUR' }, { ...payment, paymentId: 'r', refundedMinor: 5n }],
      'USD',
    )
    assert.deepEqual(sums, { paidMinor: 2n * TOTAL, refundedMinor: 5n })
    assert.equal(isRefundedWhole(sums), false)
    assert.equal(isRefundedWhole({ paidMinor: 0n, refundedMinor: 0n }), false)
  })
})

describe('a refund', () => {
  const order = (leftMinor: bigint, refunded = [0, 0]): RefundableOrder => ({
    number: 'ORD-2026-000001',
    status: 'DELIVERED',
    currency: 'USD',
    leftMinor,
    lines: [
      { id: 'a', quantity: 3, refundedQuantity: refunded[0] ?? 0, unitPriceMinor: 200n },
      { id: 'b', quantity: 1, refundedQuantity: refunded[1] ?? 0, unitPriceMinor: 400n },
    ],
  })
  const request: fc.Arbitrary<RefundRequest> = fc.oneof(
    fc.constant<RefundRequest>({ kind: 'rest' }),
    fc.bigInt(-100n, 1_200n).map((minor): RefundRequest => ({ kind: 'amount', amount: money(minor, 'USD') })),
    fc
      .array(fc.record({ lineId: fc.constantFrom('a', 'b', 'c'), quantity: fc.integer({ min: -1, max: 4 }) }), {
        minLength: 1,
        maxLength: 4,
      })
      .map((lines): RefundRequest => ({ kind: 'lines', lines })),
  )

  test('after any others never pays back more than was paid, nor more units than were bought', () => {
    const property = fc.property(fc.array(request, { maxLength: 8 }), (requests) => {
      let left = TOTAL
      const units = new Map([
        ['a', 0],
        ['b', 0],
      ])
      for (const each of requests) {
        const decided = decideRefund(order(left, [units.get('a') ?? 0, units.get('b') ?? 0]), each)
        if (!decided.ok) continue
        assert.ok(decided.value.amount.amountMinor > 0n)
        left -= decided.value.amount.amountMinor
        for (const { lineId, quantity } of decided.value.lines) units.set(lineId, (units.get(lineId) ?? 0) + quantity)
      }
      assert.ok(left >= 0n)
      assert.ok((units.get('a') ?? 0) <= 3 && (units.get('b') ?? 0) <= 1)
    })
    fc.assert(property)
  })

  const refusalOf = (given: RefundableOrder, asked: RefundRequest) => {
    const decided = decideRefund(given, asked)
    return decided.ok ? null : decided.refusals.map(({ code, path }) => [code, path.join('.')])
  }

  test('names what is wrong with it', () => {
    const lines = [
      { lineId: 'a', quantity: 2 },
      { lineId: 'a', quantity: 2 },
      { lineId: 'x', quantity: 1 },
    ]
    assert.deepEqual(refusalOf(order(TOTAL), { kind: 'lines', lines }), [
      ['INVALID_QUANTITY', 'input.lines.1.quantity'],
      ['LINE_NOT_FOUND', 'input.lines.2.lineId'],
    ])
    assert.deepEqual(refusalOf(order(TOTAL), { kind: 'amount', amount: money(1n, 'EUR') }), [
      ['INVALID_AMOUNT', 'input.amount'],
    ])
    assert.deepEqual(refusalOf(order(500n), { kind: 'lines', lines: [{ lineId: 'a', quantity: 3 }] }), [
      ['INVALID_AMOUNT', 'input.lines'],
    ])
    assert.deepEqual(refusalOf({ ...order(TOTAL), status: 'PENDING' }, { kind: 'rest' }), [
      ['INVALID_STATUS', 'input.id'],
    ])
  })

  test('of all that is left takes the units that are left', () => {
    assert.deepEqual(decideRefund(order(600n, [2, 0]), { kind: 'rest' }), {
      ok: true,
      value: {
        amount: money(600n, 'USD'),
        lines: [
          { lineId: 'a', quantity: 1 },
          { lineId: 'b', quantity: 1 },
        ],
      },
    })
  })
})
