import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { handleProtocols, makeServer } from 'graphql-ws'
import { WebSocketServer } from 'ws'
import type { Running } from '#platform/runtime/lifecycle.ts'
import { serveSocket } from './socket-adapter.ts'
import { type Client, type SocketParts, socketOperations } from './socket-operations.ts'

const PATH = '/graphql'
const GOING_AWAY = 1001
// A client that is there answers a close at once; one that is gone must not hold the stop up.
const CLOSE_TIMEOUT_MS = 1_000

/**
 * Queries, mutations and subscriptions over graphql-transport-ws at `/graphql`. `connection_init` carries
 * `{ authorization: 'Bearer …' }`; a token that does not hold closes the socket with 4401.
 */
export function serveWebSocket(server: Server, parts: SocketParts): Running {
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: parts.longestMessageBytes,
    perMessageDeflate: false,
    handleProtocols,
  })
  const { options, settled } = socketOperations(parts)
  const graphql = makeServer<Record<string, unknown> | undefined, Client>(options)
  server.on('upgrade', (request: IncomingMessage, connection: Duplex, head: Buffer) => {
    const [path] = (request.url ?? '/').split('?', 1)
    if (path !== PATH) return void connection.end('HTTP/1.1 404 Not Found\r\nconnection: close\r\n\r\n')
    if (!parts.cors.maySocket(request))
      return void connection.end('HTTP/1.1 403 Forbidden\r\nconnection: close\r\n\r\n')
    sockets.handleUpgrade(request, connection, head, (socket) => serveSocket(graphql, { socket, request }, parts.log))
  })
  return {
    stop: async () => {
      await settled()
      await closeAll(sockets)
    },
  }
}

async function closeAll(sockets: WebSocketServer): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  for (const socket of sockets.clients) socket.close(GOING_AWAY, 'the router is going away')
  const timer = setTimeout(() => {
    for (const socket of sockets.clients) socket.terminate()
  }, CLOSE_TIMEOUT_MS)
  sockets.close(() => resolve())
  await promise
  clearTimeout(timer)
}
