import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { CloseCode, handleProtocols } from 'graphql-ws'
import { type WebSocket, WebSocketServer } from 'ws'
import type { Running } from '#platform/runtime/lifecycle.ts'
import { SocketClient } from './socket-client.ts'
import type { SocketParts } from './socket-parts.ts'

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
  server.on('upgrade', (request: IncomingMessage, connection: Duplex, head: Buffer) => {
    const [path] = (request.url ?? '/').split('?', 1)
    if (path !== PATH) return void connection.end('HTTP/1.1 404 Not Found\r\nconnection: close\r\n\r\n')
    if (!parts.cors.maySocket(request))
      return void connection.end('HTTP/1.1 403 Forbidden\r\nconnection: close\r\n\r\n')
    sockets.handleUpgrade(request, connection, head, (socket) => serve(socket, { connection, request }, parts))
  })
  return {
    stop: async () => {
      await parts.streams.settled()
      await closeAll(sockets)
    },
  }
}

function serve(socket: WebSocket, from: { connection: Duplex; request: IncomingMessage }, parts: SocketParts): void {
  // By the time of an error the socket has been closed with a code of its own: too long a message, bad UTF-8.
  socket.on('error', (error) => parts.log.info({ err: error }, 'a client broke the WebSocket protocol'))
  if (socket.protocol === '') socket.close(CloseCode.SubprotocolNotAcceptable, 'Subprotocol not acceptable')
  else new SocketClient(socket, from, parts).start()
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
