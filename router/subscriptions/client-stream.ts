import type { GraphQLFormattedError } from 'graphql'
import type { Answer } from './answer.ts'
import type { AnswerGroup, Listener } from './sharing/answer-group.ts'
import { pushBounded } from './sharing/bounded-list.ts'
import type { Session } from './sessions.ts'

/** How a client came. */
export const TRANSPORTS = ['websocket', 'sse', 'multipart'] as const

/** One of {@link TRANSPORTS}. */
export type Transport = (typeof TRANSPORTS)[number]

/** Where the answers of one operation go. */
export type Sink = {
  readonly transport: Transport
  /** False where the client does not read fast enough: {@link ClientStream.resume} says when there is room again. */
  write(answer: Answer): boolean
  /** Nothing of the operation was begun. */
  refuse(errors: readonly GraphQLFormattedError[]): void
  /** Nothing follows. `errors` where it was not the source that ended it. */
  end(errors?: readonly GraphQLFormattedError[]): void
}

/** What all streams of a router have in common. */
export type StreamBase = { queueLength: number; onDrop(): void; onOver(stream: ClientStream): void }

/** One operation of one client, between its group and its transport: a bounded queue for a client that reads slowly. */
export class ClientStream implements Listener {
  group: AnswerGroup | undefined
  readonly sink: Sink
  readonly session: Session
  /** Whether it is one of the open subscriptions. */
  isCounted = false
  readonly #base: StreamBase
  /** Most clients never need one. */
  #queue: Answer[] | undefined
  #finished: { errors: readonly GraphQLFormattedError[] | undefined } | undefined
  #dropped = 0
  #isOver = false

  constructor(sink: Sink, session: Session, base: StreamBase) {
    this.sink = sink
    this.session = session
    this.#base = base
  }

  get isOver(): boolean {
    return this.#isOver
  }

  /** Answers that a client which read too slowly never got. */
  get dropped(): number {
    return this.#dropped
  }

  deliver(answer: Answer): void {
    if (this.#isOver || this.#finished !== undefined) return
    if (this.#queue === undefined && this.sink.write(answer)) return
    this.#queue ??= []
    const dropped = pushBounded(this.#queue, answer, this.#base.queueLength)
    this.#dropped += dropped
    if (dropped > 0) this.#base.onDrop()
  }

  /** After what waits, nothing more follows. */
  finish(errors?: readonly GraphQLFormattedError[]): void {
    if (this.#isOver || this.#finished !== undefined) return
    this.#finished = { errors }
    this.resume()
  }

  /** Ends it now: what waits is not for this client any more. */
  cut(errors: readonly GraphQLFormattedError[]): void {
    this.#queue = undefined
    this.finish(errors)
  }

  /** There is room again. */
  resume(): void {
    if (this.#isOver) return
    const sent = this.#queue?.findIndex((answer) => !this.sink.write(answer)) ?? -1
    this.#queue = sent === -1 ? undefined : this.#queue?.slice(sent)
    if (this.#queue !== undefined || this.#finished === undefined) return
    const { errors } = this.#finished
    this.#close()
    this.sink.end(errors)
  }

  /** Nothing of it was begun, and nothing follows. */
  refuse(errors: readonly GraphQLFormattedError[]): void {
    if (this.#isOver) return
    this.#close()
    this.sink.refuse(errors)
  }

  /** The client has left. The source is free at once, whatever is under way. */
  stop(): void {
    if (!this.#isOver) this.#close()
  }

  #close(): void {
    this.#isOver = true
    this.#queue = undefined
    this.group?.leave(this)
    this.group = undefined
    this.#base.onOver(this)
  }
}
