import { LRUCache } from 'lru-cache'
import type { Metrics } from '#platform/runtime/metrics.ts'

type Cache = { readonly size: number; readonly max: number }
type Known = { held: Set<WeakRef<Cache>>; evicted: number }

/** The caches of the process, by name. Weakly: what one was made for may be gone without saying so. */
const caches = new Map<string, Known>()

/**
 * A bounded cache: the least recently used goes first. Its size stands at `/metrics` under `name`; caches of one name are
 * counted together, for as long as anything holds them.
 */
export function createCache<Key extends string | object, Value extends string | object>(
  name: string,
  options: LRUCache.Options<Key, Value, unknown> & { max: number },
): LRUCache<Key, Value> {
  const known = caches.get(name) ?? { held: new Set(), evicted: 0 }
  caches.set(name, known)
  const cache = new LRUCache<Key, Value>({
    ...options,
    dispose: (value, key, reason) => {
      if (reason === 'evict') known.evicted += 1
      options.dispose?.(value, key, reason)
    },
  })
  known.held.add(new WeakRef<Cache>(cache))
  return cache
}

/** What is held in the caches of each name, and what was forgotten to make room. */
export function cacheSizes(): { name: string; entries: number; limit: number; evicted: number }[] {
  return [...caches].map(([name, { held, evicted }]) => {
    let [entries, limit] = [0, 0]
    for (const reference of held) {
      const cache = reference.deref()
      if (cache === undefined) held.delete(reference)
      entries += cache?.size ?? 0
      limit += cache?.max ?? 0
    }
    return { name, entries, limit, evicted }
  })
}

/** Shows the caches of the process at `/metrics`. */
export function showCaches(metrics: Metrics): void {
  const labels = ['cache'] as const
  const entries = metrics.gauge({ name: 'agora_router_cache_entries', help: 'What is held in caches', labels })
  const limits = metrics.gauge({ name: 'agora_router_cache_limit_entries', help: 'The most that they hold', labels })
  const evictions = metrics.counter({
    name: 'agora_router_cache_forgotten_entries_total',
    help: 'What caches have forgotten to make room',
    labels,
  })
  const seen = new Map<string, number>()
  metrics.onRead(() => {
    for (const { name: cache, ...sizes } of cacheSizes()) {
      entries.set({ cache }, sizes.entries)
      limits.set({ cache }, sizes.limit)
      evictions.inc({ cache }, sizes.evicted - (seen.get(cache) ?? 0))
      seen.set(cache, sizes.evicted)
    }
  })
}
