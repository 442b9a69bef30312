import type { Redis } from 'ioredis'
import { LRUCache } from 'lru-cache'
import { createRedis } from '#platform/live/redis.ts'
import type { Logger } from '#platform/runtime/logger.ts'

/** Documents that clients have registered (automatic persisted queries), by their SHA-256. */
export type AutomaticDocuments = {
  find(hash: string): Promise<string | undefined>
  add(hash: string, text: string): void
  stop(): void
}

// Some thousand documents of a few kilobytes, as a shop's clients have.
const LONGEST_IN_MEMORY = 16_000_000
const KEY = 'router:documents:'

/** Kept in memory, and with `redisUrl` in Redis, for other routers and for the next start. `onFailure` hears where Redis can't. */
export function createAutomaticDocuments(options: {
  redisUrl: string | undefined
  ttlS: number
  onFailure: () => void
  log: Logger
}): AutomaticDocuments {
  const { ttlS, onFailure } = options
  const known = new LRUCache<string, string>({ maxSize: LONGEST_IN_MEMORY, sizeCalculation: (text) => text.length })
  const redis = options.redisUrl === undefined ? undefined : createRedis(options.redisUrl, options.log)
  return {
    find: async (hash) => {
      const text = known.get(hash) ?? (redis && (await unlessAway(redis.getex(KEY + hash, 'EX', ttlS), onFailure)))
      if (text === undefined || text === null) return undefined
      known.set(hash, text)
      return text
    },
    add: (hash, text) => {
      known.set(hash, text)
      if (redis !== undefined) void unlessAway(store(redis, { hash, text, ttlS }), onFailure)
    },
    stop: () => redis?.disconnect(),
  }
}

const store = (redis: Redis, { hash, text, ttlS }: { hash: string; text: string; ttlS: number }) =>
  redis.set(KEY + hash, text, 'EX', ttlS)

/** Redis away is a document not found: its client sends it again. That it is away is logged by the connection. */
async function unlessAway<Value>(value: Promise<Value>, onFailure: () => void): Promise<Value | undefined> {
  try {
    return await value
  } catch {
    onFailure()
    return undefined
  }
}
