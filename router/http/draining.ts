import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { HttpHandler } from '#platform/runtime/http.ts'

/** Knows which answers are under way. */
export type Draining = {
  /** The same handler, whose answers are known here. */
  watch(handle: HttpHandler): HttpHandler
  /** From now on every answer closes its connection, so that kept-alive ones don't hold the stop up. */
  start(): void
}

/** A new {@link Draining}. */
export function createDraining(): Draining {
  const lastOf = createLastOf()
  let isDraining = false
  return {
    watch: (handle) => (request, response) => {
      lastOf.begin(request.socket, response)
      response.shouldKeepAlive &&= !isDraining
      return handle(request, response)
    },
    start: () => {
      isDraining = true
      for (const response of lastOf.underWay()) response.shouldKeepAlive = false
    },
  }
}

/**
 * The last answer under way of every connection: the one after which it may close. A set of all answers would cost a
 * tenth of a small query's CPU: each table that a busy set outgrows leads to the next, so one that reached the old
 * generation keeps all that were ever in it until that is collected. Here nothing comes or goes but connections.
 */
function createLastOf(): { begin(socket: Socket, response: ServerResponse): void; underWay(): ServerResponse[] } {
  const bySocket = new Map<Socket, ServerResponse | undefined>()
  return {
    begin: (socket, response) => {
      if (!bySocket.has(socket)) socket.once('close', () => bySocket.delete(socket))
      bySocket.set(socket, response)
      response.once('close', () => {
        if (bySocket.get(socket) === response) bySocket.set(socket, undefined)
      })
    },
    underWay: () => [...bySocket.values()].filter((response) => response !== undefined),
  }
}
