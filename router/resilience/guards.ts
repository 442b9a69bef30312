import type { Logger } from '#platform/runtime/logger.ts'
import type { Metrics } from '#platform/runtime/metrics.ts'
import { policyOf, type SubgraphOptions, type SubgraphPolicy } from '../options/subgraphs.ts'
import type { SubgraphAddress } from '../supergraph/load-supergraph.ts'
import { type CircuitBreaker, createCircuitBreaker } from './circuit-breaker.ts'
import { type CallCounter, createCallCounters, showGuards } from './guard-metrics.ts'
import { createRetryBudget, type RetryBudget } from './retry-budget.ts'
import { createSlots, type Slots } from './slots.ts'

/** What is known of one subgraph's health, and how it may be called. */
export type Guard = {
  readonly subgraph: SubgraphAddress
  readonly policy: SubgraphPolicy
  readonly breaker: CircuitBreaker
  readonly slots: Slots
  readonly budget: RetryBudget
  readonly counter: CallCounter
}

/** The guards of all subgraphs. They outlive a supergraph: another one has the same subgraphs as a rule. */
export type Guards = { of(subgraph: SubgraphAddress): Guard; all(): Iterable<Guard> }

/** What guards are made with. `timeoutMs` is for subgraphs whose options name none. */
export type GuardsOptions = { options: SubgraphOptions; timeoutMs: number; log: Logger; metrics: Metrics }

/** New guards. */
export function createGuards({ options, timeoutMs, log, metrics }: GuardsOptions): Guards {
  const byName = new Map<string, Guard>()
  const counterOf = createCallCounters(metrics)
  const guards: Guards = {
    of: (subgraph) => {
      const known = byName.get(subgraph.name)
      // At another address it is another subgraph, whose health nobody knows yet.
      if (known?.subgraph.url === subgraph.url) return known
      const guard = createGuard(subgraph, policyOf(subgraph.name, options, timeoutMs), {
        log,
        counter: counterOf(subgraph.name),
      })
      byName.set(subgraph.name, guard)
      return guard
    },
    all: () => byName.values(),
  }
  showGuards(guards, metrics)
  return guards
}

function createGuard(
  subgraph: SubgraphAddress,
  policy: SubgraphPolicy,
  { log, counter }: { log: Logger; counter: CallCounter },
): Guard {
  const breaker = createCircuitBreaker(policy.breaker, (state) =>
    log[state === 'open' ? 'warn' : 'info']({ subgraph: subgraph.name, breaker: state }, 'a circuit breaker changed'),
  )
  return {
    subgraph,
    policy,
    breaker,
    slots: createSlots(policy),
    budget: createRetryBudget(policy.retryBudget),
    counter,
  }
}
