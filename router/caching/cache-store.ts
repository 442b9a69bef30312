import type { Logger } from '#platform/runtime/logger.ts'
import { clone } from '../executor/json-data.ts'
import type { Sharing } from './cache-key.ts'
import type { CacheMetrics } from './cache-metrics.ts'
import { type Changes, createChanges } from './changes.ts'
import type { Following } from './follow-changes.ts'
import { createKeptAnswers, type KeptAnswers } from './kept-answers.ts'
import { createMemoryStore, type Kept, type MemoryStore } from './memory-store.ts'
import type { ReadChange } from './read-changes.ts'
import type { Position, RedisStore } from './redis-store.ts'

/** When something was asked for: after how many changes, and how far those of others had been read. */
export type Since = { readonly changes: number; readonly position: Position }

/** What was asked of one subgraph, when, for whom. */
export type Question = { subgraph: string; since: Since; sharing: Sharing }

/** What may be kept of an answer. */
export type Found = { key: string; data: unknown; tags: ReadonlySet<string> }

/** What is kept: in this process first, in Redis second. */
export type CacheStore = {
  /** Whole answers that are made of it. */
  readonly answers: KeptAnswers
  /** Whether anything kept may be answered now. */
  isCurrent(): boolean
  /** Note it before asking. */
  since(): Since
  /** From this process. */
  get(subgraph: string, key: string): Kept | undefined
  /** From Redis, what this process has not. All undefined where Redis is away, or holds nothing for such as these. */
  find(question: Question, keys: readonly string[]): Promise<readonly (Kept | undefined)[]>
  /** Counts what has to be asked for. */
  missed(subgraph: string, count: number): void
  /** Keeps copies of what did not change since it was asked for: of those that come back. */
  keep(question: Question, maxAgeS: number, found: readonly Found[]): readonly Kept[]
  /** Drops it here and for all routers; resolves when Redis knows. */
  drop(subgraph: string, tags: readonly string[]): Promise<void>
  /** Drops here what another has told of. */
  hear(change: ReadChange): void
  dropAll(): void
}

/** Without Redis: what is kept goes by age, and by this router's own mutations. */
export type Shared = { store: RedisStore; following: Pick<Following, 'isCurrent' | 'position' | 'doubt'> }

type Parts = { memory: MemoryStore; changes: Changes; metrics: CacheMetrics; log: Logger; by: string }

// Texts are smaller than what they are made of, and the same parts are in many of them.
const SHARE_OF_ANSWERS = 0.25

/** An empty store. `by` names this router among all; `shared` is asked for at each use. */
export function createCacheStore(options: {
  maxBytes: number
  by: string
  shared: () => Shared | undefined
  isShared: boolean
  metrics: CacheMetrics
  log: Logger
}): CacheStore {
  const { metrics, shared, isShared } = options
  const answersBytes = Math.floor(options.maxBytes * SHARE_OF_ANSWERS)
  const memory = createMemoryStore({ maxBytes: options.maxBytes - answersBytes, onDrop: metrics.dropped })
  const changes = createChanges()
  const parts: Parts = { ...options, memory, changes }
  const isCurrent = () => !isShared || shared()?.following.isCurrent() === true
  const answers = createKeptAnswers({ maxBytes: answersBytes, changes, isCurrent, metrics })
  metrics.watch(memory, answers)
  return {
    answers,
    isCurrent,
    since: () => ({ changes: changes.count(), position: shared()?.following.position() ?? NOWHERE }),
    get: (subgraph, key) => {
      const kept = isCurrent() ? memory.get(key) : undefined
      if (kept !== undefined) metrics.hit(subgraph, 'memory')
      return kept
    },
    find: async (question, keys) => {
      const redis = isCurrent() && !question.sharing.hasRights ? shared() : undefined
      return redis === undefined ? [] : findInRedis(redis, question, keys, parts)
    },
    missed: metrics.missed,
    keep: (question, maxAgeS, found) => (isCurrent() ? keep(shared(), question, maxAgeS, found, parts) : []),
    drop: async (subgraph, tags) => {
      dropHere(subgraph, tags, parts)
      const redis = shared()
      if (redis !== undefined) await announce(redis, subgraph, tags, parts)
    },
    hear: ({ subgraph, tags, by }) => {
      if (by !== options.by) dropHere(subgraph, tags, parts)
    },
    dropAll: () => {
      changes.noteAll()
      memory.clear()
    },
  }
}

const NOWHERE: Position = new Map()

// Redis answers within a millisecond: one that does not is slower than asking the subgraph.
const READ_TIMEOUT_MS = 100
// A mutation waits for it, so that nobody is answered with what was before.
const ANNOUNCE_TIMEOUT_MS = 1_000

async function within<Result>(ms: number, work: Promise<Result>): Promise<Result> {
  let timer: NodeJS.Timeout | undefined
  const tooLong = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`expected Redis to answer within ${ms} ms`)), ms)
  })
  try {
    return await Promise.race([work, tooLong])
  } finally {
    clearTimeout(timer)
  }
}

/** The change is noted first: what is being asked for must not come back after it. */
function dropHere(subgraph: string, tags: readonly string[], { changes, memory }: Parts): void {
  changes.note(subgraph, tags)
  memory.drop(subgraph, tags)
}

async function findInRedis(
  { store }: Shared,
  { subgraph, since }: Question,
  keys: readonly string[],
  { memory, changes, metrics, log }: Parts,
): Promise<readonly (Kept | undefined)[]> {
  try {
    const found = await within(READ_TIMEOUT_MS, store.read(subgraph, keys))
    for (const [index, held] of found.entries()) {
      if (held === undefined) continue
      metrics.hit(subgraph, 'redis')
      if (!changes.haveTouched(subgraph, held.kept.tags, since.changes))
        memory.set(subgraph, keys[index] ?? '', held.kept, held.jsonBytes)
    }
    return found.map((held) => held?.kept)
  } catch (error) {
    metrics.redisFailed()
    log.debug({ err: error }, 'what Redis keeps could not be read')
    return []
  }
}

function keep(
  redis: Shared | undefined,
  { subgraph, since, sharing }: Question,
  maxAgeS: number,
  found: readonly Found[],
  { memory, changes, metrics, log }: Parts,
): readonly Kept[] {
  const storedAtMs = Date.now()
  const entries = found
    .filter(({ tags }) => !changes.haveTouched(subgraph, tags, since.changes))
    .map(({ key, data, tags }) => {
      const kept = { data: clone(data), tags: [...tags], storedAtMs, maxAgeS }
      return { key, kept, json: JSON.stringify(data) }
    })
  for (const { key, kept, json } of entries) memory.set(subgraph, key, kept, json.length)
  if (redis !== undefined && !sharing.hasRights && entries.length > 0)
    redis.store.write(subgraph, entries, since.position).catch((error: unknown) => {
      metrics.redisFailed()
      log.debug({ err: error }, 'an answer could not be kept in Redis')
    })
  return entries.map(({ kept }) => kept)
}

/** Where Redis can't be told nobody may trust what it keeps: it is all dropped before it is read again. */
async function announce(
  { store, following }: Shared,
  subgraph: string,
  tags: readonly string[],
  { metrics, log, by }: Parts,
): Promise<void> {
  try {
    if (!following.isCurrent()) throw new Error('Redis is away')
    await within(ANNOUNCE_TIMEOUT_MS, store.announce(subgraph, tags, by))
  } catch (error) {
    metrics.redisFailed()
    log.warn({ err: error }, 'other routers could not be told of a change; they hear of it by its event')
    following.doubt()
  }
}
