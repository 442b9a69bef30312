/** Bounds retries to a share of all calls, so that a subgraph in trouble gets little more load for being in trouble. */
export type RetryBudget = {
  /** A call was made. */
  earn(): void
  /** Whether one retry may be made; if so it is counted. */
  spend(): boolean
}

// What a graph without traffic may retry; once spent, it comes back with the calls that are made.
const RESERVE = 10
// A busy hour must not pay for a storm of retries after it.
const LARGEST = 100

/** A budget that earns `share` of a retry by each call. */
export function createRetryBudget(share: number): RetryBudget {
  let left = RESERVE
  return {
    earn: () => void (left = Math.min(left + share, LARGEST)),
    spend: () => {
      if (left < 1) return false
      left -= 1
      return true
    },
  }
}
