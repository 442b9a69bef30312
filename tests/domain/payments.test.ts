import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { money } from '#platform/kernel/money.ts'
import { declineMessage } from '../../subgraphs/payments/domain/decline-messages.ts'
import {
  capturedMinor,
  LIVE_STATUSES,
  PAYMENT_STATUSES,
  type PaymentStatus,
  settle,
  type Settlement,
} from '../../subgraphs/payments/domain/payment.ts'
import { afterRefund, decideRefund, leftToRefund, type RefundStatus } from '../../subgraphs/payments/domain/refund.ts'

const succeeded: Settlement = { kind: 'succeeded', reference: 'pi_1' }
const waiting: Settlement = { kind: 'requires_action', reference: 'pi_1', nextActionUrl: 'https://bank.example/3ds' }
const declined: Settlement = { kind: 'declined', reference: 'pi_1', code: 'insufficient_funds' }
const settlement = fc.constantFrom(succeeded, waiting, declined)
const status = fc.constantFrom(...PAYMENT_STATUSES)

test('an answer settles a pending payment, with what it says', () => {
  const nothing = { nextActionUrl: null, failureCode: null, providerReference: 'pi_1' }
  assert.deepEqual(settle('PENDING', succeeded), { ...nothing, status: 'COMPLETED' })
  assert.deepEqual(settle('PENDING', declined), { ...nothing, status: 'FAILED', failureCode: 'insufficient_funds' })
  const action = { ...nothing, status: 'REQUIRES_ACTION', nextActionUrl: 'https://bank.example/3ds' }
  assert.deepEqual(settle('PENDING', waiting), action)
})

test('what is said twice does nothing the second time', () => {
  fc.assert(
    fc.property(status, settlement, (before, said) => {
      const settled = settle(before, said)
      if (settled !== null) assert.equal(settle(settled.status, said), null)
    }),
  )
})

test('captured money is final: nothing that is said late takes it back', () => {
  const captured: PaymentStatus[] = ['COMPLETED', 'PARTIALLY_REFUNDED', 'REFUNDED', 'DISPUTED']
  const answers: Settlement[] = [succeeded, waiting, declined]
  for (const before of captured) for (const said of answers) assert.equal(settle(before, said), null)
})

test('in whatever order answers arrive, a success among them ends in COMPLETED', () => {
  fc.assert(
    fc.property(fc.array(settlement, { maxLength: 6 }), fc.nat(6), (said, at) => {
      const answers = said.toSpliced(at, 0, succeeded)
      const last = answers.reduce<PaymentStatus>((before, one) => settle(before, one)?.status ?? before, 'PENDING')
      assert.equal(last, 'COMPLETED')
    }),
  )
})

test('only what is live or was captured holds money', () => {
  assert.deepEqual(LIVE_STATUSES, ['PENDING', 'REQUIRES_ACTION', 'COMPLETED', 'PARTIALLY_REFUNDED'])
  const holds = PAYMENT_STATUSES.filter((one) => capturedMinor({ status: one, amountMinor: 5n }) === 5n)
  assert.deepEqual(holds, ['COMPLETED', 'PARTIALLY_REFUNDED', 'REFUNDED', 'DISPUTED'])
})

type Step = { kind: 'ask'; amount: bigint | null } | { kind: 'answer'; index: number; isRefused: boolean }
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant('ask' as const), amount: fc.option(fc.bigInt({ min: -3n, max: 60n })) }),
  fc.record({ kind: fc.constant('answer' as const), index: fc.nat(9), isRefused: fc.boolean() }),
)

test('whatever is asked for and answered, refunds never exceed what was captured, and the totals agree', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 1n, max: 100n }), fc.array(step, { maxLength: 20 }), (amountMinor, steps) => {
      let payment = { status: 'COMPLETED' as PaymentStatus, amountMinor, refundedMinor: 0n, currency: 'USD' as const }
      const refunds: { status: RefundStatus; amountMinor: bigint }[] = []
      for (const one of steps) {
        if (one.kind === 'ask') {
          // What is under way may yet be given: it counts from the start.
          const promised = refunds.filter((refund) => refund.status !== 'FAILED')
          const left = promised.reduce((sum, refund) => sum - refund.amountMinor, amountMinor)
          assert.equal(leftToRefund(payment, refunds), left)
          const decided = decideRefund(payment, refunds, one.amount === null ? null : money(one.amount, 'USD'))
          const isPossible = left > 0n && (one.amount === null || (one.amount > 0n && one.amount <= left))
          assert.equal(decided.ok, isPossible)
          if (decided.ok) refunds.push({ status: 'PENDING', amountMinor: decided.value })
          continue
        }
        const refund = refunds[one.index]
        if (refund?.status !== 'PENDING') continue
        refund.status = one.isRefused ? 'FAILED' : 'COMPLETED'
        if (!one.isRefused) payment = { ...payment, ...afterRefund(payment, refund.amountMinor) }
      }
      const given = refunds.filter((one) => one.status === 'COMPLETED').reduce((sum, one) => sum + one.amountMinor, 0n)
      assert.equal(payment.refundedMinor, given)
      assert.ok(leftToRefund(payment, refunds) >= 0n)
      const expected = given === 0n ? 'COMPLETED' : given === amountMinor ? 'REFUNDED' : 'PARTIALLY_REFUNDED'
      assert.equal(payment.status, expected)
    }),
  )
})

const paid = { status: 'COMPLETED' as const, amountMinor: 1_000n, refundedMinor: 0n, currency: 'USD' as const }
const codeOf = (decided: ReturnType<typeof decideRefund>) => (decided.ok ? null : decided.refusals[0]?.code)

test('refuses what is no amount, or in another currency', () => {
  assert.equal(codeOf(decideRefund(paid, [], money(0n, 'USD'))), 'INVALID_AMOUNT')
  assert.equal(codeOf(decideRefund(paid, [], money(-1n, 'USD'))), 'INVALID_AMOUNT')
  assert.equal(codeOf(decideRefund(paid, [], money(1n, 'EUR'))), 'INVALID_AMOUNT')
})

test('refuses to refund what is disputed or was never captured', () => {
  for (const before of ['DISPUTED', 'FAILED', 'PENDING', 'REQUIRES_ACTION'] as const) {
    assert.equal(codeOf(decideRefund({ ...paid, status: before }, [], null)), 'AMOUNT_EXCEEDS_PAYMENT')
  }
})

test('a refund that was under way when the dispute came leaves it disputed', () => {
  assert.deepEqual(afterRefund({ ...paid, status: 'DISPUTED' }, 1_000n), { refundedMinor: 1_000n, status: 'DISPUTED' })
})

test('tells people why in a sentence, and thieves nothing', () => {
  assert.match(declineMessage('insufficient_funds'), /insufficient funds/)
  assert.equal(declineMessage('stolen_card'), declineMessage('generic_decline'))
})
