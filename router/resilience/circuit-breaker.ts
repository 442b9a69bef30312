import {
  circuitBreaker,
  type CircuitBreakerPolicy,
  CircuitState,
  DelegateBackoff,
  handleWhen,
  SamplingBreaker,
} from 'cockatiel'
import type { HttpAnswer } from '../executor/http-pools.ts'
import type { BreakerPolicy } from '../options/subgraphs.ts'
import { CallCancelledError, isOutageStatus } from './outage.ts'

/** Whether a subgraph is asked: `closed`: it is; `open`: not for now; `half-open`: one call tries. */
export type BreakerState = 'closed' | 'open' | 'half-open'

/** Keeps calls from a subgraph that fails. */
export type CircuitBreaker = {
  /** Makes the call and learns from how it ends. Only where {@link CircuitBreaker.refusal} is undefined. */
  execute(call: () => Promise<HttpAnswer>): Promise<HttpAnswer>
  /** Undefined where a call may be made; else after how many milliseconds one may try. */
  refusal(): number | undefined
  state(): BreakerState
}

const STATES: Readonly<Record<CircuitState, BreakerState>> = {
  [CircuitState.Closed]: 'closed',
  [CircuitState.Open]: 'open',
  [CircuitState.HalfOpen]: 'half-open',
  [CircuitState.Isolated]: 'open',
}

/** A breaker, closed. `onChange` hears of every state. */
export function createCircuitBreaker(policy: BreakerPolicy, onChange: (state: BreakerState) => void): CircuitBreaker {
  if (!policy.enabled) return { execute: (call) => call(), refusal: () => undefined, state: () => 'closed' }
  let triesAt = 0
  const breaker: CircuitBreakerPolicy = circuitBreaker(
    // A try that its client gave up has proved nothing: the breaker stays open.
    handleWhen(
      (error) => !(error instanceof CallCancelledError) || breaker.state === CircuitState.HalfOpen,
    ).orWhenResult(isOutage),
    {
      breaker: samplingBreaker(policy),
      halfOpenAfter: new DelegateBackoff(({ attempt }) => {
        const openMs = jitter(Math.min(policy.openMs * 2 ** (attempt - 1), policy.longestOpenMs))
        // A moment later than cockatiel, which takes the time itself when this has returned.
        triesAt = Date.now() + openMs + 2
        return openMs
      }),
    },
  )
  breaker.onStateChange((state) => onChange(STATES[state]))
  return {
    execute: (call) => breaker.execute(call),
    refusal: () => {
      if (breaker.state === CircuitState.Closed) return undefined
      // cockatiel lets whoever comes during the one try wait for its end; our callers would rather know at once.
      if (breaker.state === CircuitState.HalfOpen) return policy.openMs
      const leftMs = triesAt - Date.now()
      return leftMs > 0 ? leftMs : undefined
    },
    state: () => STATES[breaker.state],
  }
}

const samplingBreaker = ({ failureShare, windowMs, minimumCalls }: BreakerPolicy): SamplingBreaker =>
  new SamplingBreaker({
    threshold: failureShare,
    duration: windowMs,
    minimumRps: (minimumCalls * 1_000) / windowMs,
  })

const isOutage = (answer: unknown): boolean => isOutageStatus((answer as HttpAnswer).status)

/** So that many routers don't try at the same moment. */
const jitter = (ms: number): number => ms * (0.75 + Math.random() / 2)
