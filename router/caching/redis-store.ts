import { createHash } from 'node:crypto'
import type { Redis } from 'ioredis'
import { z } from 'zod'
import type { Kept } from './memory-store.ts'

/** How far the streams of changes have been read: by stream, the id of the last entry. */
export type Position = ReadonlyMap<string, string>

/** What all routers of one Redis keep together. Everything here is rejected while Redis is away. */
export type RedisStore = {
  /** In the order asked; undefined where there is none, or something was dropped since it was asked for. */
  read(subgraph: string, keys: readonly string[]): Promise<({ kept: Kept; jsonBytes: number } | undefined)[]>
  /** `position`: how far the changes were read when it was asked for. */
  write(
    subgraph: string,
    entries: readonly { key: string; kept: Kept; json: string }[],
    position: Position,
  ): Promise<void>
  /** Drops what `change` touches, and notes that its stream was read so far. */
  drop(changes: readonly StreamChange[]): Promise<void>
  /** Tells all routers of a change that no event tells of, once it is dropped here. */
  announce(subgraph: string, tags: readonly string[], by: string): Promise<void>
  /** Drops everything of everybody. */
  dropAll(): Promise<void>
  /** How far any router has read. */
  position(): Promise<Position>
}

/** An entry of a stream of changes, and what it drops. */
export type StreamChange = { stream: string; id: string; subgraph: string; tags: readonly string[] }

/** Longer than anything is kept: what was dropped is remembered that long, so that what is older is never taken for fresh. */
export const LONGEST_MAX_AGE_S = 3_600

/** The stream of changes that no subgraph has an event of, what mutations returned above all. */
export const DROPS_STREAM = 'router:cache:drops'

// A router that was away longer than this many drops starts with nothing.
const DROPS_LENGTH = 10_000
const PREFIX = 'router:cache:'
const EPOCH = `${PREFIX}epoch`
const POSITION = `${PREFIX}position`

/** By commands on `redis`, which run in the order they are given. */
export function createRedisStore(redis: Redis): RedisStore {
  // What this router takes for the epoch; what is written under another is never found.
  let epoch = '0'
  return {
    read: async (subgraph, keys) => {
      const names = keys.map((key) => entryName(subgraph, key))
      const [current, ...found] = readSchema.parse(await redis.eval(READ, keys.length + 1, EPOCH, ...names, PREFIX))
      epoch = current
      return found.map(toKept)
    },
    write: async (subgraph, entries, position) => {
      const pipeline = redis.pipeline()
      for (const { key, kept, json } of entries) {
        const name = entryName(subgraph, key)
        const at = [...position].flatMap(([stream, id]) => [`p:${stream}`, comparable(id)])
        const tags = kept.tags.map((tag) => `${subgraph} ${tag}`).join('\n')
        pipeline.hset(name, 'e', epoch, 'v', json, 't', tags, 's', kept.storedAtMs, 'm', kept.maxAgeS, ...at)
        pipeline.pexpire(name, kept.maxAgeS * 1_000)
      }
      expectAll(await pipeline.exec())
    },
    drop: async (changes) => {
      const pipeline = redis.pipeline()
      for (const { stream, id, subgraph, tags } of changes) {
        const names = tags.map((tag) => `${subgraph} ${tag}`)
        pipeline.eval(DROP, 1, POSITION, PREFIX, stream, comparable(id), id, DROPS_TTL_MS, ...names)
      }
      expectAll(await pipeline.exec())
    },
    announce: async (subgraph, tags, by) => {
      const message = JSON.stringify({ subgraph, tags, by })
      const names = tags.map((tag) => `${subgraph} ${tag}`)
      await redis.eval(ANNOUNCE, 1, DROPS_STREAM, PREFIX, DROPS_LENGTH, DROPS_TTL_MS, message, ...names)
    },
    dropAll: async () => {
      epoch = String(await redis.incr(EPOCH))
    },
    position: async () => new Map(Object.entries(await redis.hgetall(POSITION))),
  }
}

const DROPS_TTL_MS = (LONGEST_MAX_AGE_S + 60) * 1_000

const readSchema = z.tuple([z.string()], z.tuple([z.string(), z.string(), z.string(), z.string()]).nullable())

type Read = z.output<typeof readSchema>[1]

function toKept(found: Read | undefined): { kept: Kept; jsonBytes: number } | undefined {
  if (found === null || found === undefined) return undefined
  const [json, tags, storedAtMs, maxAgeS] = found
  const kept = {
    data: JSON.parse(json) as unknown,
    tags: tags.split('\n').map((tag) => tag.slice(tag.indexOf(' ') + 1)),
    storedAtMs: Number(storedAtMs),
    maxAgeS: Number(maxAgeS),
  }
  return { kept, jsonBytes: json.length }
}

const entryName = (subgraph: string, key: string): string =>
  `${PREFIX}kept:${subgraph}:${createHash('sha256').update(key).digest('base64url')}`

/** The id of a stream's entry so that those of later ones are greater as text. */
function comparable(id: string): string {
  const [ms = '', sequence = ''] = id.split('-')
  return `${ms.padStart(15, '0')}-${sequence.padStart(20, '0')}`
}

function expectAll(answers: [error: Error | null, result: unknown][] | null): void {
  const failed = answers?.find(([error]) => error !== null)
  if (failed?.[0]) throw failed[0]
}

/** An entry counts where it was asked for after the last drop of each of its tags, as far as each stream had been read then. */
const READ = `
local epoch = redis.call('GET', KEYS[1]) or '0'
local answer = { epoch }
for index = 2, #KEYS do
  local fields = redis.call('HGETALL', KEYS[index])
  local entry = {}
  for at = 1, #fields, 2 do entry[fields[at]] = fields[at + 1] end
  local isFresh = entry.e == epoch
  if isFresh then
    for tag in string.gmatch(entry.t, '[^\\n]+') do
      local drops = redis.call('HGETALL', ARGV[1] .. 'drop:' .. tag)
      for at = 1, #drops, 2 do
        local read = entry['p:' .. drops[at]]
        if not read or read < drops[at + 1] then isFresh = false end
      end
    end
  end
  answer[index] = isFresh and { entry.v, entry.t, entry.s, entry.m } or false
end
return answer`

const NOTE = `
local function note(prefix, tag, stream, at, ttl)
  local key = prefix .. 'drop:' .. tag
  local last = redis.call('HGET', key, stream)
  if not last or last < at then redis.call('HSET', key, stream, at) end
  redis.call('PEXPIRE', key, ttl)
end`

const DROP = `${NOTE}
for index = 6, #ARGV do note(ARGV[1], ARGV[index], ARGV[2], ARGV[3], ARGV[5]) end
local last = redis.call('HGET', KEYS[1] .. ':at', ARGV[2])
if not last or last < ARGV[3] then
  redis.call('HSET', KEYS[1] .. ':at', ARGV[2], ARGV[3])
  redis.call('HSET', KEYS[1], ARGV[2], ARGV[4])
end`

const ANNOUNCE = `${NOTE}
local id = redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[2], '*', 'drop', ARGV[4])
local ms, sequence = string.match(id, '(%d+)-(%d+)')
local at = string.rep('0', 15 - #ms) .. ms .. '-' .. string.rep('0', 20 - #sequence) .. sequence
for index = 5, #ARGV do note(ARGV[1], ARGV[index], KEYS[1], at, ARGV[3]) end`
