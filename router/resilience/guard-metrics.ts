import type { Metrics } from '#platform/runtime/metrics.ts'
import type { SubgraphAddress } from '../supergraph/load-supergraph.ts'
import type { BreakerState } from './circuit-breaker.ts'
import type { Guard } from './guards.ts'

/** How a call ended: with an answer, without one, by its client; or it was not made, as its circuit is open or its queue full. */
export type Outcome = 'answered' | 'failed' | 'cancelled' | 'open' | 'shed'

/** Counts what happens to the calls of one subgraph. */
export type CallCounter = {
  /** One that was made took `seconds`, retries and waiting included; one that was refused took none. */
  ended(outcome: Outcome, seconds?: number): void
  retried(): void
}

// From a cached answer next door to a checkout that waits for a card.
const SECONDS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30]
const STATES: Readonly<Record<BreakerState, number>> = { closed: 0, 'half-open': 1, open: 2 }

/** The counters for one subgraph after the other. */
export function createCallCounters(metrics: Metrics): (subgraph: string) => CallCounter {
  const count = metrics.tally({
    name: 'agora_router_subgraph_calls_total',
    help: 'Calls of subgraphs by how they ended: answered, failed, cancelled, or not made: open (circuit), shed (queue full)',
    labels: ['subgraph', 'outcome'],
  })
  const durations = metrics.histogram({
    name: 'agora_router_subgraph_call_duration_seconds',
    help: 'How long calls of subgraphs took that were made, with waiting and retries',
    labels: ['subgraph'],
    buckets: SECONDS,
  })
  const retries = metrics.counter({
    name: 'agora_router_subgraph_retries_total',
    help: 'Queries that were sent to a subgraph again',
    labels: ['subgraph'],
  })
  return (subgraph) => {
    retries.inc({ subgraph }, 0)
    return {
      ended: (outcome, seconds) => {
        count(subgraph, outcome)
        if (seconds !== undefined) durations.add(seconds, subgraph)
      },
      retried: () => retries.inc({ subgraph }),
    }
  }
}

/** Counts calls that were not made, as an equal one was under way. */
export function countSharedCalls(metrics: Metrics): (subgraph: SubgraphAddress) => void {
  const count = metrics.tally({
    name: 'agora_router_subgraph_shared_calls_total',
    help: 'Calls of subgraphs that were not made, as an equal one under way answered them too',
    labels: ['subgraph'],
  })
  return ({ name }) => count(name)
}

/** Shows what is under way and which circuits are open. */
export function showGuards(guards: { all(): Iterable<Guard> }, metrics: Metrics): void {
  const inFlight = metrics.gauge({
    name: 'agora_router_subgraph_calls_in_flight',
    help: 'Calls of subgraphs that are under way',
    labels: ['subgraph'],
  })
  const queued = metrics.gauge({
    name: 'agora_router_subgraph_calls_queued',
    help: 'Calls of subgraphs that wait for their turn',
    labels: ['subgraph'],
  })
  const breaker = metrics.gauge({
    name: 'agora_router_subgraph_breaker_state',
    help: 'Circuit breakers of subgraphs: 0 closed, 1 half-open, 2 open; of several workers the worst',
    labels: ['subgraph'],
    aggregator: 'max',
  })
  metrics.onRead(() => {
    for (const { subgraph, slots, breaker: circuit } of guards.all()) {
      const labels = { subgraph: subgraph.name }
      inFlight.set(labels, slots.underWay())
      queued.set(labels, slots.waiting())
      breaker.set(labels, STATES[circuit.state()])
    }
  })
}
