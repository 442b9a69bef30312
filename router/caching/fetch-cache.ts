import { clone, type Data, get, isData } from '../executor/json-data.ts'
import type { Answer } from '../executor/subgraph-answer.ts'
import type { RequestContext } from '../request-context.ts'
import { sharedMaxAgeS } from './cache-control.ts'
import { type Sharing, sharingOf } from './cache-key.ts'
import type { FetchCaching } from './fetch-caching.ts'
import type { CacheStore, Found, Since } from './cache-store.ts'
import type { KeptAnswers, KeptPart } from './kept-answers.ts'
import type { Kept } from './memory-store.ts'
import { LONGEST_MAX_AGE_S } from './redis-store.ts'
import { ANYTHING, collectEntities, entityTag, EVERYTHING, listTag } from './tags.ts'

/** One entity that a fetch asks for, by its representation as JSON. */
type Asked = { readonly text: string }

/** One fetch. `batch` where it asks for entities; `variables` as JSON, without them. */
export type CacheableFetch<Entity extends Asked> = {
  caching: FetchCaching
  batch: readonly Entity[] | undefined
  variables: string
  context: RequestContext
}

/** How the executor asks and merges. `ask` gives undefined where there was no answer, and has noted why. */
export type Fetching<Entity extends Asked> = {
  /** An answer that was asked for before `since` must not be joined. */
  ask(batch: readonly Entity[] | undefined, since: Since): Promise<Answer | undefined>
  /** Merges an answer into the result; it takes the objects over. */
  take(answer: Answer, batch: readonly Entity[] | undefined): void
  /** Tells what of an answer is kept, or was; undefined where a part of it may not be. */
  note(parts: readonly KeptPart[] | undefined): void
}

/** Fetches through what is kept: asks the subgraph only for what is not there, and keeps what may be. */
export type FetchCache = {
  fetch<Entity extends Asked>(fetch: CacheableFetch<Entity>, fetching: Fetching<Entity>): Promise<void>
  /** Whole answers that are made of what is kept. */
  readonly answers: KeptAnswers
  /** How many changes it has heard of. */
  changes(): number
  /** Whether anything kept may be answered now: while it may not, everything is asked for. */
  isCurrent(): boolean
}

/** The fetches of operations, by `store`. */
export const createFetchCache = (store: CacheStore): FetchCache => ({
  answers: store.answers,
  changes: () => store.since().changes,
  isCurrent: store.isCurrent,
  fetch: (fetch, fetching) => {
    if (fetch.caching.kind === 'drops') return write(store, fetch, fetching)
    return fetch.batch === undefined
      ? fetchRoot(store, fetch, fetching)
      : fetchEntities(store, { ...fetch, batch: fetch.batch }, fetching)
  },
})

/** A mutation: before its answer goes on, what it shows is dropped. One that shows nothing, or got lost, may have changed anything. */
async function write<Entity extends Asked>(
  store: CacheStore,
  { caching }: CacheableFetch<Entity>,
  { ask, take }: Fetching<Entity>,
): Promise<void> {
  const answer = await ask(undefined, store.since())
  const tags = new Set<string>()
  if (answer !== undefined) collectEntities(answer.data, caching.keys, tags)
  const types = [...tags].map((tag) => tag.slice(0, tag.indexOf(':')))
  await store.drop(
    caching.subgraph,
    tags.size === 0 ? [EVERYTHING] : [...tags, ...new Set(types.map(listTag)), ANYTHING],
  )
  if (answer !== undefined) take(answer, undefined)
}

async function fetchRoot<Entity extends Asked>(
  store: CacheStore,
  fetch: CacheableFetch<Entity>,
  { ask, take, note }: Fetching<Entity>,
): Promise<void> {
  const { caching, context } = fetch
  const since = store.since()
  const sharing = sharingOf(context, caching.subgraph)
  const question = { subgraph: caching.subgraph, since, sharing }
  const [key = ''] = keysOf(fetch, sharing)
  const found = store.get(caching.subgraph, key) ?? (await store.find(question, [key]))[0]
  if (found !== undefined) {
    noteAge(found, context)
    note([partOf(caching, found)])
    return take({ data: clone(found.data) as Data, errors: [] }, undefined)
  }
  store.missed(caching.subgraph, 1)
  const answer = await ask(undefined, since)
  if (answer === undefined) return
  const maxAgeS = allowedMaxAge(answer, fetch, sharing)
  const mayKeep = maxAgeS > 0 ? rootOf(answer, caching, key) : []
  const kept = store.keep(question, maxAgeS, mayKeep)
  note(kept.length === 0 ? undefined : kept.map((one) => partOf(caching, one)))
  take(answer, undefined)
}

