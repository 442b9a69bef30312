import type { GraphQLFormattedError } from 'graphql'
import type { Answer } from '../answer.ts'
import type { Sink } from '../client-stream.ts'
import type { SocketClient } from './socket-client.ts'

/** Writes one operation's answers as messages of graphql-transport-ws. */
export class SocketSink implements Sink {
  readonly #client: Pick<SocketClient, 'send' | 'tell' | 'forget'>
  readonly #id: string

  constructor(client: Pick<SocketClient, 'send' | 'tell' | 'forget'>, id: string) {
    this.#client = client
    this.#id = id
  }

  get transport(): 'websocket' {
    return 'websocket'
  }

  /** The payload was serialised once for all; only the id is this client's. */
  write({ json }: Answer): boolean {
    return this.#client.send(`{"id":${JSON.stringify(this.#id)},"type":"next","payload":${json}}`)
  }

  refuse(errors: readonly GraphQLFormattedError[]): void {
    this.#client.forget(this.#id)
    this.#client.tell({ id: this.#id, type: 'error', payload: errors })
  }

  end(errors?: readonly GraphQLFormattedError[]): void {
    this.#client.forget(this.#id)
    if (errors !== undefined) this.#client.tell({ id: this.#id, type: 'next', payload: { errors } })
    this.#client.tell({ id: this.#id, type: 'complete' })
  }
}
