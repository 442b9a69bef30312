import { isDeepStrictEqual } from 'node:util'
import type { FormattedExecutionResult, GraphQLFormattedError } from 'graphql'
import type { AnswerGroup } from './answer-group.ts'

/** One subscription at a subgraph, for all groups of listeners that need the same events. */
export class SharedSource {
  readonly groups = new Map<string, AnswerGroup>()
  readonly queueLength: number
  readonly #onIdle: () => void
  readonly #startedAtMs = performance.now()
  /** While young all events since the start, then the last two. */
  #recent: FormattedExecutionResult[] = []
  #events = 0
  #lastAtMs = 0
  #isYoung = true
  #unsubscribe: () => void = () => undefined
  #isOver = false

  constructor(parts: { queueLength: number; onIdle: () => void }) {
    this.queueLength = parts.queueLength
    this.#onIdle = parts.onIdle
  }

  /** Who joins a young source gets everything since its start, as if it had subscribed then. It ages after its first event. */
  get isYoung(): boolean {
    return this.#isYoung && !this.#isOver
  }

  get isIdle(): boolean {
    return this.groups.values().every((group) => group.isIdle)
  }

  /** The events that who joins now has missed. */
  get past(): readonly FormattedExecutionResult[] {
    return this.#recent
  }

  /** `unsubscribe` ends the subscription at the subgraph. */
  started(unsubscribe: () => void): void {
    if (this.#isOver) unsubscribe()
    this.#unsubscribe = unsubscribe
  }

  next(event: FormattedExecutionResult): void {
    if (this.#isOver) return
    if (this.#events === 0) setTimeout(() => this.#age(), YOUNG_MS).unref()
    if (this.#recent.length >= YOUNG_EVENTS) this.#age()
    this.#recent = this.#isYoung ? [...this.#recent, event] : [...this.#recent.slice(-1), event]
    this.#events += 1
    this.#lastAtMs = performance.now()
    for (const group of this.groups.values()) group.push(event)
  }

  /** The subgraph has nothing more, or `errors` happened. */
  finish(errors?: readonly GraphQLFormattedError[]): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#unsubscribe()
    for (const group of this.groups.values()) group.finish(errors)
    this.#onIdle()
  }

  /** Lets go of a group that nobody listens to, and of the subgraph after the last one. */
  drop(group: AnswerGroup): void {
    if (this.groups.get(group.key) === group) this.groups.delete(group.key)
    if (this.groups.size > 0 || this.#isOver) return
    this.finish()
  }

  /**
   * Takes over the listeners of an older source for the same events, where both have just said the same: what follows is
   * the same for all of them, and nothing is lost or said twice. False where that is not certain now.
   */
  absorb(older: SharedSource): boolean {
    if (!this.isIdle || !older.isIdle || !this.#isAlignedWith(older)) return false
    for (const group of older.groups.values()) {
      group.source = this
      const own = this.groups.get(group.key)
      if (own === undefined) this.groups.set(group.key, group)
      else own.absorb(group)
    }
    older.groups.clear()
    older.finish()
    return true
  }

  /** From now on who joins would have missed something. */
  #age(): void {
    this.#isYoung = false
    for (const group of this.groups.values()) group.forgetPast()
  }

  #isAlignedWith(older: SharedSource): boolean {
    const [last, olderLast] = [this.#recent.at(-1), older.#recent.at(-1)]
    if (last === undefined || olderLast === undefined || !isDeepStrictEqual(last, olderLast)) return false
    const hasHeardBoth = older.#lastAtMs > this.#startedAtMs
    if (performance.now() - Math.max(this.#lastAtMs, older.#lastAtMs) >= QUIET_MS)
      return hasHeardBoth || this.#isTailOf(older)
    // Events come: one source may be ahead by one, which shows unless they repeat themselves.
    const [before, olderBefore] = [this.#recent.at(-2), older.#recent.at(-2)]
    return hasHeardBoth && isDeepStrictEqual(before, olderBefore) && !isDeepStrictEqual(before, last)
  }

  /** The state that it began with is the one that the older source has told last. */
  #isTailOf(older: SharedSource): boolean {
    return (
      this.#events === this.#recent.length && isDeepStrictEqual(this.#recent, older.#recent.slice(-this.#recent.length))
    )
  }
}

// Events that are older than this are no news for who joins.
const YOUNG_MS = 1_000
// A longer beginning is cheaper asked for again than kept.
const YOUNG_EVENTS = 16
// Copies of one event reach the two subscriptions of one connection within milliseconds.
const QUIET_MS = 500
