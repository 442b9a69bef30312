import type { IncomingMessage } from 'node:http'
import { CloseCode, type Server } from 'graphql-ws'
import type { RawData, WebSocket } from 'ws'
import type { Logger } from '#platform/runtime/logger.ts'

/** What a connection is known by. */
export type Peer = { socket: WebSocket; request: IncomingMessage }

// A proxy drops a silent connection after a minute or less; a client that is gone is found out within two of these.
const KEEP_ALIVE_MS = 12_000

/** Speaks graphql-transport-ws on one socket. Like graphql-ws's own adapter, but faults go to the log, not to the console. */
export function serveSocket<Extra extends Peer>(server: Server<Extra>, peer: Extra, log: Logger): void {
  const { socket } = peer
  // The library has closed the socket with a code of its own by now: too long a message, bad UTF-8.
  socket.on('error', (error) => log.info({ err: error }, 'a client broke the WebSocket protocol'))
  const closed = server.opened(
    {
      protocol: socket.protocol,
      send: (text) => send(socket, text),
      close: (code, reason) => socket.close(code, reason),
      onMessage: (handle) => socket.on('message', (data) => void handleMessage(textOf(data), handle, peer, log)),
    },
    peer,
  )
  const stopPings = keepAlive(socket)
  socket.once('close', (code, reason) => {
    stopPings()
    closed(code, String(reason)).catch((error: unknown) =>
      log.error({ err: error }, 'a socket could not be closed cleanly'),
    )
  })
}

const textOf = (data: RawData): string =>
  (Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data as ArrayBuffer)).toString('utf8')

/** Resolves once the text has left, so that a slow client slows its subscriptions down and not the memory up. */
function send(socket: WebSocket, text: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  if (socket.readyState === socket.OPEN) socket.send(text, (error) => (error ? reject(error) : resolve()))
  else resolve()
  return promise
}

async function handleMessage(
  text: string,
  handle: (text: string) => Promise<void>,
  { socket }: Peer,
  log: Logger,
): Promise<void> {
  try {
    await handle(text)
  } catch (error) {
    log[socket.readyState === socket.OPEN ? 'error' : 'info']({ err: error }, 'a message could not be answered')
    socket.close(CloseCode.InternalServerError, 'Internal server error')
  }
}

/** Pings, and ends a socket that has not answered by the next ping. */
function keepAlive(socket: WebSocket): () => void {
  let isAlive = true
  socket.on('pong', () => void (isAlive = true))
  const timer = setInterval(() => {
    if (!isAlive) return socket.terminate()
    isAlive = false
    socket.ping()
  }, KEEP_ALIVE_MS).unref()
  return () => clearInterval(timer)
}
