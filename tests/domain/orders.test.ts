import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { CURRENCIES } from '#platform/kernel/currency.ts'
import { money } from '#platform/kernel/money.ts'
import { canMove } from '#platform/kernel/state-machine.ts'
import {
  decide,
  hasEnded,
  type OrderCommand,
  orderNumber,
  type OrderStatus,
  TRANSITIONS,
} from '../../subgraphs/orders/domain/order.ts'
import { lineTotal, totalsOf } from '../../subgraphs/orders/domain/pricing.ts'
import { refusalsOf } from '../../subgraphs/orders/domain/refusals.ts'
import { isBeingPaid, nextStep, REACHED, type Settlement, type Step } from '../../subgraphs/orders/domain/settlement.ts'

const STATUSES = Object.keys(TRANSITIONS) as OrderStatus[]
const status = fc.constantFrom(...STATUSES)
const command: fc.Arbitrary<OrderCommand> = fc.constantFrom(
  { kind: 'confirm' },
  { kind: 'cancel', reason: 'CUSTOMER_CANCELLED' },
  { kind: 'cancel', reason: 'PAYMENT_EXPIRED' },
  { kind: 'ship' },
  { kind: 'deliver' },
  { kind: 'refund-whole' },
)

describe('the states of an order', () => {
  test('are those of checkout.md', () => {
    const steps = STATUSES.flatMap((from) =>
      STATUSES.filter((to) => canMove<OrderStatus>(TRANSITIONS, from, to)).map((to) => `${from} → ${to}`),
    )
    assert.deepEqual(steps.toSorted(), [
      'CONFIRMED → CANCELLED',
      'CONFIRMED → REFUNDED',
      'CONFIRMED → SHIPPED',
      'DELIVERED → REFUNDED',
      'PENDING → CANCELLED',
      'PENDING → CONFIRMED',
      'SHIPPED → DELIVERED',
      'SHIPPED → REFUNDED',
    ])
    assert.deepEqual(
      STATUSES.filter((of) => hasEnded({ number: '', status: of })),
      ['CANCELLED', 'REFUNDED'],
    )
  })

  test('change by no sequence of commands but along those steps, and a command given twice changes nothing', () => {
    const property = fc.property(fc.array(command, { maxLength: 12 }), (commands) => {
      let order = { number: 'ORD-2026-000001', status: 'PENDING' as OrderStatus }
      for (const each of commands) {
        const decision = decide(order, each)
        if (!decision.ok) {
          assert.deepEqual(
            decision.refusals.map(({ code }) => code),
            ['INVALID_STATUS'],
          )
          continue
        }
        if (decision.value === null) continue
        assert.ok(canMove<OrderStatus>(TRANSITIONS, order.status, decision.value.status))
        order = { ...order, status: decision.value.status }
        assert.deepEqual(decide(order, each), { ok: true, value: null })
      }
    })
    fc.assert(property)
  })

  test('say in a refusal what would have been allowed', () => {
    const decision = decide(
      { number: 'ORD-2026-000007', status: 'SHIPPED' },
      { kind: 'cancel', reason: 'SHOP_CANCELLED' },
    )
    assert.deepEqual(decision, {
      ok: false,
      refusals: [
        {
          code: 'INVALID_STATUS',
          message: 'only an order that is PENDING or CONFIRMED can become CANCELLED; ORD-2026-000007 is SHIPPED',
          path: ['input', 'id'],
        },
      ],
    })
  })
})

test('an order number holds the year and at least six digits', () => {
  assert.equal(orderNumber(123n, new Date('2026-12-31T23:59:59Z')), 'ORD-2026-000123')
  assert.equal(orderNumber(1_234_567n, new Date('2027-01-01T00:00:00Z')), 'ORD-2027-1234567')
})

