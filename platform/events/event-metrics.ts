import type { Metrics } from '../runtime/metrics.ts'
import type { DeliveryOutcome } from './consumer.ts'

/** Counts events that went to the subgraph's own stream. */
export function countPublished(metrics: Metrics): (events: number) => void {
  const published = metrics.counter({ name: 'agora_events_published_total', help: 'Events sent to the own stream' })
  return (events) => published.inc(events)
}

/** Counts deliveries of others' events, by the subgraph that published them and how they ended. */
export function createDeliveryCounter(metrics: Metrics): (source: string) => (outcome: DeliveryOutcome) => void {
  const deliveries = metrics.counter({
    name: 'agora_events_consumed_total',
    help: 'Deliveries of events by source and outcome: handled, failed (comes again), dead (put among the dead letters)',
    labels: ['source', 'outcome'],
  })
  return (source) => {
    deliveries.inc({ source, outcome: 'dead' }, 0)
    return (outcome) => deliveries.inc({ source, outcome })
  }
}
