import type { Metrics } from '#platform/runtime/metrics.ts'
import type { KeptAnswers } from './kept-answers.ts'
import type { DropReason, MemoryStore } from './memory-store.ts'

/** Counts what the cache does, by subgraph. Each is an entity, or a fetch of root fields. */
export type CacheMetrics = {
  hit(subgraph: string, from: 'answer' | 'memory' | 'redis', count?: number): void
  missed(subgraph: string, count: number): void
  dropped(subgraph: string, reason: DropReason): void
  /** Redis could not be asked or told. */
  redisFailed(): void
  /** Reads the bytes that are taken whenever metrics are read. */
  watch(memory: MemoryStore, answers: Pick<KeptAnswers, 'bytes'>): void
}

/** Among the router's own. */
export function createCacheMetrics(metrics: Metrics): CacheMetrics {
  const hits = metrics.counter({
    name: 'agora_router_answer_cache_hits_total',
    help: 'Entities and root fetches answered from what is kept',
    labels: ['subgraph', 'store'],
  })
  const misses = metrics.counter({
    name: 'agora_router_answer_cache_misses_total',
    help: 'Entities and root fetches that might have been kept and had to be asked for',
    labels: ['subgraph'],
  })
  const evictions = metrics.counter({
    name: 'agora_router_answer_cache_evictions_total',
    help: 'What is no longer kept in this process: after a change, by age, or for want of room',
    labels: ['subgraph', 'reason'],
  })
  const failures = metrics.counter({
    name: 'agora_router_answer_cache_redis_failures_total',
    help: 'Commands of the cache that Redis did not answer; each counts as a miss',
  })
  const bytes = metrics.gauge({
    name: 'agora_router_answer_cache_bytes',
    help: 'Memory taken by what is kept, reckoned',
    labels: ['subgraph'],
  })
  const answerBytes = metrics.gauge({
    name: 'agora_router_answer_cache_whole_bytes',
    help: 'Memory taken by whole answers of which every part is kept, reckoned',
  })
  return {
    hit: (subgraph, store, count = 1) => hits.inc({ subgraph, store }, count),
    missed: (subgraph, count) => misses.inc({ subgraph }, count),
    dropped: (subgraph, reason) => evictions.inc({ subgraph, reason }),
    redisFailed: () => failures.inc(),
    watch: (memory, answers) => {
      metrics.onRead(() => {
        answerBytes.set(answers.bytes())
        for (const [subgraph, held] of memory.bytes()) bytes.set({ subgraph }, held)
      })
    },
  }
}
