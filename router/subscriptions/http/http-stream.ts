import type { ServerResponse } from 'node:http'
import type { Beating, Heartbeats } from '../heartbeats.ts'
import type { HttpFraming } from './framings.ts'

/** An answer over HTTP that goes on, with what happens when there is room in it again and when it is over. */
export class HttpStream implements Beating {
  readonly #response: ServerResponse
  readonly #framing: HttpFraming
  readonly #on: { room(): void; close(): void }
  #isWaiting = false

  constructor(
    response: ServerResponse,
    parts: { framing: HttpFraming; heartbeats: Heartbeats; on: { room(): void; close(): void } },
  ) {
    this.#response = response
    this.#framing = parts.framing
    this.#on = parts.on
    const stopBeating = parts.heartbeats.add(this)
    response.once('close', () => {
      stopBeating()
      parts.on.close()
    })
    response.writeHead(200, parts.framing.headers)
    response.write(parts.framing.opening)
  }

  /** False, and nothing is sent, while the client does not read what was. */
  send(bytes: Buffer | string): boolean {
    if (this.#response.writableNeedDrain) return this.#waitForRoom()
    this.tell(bytes)
    return true
  }

  /** Sends what must not be left out. */
  tell(bytes: Buffer | string): void {
    if (!this.#response.writableEnded) this.#response.write(bytes)
  }

  /** Nothing follows. */
  end(last: string): void {
    if (!this.#response.writableEnded) this.#response.end(last)
  }

  beat(): void {
    this.send(this.#framing.heartbeat)
  }

  #waitForRoom(): false {
    if (this.#isWaiting) return false
    this.#isWaiting = true
    this.#response.once('drain', () => {
      this.#isWaiting = false
      this.#on.room()
    })
    return false
  }
}
