import { pause } from '#platform/runtime/pause.ts'
import type { HttpAnswer, HttpCall } from '../executor/http-pools.ts'
import type { Outcome } from './guard-metrics.ts'
import type { Guard } from './guards.ts'
import { CallCancelledError, isConnectionError, isOutageStatus } from './outage.ts'
import type { Entry } from './slots.ts'
import { SubgraphUnavailableError } from './unavailable.ts'

/** One call that has its slot or waits for it; made again where that may help. */
export class GuardedCall implements HttpCall {
  readonly answer: Promise<HttpAnswer>
  readonly #guard: Guard
  readonly #entry: Entry
  readonly #retries: number
  readonly #send: () => HttpCall
  readonly #startedAt = performance.now()
  #underWay: HttpCall | undefined
  // Made only when there is something to wait for, or to cancel.
  #cancelled: AbortController | undefined

  constructor(guard: Guard, entry: Entry, isQuery: boolean, send: () => HttpCall) {
    this.#guard = guard
    this.#entry = entry
    this.#retries = isQuery ? guard.policy.retries : 0
    this.#send = send
    this.answer = this.#run()
  }

  cancel(reason: Error): void {
    this.#cancelled ??= new AbortController()
    this.#cancelled.abort()
    if (this.#underWay !== undefined) this.#underWay.cancel(this.#isTooSlow(reason) ? reason : new CallCancelledError())
    // Whoever still waits for a slot leaves the queue.
    else if (this.#entry.ready !== undefined) this.#entry.leave()
  }

  /** One function for all of it: each that waits for another costs a third of a microsecond. */
  async #run(): Promise<HttpAnswer> {
    if (this.#entry.ready !== undefined) await this.#entry.ready
    this.#guard.budget.earn()
    try {
      for (let retry = 0; ; retry += 1) {
        try {
          const answer = await this.#tryOnce()
          if (!isOutageStatus(answer.status) || !this.#mayRetry(retry)) return this.#ended(answer)
        } catch (error) {
          if (!isConnectionError(error) || !this.#mayRetry(retry)) throw error
        }
        await this.#waitFor(retry)
      }
    } catch (error) {
      this.#guard.counter.ended(outcomeOf(error), this.#seconds())
      throw error
    } finally {
      this.#entry.leave()
    }
  }

  #tryOnce(): Promise<HttpAnswer> {
    if (this.#cancelled?.signal.aborted) throw new CallCancelledError()
    const { breaker } = this.#guard
    const leftMs = breaker.refusal()
    // It opened while this call waited.
    if (leftMs !== undefined) throw circuitOpen(this.#guard, leftMs)
    return breaker.execute(() => (this.#underWay = this.#send()).answer)
  }

  #waitFor(retry: number): Promise<void> {
    const { counter, policy } = this.#guard
    counter.retried()
    this.#cancelled ??= new AbortController()
    return pause(Math.random() * policy.retryDelayMs * 2 ** retry, this.#cancelled.signal)
  }

  #ended(answer: HttpAnswer): HttpAnswer {
    this.#guard.counter.ended(isOutageStatus(answer.status) ? 'failed' : 'answered', this.#seconds())
    return answer
  }

  #mayRetry(retry: number): boolean {
    const { breaker, budget } = this.#guard
    return retry < this.#retries && breaker.refusal() === undefined && budget.spend()
  }

  /** The request's time was over: a failure of the subgraph where most of that time was spent with it. */
  #isTooSlow(reason: Error): boolean {
    return reason.name === 'TimeoutError' && performance.now() - this.#startedAt > this.#guard.policy.timeoutMs / 2
  }

  #seconds(): number {
    return (performance.now() - this.#startedAt) / 1_000
  }
}

/** The error of a call that is not made. */
export const circuitOpen = ({ subgraph }: Guard, leftMs: number): SubgraphUnavailableError =>
  new SubgraphUnavailableError(`the circuit breaker of ${subgraph.name} is open`, leftMs)

function outcomeOf(error: unknown): Outcome {
  if (error instanceof CallCancelledError) return 'cancelled'
  return error instanceof SubgraphUnavailableError ? 'open' : 'failed'
}
