import type { JobSpec } from '#platform/jobs/spec.ts'
import type { PaymentStatus } from '../domain/payment.ts'

// The provider answers most questions at once; who asks earlier meets the call that is still under way.
const FIRST_QUESTION_MS = 5_000
const LONGEST_PAUSE_MS = 60_000
// A person who confirms looks at the screen: the order should follow within about two seconds. After some minutes they
// have most likely left.
const WATCH_MS = 1_000
const WATCHED_FOR_MS = 5 * 60_000
const SLOW_WATCH_MS = 5_000
// Orders is told until it listens: with exponential backoff and the sweep of every minute, for weeks.
const REPORT_ATTEMPTS = 200

/** Asks the provider what came of a charge that has not been answered. `attempt` counts from 0. */
export const resolvePaymentJob = (paymentId: string, attempt = 0): JobSpec => ({
  name: 'resolve-payment',
  payload: { paymentId, attempt },
  runAt: fromNow(pauseBefore(attempt)),
  key: `resolve-payment:${paymentId}`,
})

/** Asks the provider whether the person has confirmed. */
export const watchPaymentJob = (payment: { id: string; createdAt: Date }): JobSpec => ({
  ...resolvePaymentJob(payment.id),
  runAt: fromNow(Date.now() - payment.createdAt.getTime() < WATCHED_FOR_MS ? WATCH_MS : SLOW_WATCH_MS),
})

/** The next question about a payment that is not settled. */
export const nextQuestion = (
  payment: { id: string; createdAt: Date; status: PaymentStatus },
  attempt: number,
): JobSpec =>
  payment.status === 'REQUIRES_ACTION' ? watchPaymentJob(payment) : resolvePaymentJob(payment.id, attempt + 1)

/** Sends a refund again, under the same key, until it is answered. */
export const resolveRefundJob = (refundId: string, attempt = 0): JobSpec => ({
  name: 'resolve-refund',
  payload: { refundId, attempt },
  runAt: fromNow(pauseBefore(attempt)),
  key: `resolve-refund:${refundId}`,
})

/** Tells orders what a payment has come to: at once, or after `graceMs` in which somebody else is about to. */
export const reportPaymentJob = (paymentId: string, graceMs = 0): JobSpec => ({
  name: 'report-payment',
  payload: { paymentId },
  runAt: fromNow(graceMs),
  key: `report-payment:${paymentId}`,
  maxAttempts: REPORT_ATTEMPTS,
})

const pauseBefore = (attempt: number): number =>
  Math.min(LONGEST_PAUSE_MS, FIRST_QUESTION_MS * 2 ** Math.min(attempt, 10))

const fromNow = (ms: number): Date => new Date(Date.now() + ms)
