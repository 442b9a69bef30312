import type { FormattedExecutionResult, GraphQLFormattedError } from 'graphql'
import { AnswerGroup, type Listener, type ToAnswer } from './answer-group.ts'
import { SharedSource } from './shared-source.ts'

/** Hears of the events of a subscription at a subgraph, and of its end: with what the clients are told, or without. */
export type SourceSink = {
  next(event: FormattedExecutionResult): void
  finish(errors?: readonly GraphQLFormattedError[]): void
}

/** What a listener wants: `sourceKey` says which events, `groupKey` which answers to them. */
export type Wish = {
  sourceKey: string
  groupKey: string
  /** Subscribes at the subgraph; the function that comes back unsubscribes. Called where no source can be shared. */
  open(sink: SourceSink): () => void
  toAnswer: ToAnswer
}

/** The sources of one supergraph. */
export type SharedSources = {
  join(wish: Wish, listener: Listener): void
  /** Ends every subscription. */
  finishAll(errors: readonly GraphQLFormattedError[]): void
  size(): number
}

/** Counts what sharing does. */
export type SharingCounters = { onJoined(to: 'source' | 'answers'): void; onDrop(): void }

const MERGE_EVERY_MS = 1_000

/**
 * Shares one subscription at a subgraph among all who need the same events. Most subgraphs answer a new subscriber with
 * the present state first, which the router can't know by itself. So who comes before a source's first event, or within a
 * second of it, gets everything that the others got; who comes later gets a subscription of its own, which takes over the
 * listeners of the older one as soon as both have said the same.
 */
export function createSharedSources(options: { queueLength: number } & SharingCounters): SharedSources {
  const known = new Map<string, SharedSource[]>()
  const drop = (key: string, source: SharedSource) => {
    const left = (known.get(key) ?? []).filter((other) => other !== source)
    if (left.length > 0) known.set(key, left)
    else known.delete(key)
  }
  const merging = new Set<string>()
  const mergeLater = (key: string) => {
    if (merging.has(key)) return
    merging.add(key)
    setTimeout(merge, MERGE_EVERY_MS, key).unref()
  }
  const merge = (key: string) => {
    merging.delete(key)
    const sources = known.get(key) ?? []
    const newest = sources.at(-1)
    for (const older of sources.slice(0, -1)) newest?.absorb(older)
    if ((known.get(key)?.length ?? 0) > 1) mergeLater(key)
  }
  const open = (key: string): SharedSource => {
    const source = new SharedSource({ queueLength: options.queueLength, onIdle: () => drop(key, source) })
    const others = known.get(key) ?? []
    known.set(key, [...others, source])
    if (others.length > 0) mergeLater(key)
    return source
  }
  return {
    join: (wish, listener) => {
      const young = known.get(wish.sourceKey)?.findLast((source) => source.isYoung)
      const source = young ?? open(wish.sourceKey)
      const shared = source.groups.get(wish.groupKey)
      const group =
        shared ??
        new AnswerGroup(wish.groupKey, source, { toAnswer: wish.toAnswer, onDrop: options.onDrop, past: source.past })
      source.groups.set(wish.groupKey, group)
      group.join(listener)
      if (young === undefined) source.started(wish.open(source))
      else options.onJoined(shared === undefined ? 'source' : 'answers')
    },
    finishAll: (errors) => {
      for (const source of [...known.values()].flat()) source.finish(errors)
    },
    size: () => known.values().reduce((sum, sources) => sum + sources.length, 0),
  }
}