describe('what a purchase costs', () => {
  const to = {
    recipient: 'A',
    line1: 'B',
    line2: null,
    city: 'C',
    region: null,
    postalCode: 'D',
    countryCode: 'DE',
    phone: null,
  }
  const purchase = fc.constantFrom(...CURRENCIES).chain((currency) =>
    fc.record({
      currency: fc.constant(currency),
      shipping: fc.bigInt(0n, 10n ** 6n).map((minor) => money(minor, currency)),
      lines: fc.array(
        fc.record({
          quantity: fc.integer({ min: 1, max: 999 }),
          unitPrice: fc.bigInt(0n, 10n ** 12n).map((minor) => money(minor, currency)),
        }),
        { maxLength: 100 },
      ),
    }),
  )

  test('is the exact sum of its lines, shipping and tax, whatever their order', () => {
    const property = fc.property(purchase, (bought) => {
      const totals = totalsOf({ ...bought, to })
      const lines = bought.lines.reduce((sum, line) => sum + lineTotal(line).amountMinor, 0n)
      assert.equal(totals.subtotal.amountMinor, lines)
      assert.equal(totals.total.amountMinor, lines + bought.shipping.amountMinor + totals.tax.amountMinor)
      assert.deepEqual(totalsOf({ ...bought, lines: bought.lines.toReversed(), to }), totals)
    })
    fc.assert(property)
  })
})

describe('the next step of an order', () => {
  const now = new Date('2026-11-20T12:00:00Z')
  const later = new Date(now.getTime() + 1)
  const settlement: fc.Arbitrary<Settlement> = fc.record({
    number: fc.constant('ORD-2026-000001'),
    status,
    reached: fc.constantFrom(...REACHED),
    paymentSource: fc.constantFrom(null, {}),
    paidBy: fc.constantFrom(null, 'payment'),
    paymentDueAt: fc.constantFrom(now, later),
    outcome: fc.constantFrom(
      null,
      { code: 'PAYMENT_DECLINED' as const, reason: '' },
      { code: 'PAYMENT_UNAVAILABLE' as const, reason: '', isOpen: true },
    ),
  })
  const base: Settlement = {
    number: '',
    status: 'PENDING',
    reached: 'PLACED',
    paymentSource: null,
    paidBy: null,
    paymentDueAt: later,
    outcome: null,
  }
  const cases: [string, Partial<Settlement>, Step | null][] = [
    ['reserves what was just placed', {}, 'reserve'],
    ['reserves before it confirms', { paidBy: 'payment' }, 'reserve'],
    ['charges once reserved', { reached: 'RESERVED', paymentSource: {} }, 'charge'],
    ['waits for the person without a way to pay', { reached: 'RESERVED' }, null],
    ['waits after a charge that did not pay', { reached: 'CHARGED' }, null],
    ['confirms what is paid', { reached: 'CHARGED', paidBy: 'payment' }, 'confirm'],
    [
      'does not charge twice what is paid already',
      { reached: 'RESERVED', paymentSource: {}, paidBy: 'payment' },
      'confirm',
    ],
    ['ends what is overdue', { reached: 'RESERVED', paymentSource: {}, paymentDueAt: now }, 'expire'],
    ['keeps what was paid in time', { reached: 'CHARGED', paidBy: 'payment', paymentDueAt: now }, 'confirm'],
    [
      'empties the cart of what was bought',
      { status: 'SHIPPED', reached: 'CONFIRMED', paidBy: 'payment' },
      'complete-cart',
    ],
    ['is none once settled', { status: 'CONFIRMED', reached: 'SETTLED', paidBy: 'payment' }, null],
    ['is none once cancelled', { status: 'CANCELLED', reached: 'RESERVED', paidBy: 'payment' }, null],
  ]
  for (const [promise, given, expected] of cases) {
    test(promise, () => assert.equal(nextStep({ ...base, ...given }, now), expected))
  }

  test('never charges an order that is paid, overdue or not PENDING', () => {
    const property = fc.property(settlement, (order) => {
      if (nextStep(order, now) !== 'charge') return
      assert.ok(order.status === 'PENDING' && order.paidBy === null && order.paymentDueAt > now)
    })
    fc.assert(property)
  })

  test('an order whose next step is to charge or confirm is being paid', () => {
    const property = fc.property(settlement, (order) => {
      const step = nextStep(order, now)
      if (step === 'charge' || step === 'confirm') assert.ok(isBeingPaid(order))
    })
    fc.assert(property)
  })
})

test('an outcome of too little stock names every variant, and one without variants is still refused', () => {
  const shortages = [
    { variantId: 'a', available: 0 },
    { variantId: 'b', available: 2 },
  ]
  assert.deepEqual(
    refusalsOf({ code: 'OUT_OF_STOCK', shortages }).map(({ variantId, available }) => ({ variantId, available })),
    shortages,
  )
  assert.equal(refusalsOf({ code: 'OUT_OF_STOCK', shortages: [] }).length, 1)
  assert.deepEqual(refusalsOf(null), [])
})
