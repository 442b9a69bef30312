import { newId } from '#platform/kernel/ids.ts'
import { createBlockingRedis, createRedis } from '#platform/live/redis.ts'
import type { Running } from '#platform/runtime/lifecycle.ts'
import type { Logger } from '#platform/runtime/logger.ts'
import type { Metrics } from '#platform/runtime/metrics.ts'
import type { RouterOptions } from '../options/router-options.ts'
import type { LoadedSupergraph } from '../supergraph/load-supergraph.ts'
import { createCacheMetrics } from './cache-metrics.ts'
import { createCacheStore, type Shared } from './cache-store.ts'
import { createFetchCache, type FetchCache } from './fetch-cache.ts'
import { createFetchCaching, type FetchCachingOf } from './fetch-caching.ts'
import { followChanges } from './follow-changes.ts'
import { createRedisStore } from './redis-store.ts'

/** The cache as one supergraph uses it. */
export type SupergraphCaching = { cache: FetchCache; cachingOf: FetchCachingOf }

/** What this router keeps of its subgraphs' answers, whichever supergraph it serves. */
export type Caching = Running & {
  /** Undefined where caching is off, or the supergraph has no hints: nothing is done then. */
  for(supergraph: LoadedSupergraph): SupergraphCaching | undefined
}

/** The cache of a router; it connects to Redis, where there is one, with the first supergraph that has hints. */
export function createCaching(parts: {
  options: RouterOptions['caching']
  redisUrl: string | undefined
  metrics: Metrics
  log: Logger
}): Caching {
  const { options, redisUrl, log } = parts
  if (!options.enabled) return { for: () => undefined, stop: async () => undefined }
  let shared: (Shared & Running) | undefined
  const by = newId()
  const store = createCacheStore({
    maxBytes: options.memoryBytes,
    by,
    shared: () => shared,
    isShared: redisUrl !== undefined,
    metrics: createCacheMetrics(parts.metrics),
    log,
  })
  const cache = createFetchCache(store)
  return {
    for: (supergraph) => {
      const { cacheHints } = supergraph
      if (cacheHints === undefined) return undefined
      if (redisUrl !== undefined) shared ??= share(redisUrl, { drop: store.hear, all: store.dropAll }, log)
      return { cache, cachingOf: createFetchCaching(cacheHints, supergraph) }
    },
    stop: async () => shared?.stop(),
  }
}

function share(url: string, dropping: Parameters<typeof followChanges>[0]['dropping'], log: Logger): Shared & Running {
  const redis = createRedis(url, log, { enableOfflineQueue: false })
  const blocking = createBlockingRedis(url, log)
  const store = createRedisStore(redis)
  const following = followChanges({ blocking, redis, store, dropping, log })
  return {
    store,
    following,
    stop: async () => {
      await following.stop()
      redis.disconnect()
    },
  }
}
