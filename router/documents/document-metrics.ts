import type { Metrics } from '#platform/runtime/metrics.ts'

/** What came of a document that was named, or held to the manifest. */
export type Outcome = 'manifest' | 'automatic' | 'registered' | 'unlisted' | 'unknown' | 'refused'

/** Counts documents in `agora_router_persisted_documents_total`, and what Redis failed to do for them. */
export function countDocuments(metrics: Metrics): { outcome: (outcome: Outcome) => void; redisFailure: () => void } {
  const outcome = metrics.tally({
    name: 'agora_router_persisted_documents_total',
    help: 'Documents that were named, or held to the manifest, by what came of it',
    labels: ['outcome'],
  })
  const failures = metrics.counter({
    name: 'agora_router_persisted_documents_redis_failures_total',
    help: 'Automatic persisted queries that Redis could not be asked for, or given',
  })
  return { outcome, redisFailure: () => failures.inc() }
}
