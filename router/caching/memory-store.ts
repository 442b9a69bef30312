import type { LRUCache } from 'lru-cache'
import { createCache } from '../caches.ts'

/** What is kept: one entity as a fetch answered it (null where there is none), or the whole data of a root fetch. */
export type Kept = {
  readonly data: unknown
  /** What drops it. */
  readonly tags: readonly string[]
  readonly storedAtMs: number
  readonly maxAgeS: number
}

type Held = Kept & { readonly subgraph: string; readonly bytes: number }

/** Why something was dropped. */
export type DropReason = 'change' | 'size' | 'age'

/** What this process keeps, the least recently used going first. */
export type MemoryStore = {
  get(key: string): Kept | undefined
  /** `bytes`: of its JSON. */
  set(subgraph: string, key: string, kept: Kept, bytes: number): void
  drop(subgraph: string, tags: Iterable<string>): void
  clear(): void
  /** By subgraph, how many bytes are held by this store's reckoning. */
  bytes(): ReadonlyMap<string, number>
}

// Objects take more than their JSON: measured on products with variants, about three times as much; and each entry has
// its place in the indexes.
const BYTES_PER_JSON_BYTE = 3
const BYTES_PER_ENTRY = 400
const BYTES_PER_TAG = 150
// So that the cache's own tables stay small: hardly an entry with its tags takes less.
const LEAST_BYTES = 1_000

/** An empty store that holds about `maxBytes` of memory at most. */
export function createMemoryStore(options: {
  maxBytes: number
  onDrop: (subgraph: string, reason: DropReason) => void
}): MemoryStore {
  const byTag = new Map<string, Set<string>>()
  const bytes = new Map<string, number>()
  const account = (subgraph: string, more: number) => bytes.set(subgraph, (bytes.get(subgraph) ?? 0) + more)
  const forget = (held: Held, key: string, reason: LRUCache.DisposeReason) => {
    account(held.subgraph, -held.bytes)
    for (const tag of held.tags) leave(byTag, `${held.subgraph} ${tag}`, key)
    if (reason === 'evict') options.onDrop(held.subgraph, 'size')
  }
  const entries = createCache<string, Held>('kept_parts', {
    max: Math.ceil(options.maxBytes / LEAST_BYTES),
    maxSize: options.maxBytes,
    sizeCalculation: (held) => held.bytes,
    dispose: forget,
  })
  return {
    get: (key) => {
      const held = entries.get(key)
      if (held === undefined || Date.now() < held.storedAtMs + held.maxAgeS * 1_000) return held
      entries.delete(key)
      options.onDrop(held.subgraph, 'age')
      return undefined
    },
    set: (subgraph, key, kept, json) => {
      const size = json * BYTES_PER_JSON_BYTE + key.length + BYTES_PER_ENTRY + kept.tags.length * BYTES_PER_TAG
      if (size > options.maxBytes) return
      entries.set(key, { ...kept, subgraph, bytes: size })
      account(subgraph, size)
      for (const tag of kept.tags) enter(byTag, `${subgraph} ${tag}`, key)
    },
    drop: (subgraph, tags) => {
      for (const tag of tags) {
        for (const key of byTag.get(`${subgraph} ${tag}`) ?? [])
          if (entries.delete(key)) options.onDrop(subgraph, 'change')
      }
    },
    clear: () => {
      for (const { subgraph } of entries.values()) options.onDrop(subgraph, 'change')
      entries.clear()
    },
    bytes: () => bytes,
  }
}

type Index = Map<string, Set<string>>

function enter(index: Index, tag: string, key: string): void {
  const keys = index.get(tag)
  if (keys === undefined) index.set(tag, new Set([key]))
  else keys.add(key)
}

function leave(index: Index, tag: string, key: string): void {
  const keys = index.get(tag)
  keys?.delete(key)
  if (keys?.size === 0) index.delete(tag)
}
