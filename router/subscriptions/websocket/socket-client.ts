import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { CloseCode } from 'graphql-ws'
import type { RawData, WebSocket } from 'ws'
import { CallerError } from '#platform/kernel/errors.ts'
import { lowerCased, type RequestHeaders } from '../../request-headers.ts'
import type { ClientStream } from '../client-stream.ts'
import type { Beating } from '../heartbeats.ts'
import type { Session } from '../sessions.ts'
import { type ClientMessage, readMessage } from './messages.ts'
import { ownHeaders, type SocketParts, textOf } from './socket-parts.ts'
import { SocketSink } from './socket-sink.ts'

const TRY_AGAIN_LATER = 1013
// As graphql-ws has it: who opens a socket says who it is at once.
const INIT_TIMEOUT_MS = 3_000

/** Speaks graphql-transport-ws with one client. Of ten thousand of them only what differs is kept. */
export class SocketClient implements Beating {
  readonly #socket: WebSocket
  readonly #connection: Duplex
  readonly #parts: SocketParts
  readonly #address: string | undefined
  #headers: RequestHeaders
  #session: Session | undefined
  readonly #streams = new Map<string, ClientStream>()
  #isInitialised = false
  #isAlive = true
  #isWaiting = false
  #initTimer: NodeJS.Timeout | undefined
  #stopBeating: (() => void) | undefined

  constructor(
    socket: WebSocket,
    { connection, request }: { connection: Duplex; request: IncomingMessage },
    parts: SocketParts,
  ) {
    this.#socket = socket
    this.#connection = connection
    this.#parts = parts
    this.#address = parts.clientAddressOf(request)
    this.#headers = ownHeaders(request.headers)
  }

  /** Listens to the client, until it leaves. */
  start(): void {
    const socket = this.#socket
    this.#initTimer = setTimeout(
      () => socket.close(CloseCode.ConnectionInitialisationTimeout, 'Connection initialisation timeout'),
      INIT_TIMEOUT_MS,
    ).unref()
    this.#stopBeating = this.#parts.heartbeats.add(this)
    socket.on('message', (data) => void this.#receive(data))
    socket.on('pong', () => void (this.#isAlive = true))
    socket.once('close', () => this.#onClose())
  }

  /** Pings, and ends a socket that has not answered by the next ping. */
  beat(): void {
    if (!this.#isAlive) return this.#socket.terminate()
    this.#isAlive = false
    this.#socket.ping()
  }

  /** False while the client does not read what was sent; its streams go on by themselves when it does. */
  send(text: string): boolean {
    if (this.#connection.writableNeedDrain) return this.#waitForRoom()
    this.#socket.send(text)
    return true
  }

  /** Sends what must not be left out. */
  tell(message: object): void {
    if (this.#socket.readyState === this.#socket.OPEN) this.#socket.send(JSON.stringify(message))
  }

  /** An operation is over: its id may be used again. */
  forget(id: string): void {
    this.#streams.delete(id)
  }

  #waitForRoom(): false {
    if (this.#isWaiting) return false
    this.#isWaiting = true
    this.#connection.once('drain', () => {
      this.#isWaiting = false
      for (const stream of this.#streams.values()) stream.resume()
    })
    return false
  }

  async #receive(data: RawData): Promise<void> {
    try {
      const message = readMessage(textOf(data))
      if (message === undefined) return this.#socket.close(CloseCode.BadRequest, 'Invalid message received')
      await this.#handle(message)
    } catch (error) {
      const { log } = this.#parts
      log.error({ err: error }, 'a message could not be answered')
      this.#socket.close(CloseCode.InternalServerError, 'Internal server error')
    }
  }

  #handle(message: ClientMessage): Promise<void> | void {
    switch (message.type) {
      case 'connection_init':
        return this.#initialise(message.payload ?? {})
      case 'ping':
        return this.tell({ type: 'pong', ...(message.payload && { payload: message.payload }) })
      case 'pong':
        return undefined
      case 'subscribe':
        return this.#subscribe(message)
      case 'complete':
        return this.#leave(message.id)
    }
  }

  async #initialise(params: Record<string, unknown>): Promise<void> {
    if (this.#isInitialised)
      return this.#socket.close(CloseCode.TooManyInitialisationRequests, 'Too many initialisation requests')
    this.#isInitialised = true
    clearTimeout(this.#initTimer)
    this.#initTimer = undefined
    const headers = { ...this.#headers, ...lowerCased(params) }
    this.#headers = headers
    try {
      const { authorization } = headers
      const session = await this.#parts.sessions.open({ authorization, headers, clientAddress: this.#address })
      if (this.#socket.readyState !== this.#socket.OPEN) return session.close()
      this.#session = session
      this.tell({ type: 'connection_ack' })
    } catch (error) {
      if (!(error instanceof CallerError)) throw error
      this.#socket.close(error.code === 'UNAUTHENTICATED' ? CloseCode.Unauthorized : TRY_AGAIN_LATER, error.code)
    }
  }

  #subscribe({ id, payload }: Extract<ClientMessage, { type: 'subscribe' }>): void {
    const session = this.#session
    if (session === undefined) return this.#socket.close(CloseCode.Unauthorized, 'Unauthorized')
    if (this.#streams.has(id))
      return this.#socket.close(CloseCode.SubscriberAlreadyExists, `Subscriber for ${id} already exists`)
    const sink = new SocketSink(this, id)
    const stream = this.#parts.streams.start(payload, { session, sink, openOnConnection: this.#streams.size })
    if (!stream.isOver) this.#streams.set(id, stream)
  }

  #leave(id: string): void {
    this.#streams.get(id)?.stop()
    this.#streams.delete(id)
  }

  #onClose(): void {
    clearTimeout(this.#initTimer)
    this.#stopBeating?.()
    for (const stream of this.#streams.values()) stream.stop()
    this.#streams.clear()
    this.#session?.close()
  }
}