/** What is kept of an answer to root fields; nothing where anything was wrong with it. */
function rootOf({ data, errors }: Answer, { tags: own, ifNull, keys }: FetchCaching, key: string): Found[] {
  if (errors.length > 0 || data === null) return []
  const tags = new Set([...own, EVERYTHING])
  for (const { responseName, tag } of ifNull) if ((get(data, responseName) ?? null) === null) tags.add(tag)
  collectEntities(data, keys, tags)
  return [{ key, data, tags }]
}

async function fetchEntities<Entity extends Asked>(
  store: CacheStore,
  fetch: CacheableFetch<Entity> & { batch: readonly Entity[] },
  { ask, take, note }: Fetching<Entity>,
): Promise<void> {
  const { caching, context, batch } = fetch
  const since = store.since()
  const sharing = sharingOf(context, caching.subgraph)
  const question = { subgraph: caching.subgraph, since, sharing }
  const keys = keysOf(fetch, sharing)
  const found = keys.map((key) => store.get(caching.subgraph, key))
  const absent = keys.filter((_key, index) => found[index] === undefined)
  if (absent.length > 0) {
    const elsewhere = await store.find(question, absent)
    const byKey = new Map(absent.map((key, index) => [key, elsewhere[index]]))
    for (const [index, key] of keys.entries()) found[index] ??= byKey.get(key)
  }
  const hits = found.flatMap((kept, index) => (kept === undefined ? [] : [{ kept, index }]))
  if (hits.length > 0) takeHits(hits, fetch, take)
  note(hits.map(({ kept }) => partOf(caching, kept)))
  if (hits.length === batch.length) return
  const missing = batch.flatMap((entity, index) =>
    found[index] === undefined ? [{ entity, key: keys[index] ?? '' }] : [],
  )
  const asked = hits.length === 0 ? batch : missing.map(({ entity }) => entity)
  store.missed(caching.subgraph, asked.length)
  const answer = await ask(asked, since)
  if (answer === undefined) return
  const maxAgeS = allowedMaxAge(answer, fetch, sharing)
  const kept =
    maxAgeS > 0
      ? store.keep(
          question,
          maxAgeS,
          missing.flatMap(({ entity, key }, index) => entryOf({ caching, answer, index, text: entity.text, key })),
        )
      : []
  note(kept.length === missing.length ? kept.map((one) => partOf(caching, one)) : undefined)
  take(answer, asked)
}

function takeHits<Entity extends Asked>(
  hits: readonly { kept: Kept; index: number }[],
  { batch, context }: CacheableFetch<Entity>,
  take: Fetching<Entity>['take'],
): void {
  for (const { kept } of hits) noteAge(kept, context)
  const entities = hits.flatMap(({ index }) => batch?.[index] ?? [])
  take({ data: { _entities: hits.map(({ kept }) => clone(kept.data)) }, errors: [] }, entities)
}

type One = { caching: FetchCaching; answer: Answer; index: number; text: string; key: string }

/** What is kept of one entity of an answer; nothing where anything was wrong with it, or with all of them. */
function entryOf({ caching, answer, index, text, key }: One): Found[] {
  const isFaulty = answer.errors.some(({ path }) => typeof path?.[1] !== 'number' || path[1] === index)
  const entities = answer.data === null ? undefined : get(answer.data, '_entities')
  const data: unknown = Array.isArray(entities) ? entities[index] : undefined
  if (isFaulty || data === undefined) return []
  const tags = new Set([...caching.tags, EVERYTHING])
  const representation = JSON.parse(text) as Data
  const typename = String(representation['__typename'])
  const own = entityTag(typename, caching.keys.get(typename) ?? [], representation)
  if (own !== undefined) tags.add(own)
  else if (!isData(data)) tags.add(listTag(typename))
  collectEntities(data, caching.keys, tags)
  return [{ key, data, tags }]
}

function keysOf<Entity extends Asked>(
  { caching, batch, variables }: CacheableFetch<Entity>,
  { key: sharing }: Sharing,
): string[] {
  const prefix = `${caching.id} ${sharing} ${variables}`
  return batch === undefined ? [prefix] : batch.map(({ text }) => `${prefix} ${text}`)
}

/** What hints and header allow both; nothing where the answer sets a cookie, which is for one client. */
function allowedMaxAge<Entity extends Asked>(
  { headers = {} }: Answer,
  { caching }: CacheableFetch<Entity>,
  { isAuthorized }: Sharing,
): number {
  if (headers['set-cookie'] !== undefined) return 0
  return Math.min(LONGEST_MAX_AGE_S, caching.maxAgeS, sharedMaxAgeS(headers['cache-control'], { isAuthorized }))
}

const partOf = ({ subgraph }: FetchCaching, { tags, storedAtMs, maxAgeS }: Kept): KeptPart => ({
  subgraph,
  tags,
  untilMs: storedAtMs + maxAgeS * 1_000,
})

const noteAge = ({ maxAgeS, storedAtMs }: Kept, { heard }: RequestContext): void =>
  heard?.kept(maxAgeS - (Date.now() - storedAtMs) / 1_000)
