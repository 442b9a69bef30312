import { createCache } from '../caches.ts'
import type { DataText } from '../executor/text-data.ts'
import type { RequestContext } from '../request-context.ts'
import { sharingOf } from './cache-key.ts'
import type { CacheMetrics } from './cache-metrics.ts'
import type { Changes } from './changes.ts'

/** A part of an answer that is kept, or may be: what drops it, and until when it holds. */
export type KeptPart = { readonly subgraph: string; readonly tags: readonly string[]; readonly untilMs: number }

/** An operation whose every fetch may be kept, and of which subgraphs. */
export type KeptOperation = { readonly id: number; readonly subgraphs: readonly string[] }

/** Equal for equal answers: `variables` is their JSON. */
export type Asked = { operation: KeptOperation; variables: string; context: RequestContext }

/**
 * Whole answers, as they are written, of which every part is kept: another request for one costs no more than finding it.
 * Each holds as long as all its parts would.
 */
export type KeptAnswers = {
  /** The data of an answer. */
  find(asked: Asked): DataText | undefined
  /** Keeps an answer that was asked for after so many `changes`, unless one of them has touched it since. */
  keep(asked: Asked, answer: { known: DataText; parts: readonly KeptPart[]; changes: number }): void
  bytes(): number
}

type Held = {
  known: DataText
  parts: readonly KeptPart[]
  /** How many of the parts are of each subgraph. */
  counts: ReadonlyMap<string, number>
  untilMs: number
  changes: number
}
type Options = { maxBytes: number; changes: Changes; isCurrent: () => boolean; metrics: Pick<CacheMetrics, 'hit'> }

// A character takes a byte or two as text, or one as text and one as it is sent. Tags are those of the parts, which are kept beside it.
const BYTES_PER_CHARACTER = 2
const BYTES_PER_PART = 100
const BYTES_PER_ANSWER = 500
// So that the cache's own tables stay small: answers of a few words are hardly worth a place.
const LEAST_BYTES = 1_000

/** Nothing kept yet; `isCurrent`: whether anything kept may be answered at all. */
export function createKeptAnswers({ maxBytes, changes, isCurrent, metrics }: Options): KeptAnswers {
  const answers = createCache<string, Held>('kept_answers', {
    max: Math.ceil(maxBytes / LEAST_BYTES),
    maxSize: maxBytes,
    sizeCalculation: ({ known, parts }, key) =>
      (known.text.length + key.length) * BYTES_PER_CHARACTER + parts.length * BYTES_PER_PART + BYTES_PER_ANSWER,
  })
  const isTouched = ({ parts, changes: since }: Pick<Held, 'parts' | 'changes'>): boolean =>
    changes.count() !== since && parts.some(({ subgraph, tags }) => changes.haveTouched(subgraph, tags, since))
  return {
    find: (asked) => {
      const key = keyOf(asked)
      const held = isCurrent() ? answers.get(key) : undefined
      if (held === undefined) return undefined
      const leftMs = held.untilMs - Date.now()
      if (leftMs <= 0 || isTouched(held)) {
        answers.delete(key)
        return undefined
      }
      // Looked at once for each change, not once for each request.
      held.changes = changes.count()
      for (const [subgraph, count] of held.counts) metrics.hit(subgraph, 'answer', count)
      asked.context.heard?.kept(leftMs / 1_000)
      return held.known
    },
    keep: (asked, { known, parts, changes: since }) => {
      const untilMs = Math.min(...parts.map((part) => part.untilMs))
      if (parts.length === 0 || !isCurrent() || isTouched({ parts, changes: since })) return
      answers.set(keyOf(asked), { known, parts, counts: countsOf(parts), untilMs, changes: changes.count() })
    },
    bytes: () => answers.calculatedSize,
  }
}

function countsOf(parts: readonly KeptPart[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const { subgraph } of parts) counts.set(subgraph, (counts.get(subgraph) ?? 0) + 1)
  return counts
}

/** Who shares each of its parts shares the answer. */
const keyOf = ({ operation, variables, context }: Asked): string =>
  `${operation.id} ${variables} ${operation.subgraphs.map((subgraph) => sharingOf(context, subgraph).key).join(' ')}`
