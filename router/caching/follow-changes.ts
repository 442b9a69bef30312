import type { Redis } from 'ioredis'
import { messageOf } from '#platform/kernel/errors.ts'
import type { Running } from '#platform/runtime/lifecycle.ts'
import type { Logger } from '#platform/runtime/logger.ts'
import { pause } from '#platform/runtime/pause.ts'
import { CHANGE_STREAMS, readChange, type ReadChange, subgraphOfStream } from './read-changes.ts'
import type { Position, RedisStore } from './redis-store.ts'
import { EVERYTHING } from './tags.ts'

/** What this process knows of changes. */
export type Following = Running & {
  /** Whether all that is known to Redis is known here: only then may anything be answered from what is kept. */
  isCurrent(): boolean
  position(): Position
  /** Redis could not be told of a change: what it keeps is dropped before anything kept is answered again. */
  doubt(): void
}

/** Who drops. `all`: it is not known what has changed. */
export type Dropping = { drop(change: ReadChange): void; all(): void }

// One read waits for so long: the connection is heard of at least that often.
const BLOCK_MS = 500
// A connection that says nothing for longer may be dead: until it is heard of again nothing kept is answered.
const SILENCE_MS = 2_000
const BATCH = 500
const RETRY_MS = 250

type Follower = {
  blocking: Redis
  redis: Redis
  store: RedisStore
  dropping: Dropping
  log: Logger
  /** Replaced, never changed: whoever asks for something notes it. */
  position: Position
  heardAtMs: number
  /** How often the connection was lost: a read that began before may have missed something. */
  losses: number
  isDoubtful: boolean
  stopped: AbortSignal
}

/**
 * Reads the streams of changes, by `blocking`, from where this process has read them, or else any router has. After a lost
 * connection it reads on; where Redis no longer has what was missed, everything is dropped.
 */
export function followChanges(parts: Pick<Follower, 'blocking' | 'redis' | 'store' | 'dropping' | 'log'>): Following {
  const stopping = new AbortController()
  const follower: Follower = {
    ...parts,
    position: new Map(),
    heardAtMs: 0,
    losses: 0,
    isDoubtful: false,
    stopped: stopping.signal,
  }
  parts.blocking.on('close', () => {
    follower.losses += 1
    follower.heardAtMs = 0
  })
  const done = follow(follower)
  return {
    isCurrent: () => Date.now() - follower.heardAtMs < SILENCE_MS,
    position: () => follower.position,
    doubt: () => {
      follower.isDoubtful = true
      follower.heardAtMs = 0
    },
    stop: async () => {
      stopping.abort()
      // What waits for a lost connection to come back never ends: ioredis forgets it.
      const isConnected = parts.blocking.status === 'ready'
      parts.blocking.disconnect()
      if (isConnected) await done
    },
  }
}

async function follow(follower: Follower): Promise<void> {
  const { stopped, log } = follower
  let isConnected = false
  while (!stopped.aborted) {
    try {
      if (!isConnected) await findPosition(follower)
      isConnected = true
      await readOn(follower)
    } catch (error) {
      if (stopped.aborted) return
      if (isConnected)
        log.warn({ reason: messageOf(error) }, 'changes can not be read: nothing is answered from what is kept')
      isConnected = false
      follower.heardAtMs = 0
      await pause(RETRY_MS, stopped)
    }
  }
}

/** From where to read. Where a stream has not what was read of it last, what was missed can't be known. */
async function findPosition(follower: Follower): Promise<void> {
  const { redis, store, dropping, log, position } = follower
  const isNew = position.size === 0
  // What is in this process came by a connection that was lost; what is in Redis, by those of others too.
  if (!isNew) dropping.all()
  const known = new Map(isNew ? await store.position() : position)
  const isWhole = await Promise.all(CHANGE_STREAMS.map((stream) => isKnown(redis, stream, known.get(stream))))
  if (!isWhole.every(Boolean)) {
    if (known.size > 0) log.warn('changes were missed: everything that was kept is dropped')
    for (const stream of CHANGE_STREAMS) known.set(stream, await lastOf(redis, stream))
    await store.dropAll()
    await store.drop([...known].map(([stream, id]) => ({ stream, id, subgraph: '', tags: [] })))
  }
  follower.position = known
}

async function isKnown(redis: Redis, stream: string, at: string | undefined): Promise<boolean> {
  return at === NOTHING_READ || (at !== undefined && (await redis.xrange(stream, at, at)).length > 0)
}

async function lastOf(redis: Redis, stream: string): Promise<string> {
  const [last] = await redis.xrevrange(stream, '+', '-', 'COUNT', 1)
  return last?.[0] ?? NOTHING_READ
}

const NOTHING_READ = '0-0'

async function readOn(follower: Follower): Promise<void> {
  const { blocking, position, losses } = follower
  if (follower.isDoubtful) await settle(follower)
  const ids = CHANGE_STREAMS.map((stream) => position.get(stream) ?? NOTHING_READ)
  const streams = ['STREAMS', ...CHANGE_STREAMS, ...ids] as const
  // What has been missed is there at once, and nothing kept is answered until it was read.
  const answer =
    follower.heardAtMs === 0
      ? await blocking.xread('COUNT', BATCH, ...streams)
      : await blocking.xread('COUNT', BATCH, 'BLOCK', BLOCK_MS, ...streams)
  if (follower.losses !== losses) throw new Error('the connection to Redis was lost')
  const news = (answer ?? []) as [stream: string, entries: [id: string, fields: string[]][]][]
  const changes = news.flatMap(([stream, entries]) =>
    entries.map(([id, fields]) => changeOf(stream, id, fields, follower)),
  )
  // Here at once. In Redis before the position moves, and before anything is read from there by the same connection.
  for (const change of changes) follower.dropping.drop(change)
  if (changes.some(({ subgraph }) => subgraph === '')) {
    follower.dropping.all()
    await follower.store.dropAll()
  }
  if (changes.length > 0) await follower.store.drop(changes)
  if (changes.length > 0)
    follower.position = new Map([...position, ...changes.map(({ stream, id }) => [stream, id] as const)])
  if (follower.isDoubtful) return
  if (news.every(([, entries]) => entries.length < BATCH)) follower.heardAtMs = Date.now()
}

async function settle(follower: Follower): Promise<void> {
  // Before, since it may be doubted again meanwhile.
  follower.isDoubtful = false
  try {
    await follower.store.dropAll()
  } catch (error) {
    follower.isDoubtful = true
    throw error
  }
}

/** What can't be read may have changed anything of its subgraph; of all where that is not known either. */
function changeOf(stream: string, id: string, fields: readonly string[], { log }: Follower): ReadChange {
  try {
    return readChange(stream, id, fields)
  } catch (error) {
    log.error({ err: error, stream, id }, 'a change could not be read: all that it may concern is dropped')
    return { stream, id, subgraph: subgraphOfStream(stream) ?? '', tags: [EVERYTHING], by: undefined }
  }
}
