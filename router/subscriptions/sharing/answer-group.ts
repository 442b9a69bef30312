import type { ExecutionResult, FormattedExecutionResult, GraphQLFormattedError } from 'graphql'
import { Answer } from '../answer.ts'
import { pushBounded } from './bounded-list.ts'
import type { SharedSource } from './shared-source.ts'

/** Who gets the answers. */
export type Listener = {
  deliver(answer: Answer): void
  /** Nothing follows. `errors` where it was not the source that ended it. */
  finish(errors?: readonly GraphQLFormattedError[]): void
  /** The group that it is in: sources that were found to say the same are merged. */
  group: AnswerGroup | undefined
}

/** How the events of a source become the answers of one operation. It never throws. */
export type ToAnswer = (event: FormattedExecutionResult) => Promise<ExecutionResult>

/** The listeners of one source with equal operation, variables and identity: each event is executed once for all of them. */
export class AnswerGroup {
  readonly key: string
  source: SharedSource
  readonly listeners = new Set<Listener>()
  readonly #toAnswer: ToAnswer
  readonly #onDrop: () => void
  readonly #pending: FormattedExecutionResult[] = []
  /** Those since the source began, for who joins soon after; undefined once that time is over. */
  #past: Answer[] | undefined
  #isAnswering = false
  #end: { errors: readonly GraphQLFormattedError[] | undefined } | undefined

  /** `past`: the events that the source has brought already. */
  constructor(
    key: string,
    source: SharedSource,
    parts: { toAnswer: ToAnswer; onDrop: () => void; past: readonly FormattedExecutionResult[] },
  ) {
    this.key = key
    this.source = source
    this.#toAnswer = parts.toAnswer
    this.#onDrop = parts.onDrop
    this.#past = source.isYoung ? [] : undefined
    for (const event of parts.past) this.push(event)
  }

  /** Every event was answered, and every answer handed on. */
  get isIdle(): boolean {
    return !this.#isAnswering
  }

  /** Takes an event; they are answered one after the other, so that their order stays. */
  push(event: FormattedExecutionResult): void {
    if (pushBounded(this.#pending, event, this.source.queueLength) > 0) this.#onDrop()
    if (!this.#isAnswering) void this.#answerAll()
  }

  /** Takes a listener, which gets what the others got since the source began. */
  join(listener: Listener): void {
    listener.group = this
    this.listeners.add(listener)
    for (const answer of this.#past ?? []) listener.deliver(answer)
  }

  leave(listener: Listener): void {
    this.listeners.delete(listener)
    if (this.listeners.size === 0) this.source.drop(this)
  }

  /** All listeners of a group that answers the same from here on. */
  absorb(other: AnswerGroup): void {
    for (const listener of other.listeners) {
      listener.group = this
      this.listeners.add(listener)
    }
    other.listeners.clear()
  }

  forgetPast(): void {
    this.#past = undefined
  }

  /** The source has ended; its listeners hear of it after what it brought was answered. */
  finish(errors?: readonly GraphQLFormattedError[]): void {
    this.#end = { errors }
    if (!this.#isAnswering) this.#finishAll(errors)
  }

  async #answerAll(): Promise<void> {
    this.#isAnswering = true
    for (let event = this.#pending.shift(); event !== undefined; event = this.#pending.shift()) {
      const answer = new Answer(await this.#toAnswer(event))
      this.#past?.push(answer)
      for (const listener of this.listeners) listener.deliver(answer)
    }
    this.#isAnswering = false
    if (this.#end !== undefined) this.#finishAll(this.#end.errors)
  }

  #finishAll(errors: readonly GraphQLFormattedError[] | undefined): void {
    const listeners = [...this.listeners]
    this.listeners.clear()
    for (const listener of listeners) listener.finish(errors)
  }
}
