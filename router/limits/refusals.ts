import type { Metrics } from '#platform/runtime/metrics.ts'
import type { LimitName } from './limit-errors.ts'

/** Counts what is refused, by the bound that it exceeds, in `agora_router_refused_total`. */
export function countRefusals(metrics: Metrics): (limit: LimitName) => void {
  const refused = metrics.counter({
    name: 'agora_router_refused_total',
    help: 'Requests refused, by the limit that they exceed',
    labels: ['limit'],
  })
  return (limit) => refused.inc({ limit })
}
