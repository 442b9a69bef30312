import type { Metrics } from '#platform/runtime/metrics.ts'

/** What came of a document that was named, or held to the manifest. */
export type Outcome = 'manifest' | 'automatic' | 'registered' | 'unlisted' | 'unknown' | 'refused'

/** Counts documents in `agora_router_persisted_documents_total`, and what Redis failed to do for them. */
export function countDocuments(metrics: Metrics): { outcome: (outcome: Outcome) => void; redisFailure: () => void } {
  const outcomes = metrics.counter({
    name: 'agora_router_persisted_documents_total',
    help: 'Documents that were named, or held to the manifest, by what came of it',
    labels: ['outcome'],
  })
  const failures = metrics.counter({
    name: 'agora_router_persisted_documents_redis_failures_total',
    help: 'Automatic persisted queries that Redis could not be asked for, or given',
  })
  // One for each request: counted here, and by the metric when it is read.
  const counts = new Map<Outcome, number>()
  metrics.onRead(() => {
    for (const [outcome, count] of counts) outcomes.inc({ outcome }, count)
    counts.clear()
  })
  return {
    outcome: (outcome) => void counts.set(outcome, (counts.get(outcome) ?? 0) + 1),
    redisFailure: () => failures.inc(),
  }
}
