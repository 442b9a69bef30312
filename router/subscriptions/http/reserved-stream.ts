import type { ServerResponse } from 'node:http'
import type { Answer } from '../answer.ts'
import type { ClientStream, Sink } from '../client-stream.ts'
import type { Heartbeats } from '../heartbeats.ts'
import type { Session } from '../sessions.ts'
import type { StreamedOperation, Streams } from '../streams.ts'
import { type HttpFraming, sharedEventStream } from './framings.ts'
import { HttpStream } from './http-stream.ts'

type Operation = { stream: ClientStream; session: Session }

/** An event stream that was reserved, opened or not yet, with the operations of its client. */
export class ReservedStream {
  readonly #operations = new Map<string, Operation>()
  readonly #onClose: () => void
  readonly #expiry: NodeJS.Timeout
  #http: HttpStream | undefined

  /** Given up after `reservedMs` where nobody has opened it. */
  constructor(reservedMs: number, onClose: () => void) {
    this.#onClose = onClose
    this.#expiry = setTimeout(() => this.close(), reservedMs).unref()
  }

  get isOpen(): boolean {
    return this.#http !== undefined
  }

  /** Answers that came meanwhile follow at once. */
  open(response: ServerResponse, parts: { framing: HttpFraming; heartbeats: Heartbeats }): void {
    clearTimeout(this.#expiry)
    const on = { room: () => this.#resume(), close: () => this.close() }
    this.#http = new HttpStream(response, { ...parts, on })
    this.#resume()
  }

  has(id: string): boolean {
    return this.#operations.has(id)
  }

  start(id: string, operation: StreamedOperation, { session, streams }: { session: Session; streams: Streams }): void {
    const sink = this.#sinkOf(id, session)
    const stream = streams.start(operation, { session, sink, openOnConnection: this.#operations.size })
    if (!stream.isOver) this.#operations.set(id, { stream, session })
  }

  /** The client wants no more of an operation. */
  leave(id: string): void {
    this.#operations.get(id)?.stream.stop()
    this.#operations.get(id)?.session.close()
    this.#operations.delete(id)
  }

  /** Ends the stream and all that runs over it. Without a word: its client opens another. */
  close(): void {
    clearTimeout(this.#expiry)
    for (const id of this.#operations.keys()) this.leave(id)
    this.#http?.end('')
    this.#onClose()
  }

  #resume(): void {
    for (const { stream } of this.#operations.values()) stream.resume()
  }

  #sinkOf(id: string, session: Session): Sink {
    const { next, complete } = sharedEventStream(id)
    const end = (last: string) => {
      session.close()
      this.#operations.delete(id)
      this.#http?.tell(last)
    }
    return {
      transport: 'sse',
      // Until the stream is open, answers wait in the operation's own queue.
      write: ({ json }: Answer) => this.#http?.send(next(json)) ?? false,
      refuse: (errors) => end(`${next(JSON.stringify({ errors }))}${complete()}`),
      end: (errors) => end(complete(errors)),
    }
  }
}
