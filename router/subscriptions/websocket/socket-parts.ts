import type { IncomingHttpHeaders } from 'node:http'
import type { RawData } from 'ws'
import type { Logger } from '#platform/runtime/logger.ts'
import type { ClientAddressOf } from '../../client-address.ts'
import type { Cors } from '../../http/cors.ts'
import type { RequestHeaders } from '../../request-headers.ts'
import type { Heartbeats } from '../heartbeats.ts'
import type { Sessions } from '../sessions.ts'
import type { Streams } from '../streams.ts'

/** What serving a socket needs of the router. */
export type SocketParts = {
  sessions: Sessions
  streams: Streams
  heartbeats: Heartbeats
  log: Logger
  clientAddressOf: ClientAddressOf
  longestMessageBytes: number
  cors: Cors
}

/** A message's text, however it came. */
export const textOf = (data: RawData): string =>
  (Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data as ArrayBuffer)).toString('utf8')

/** What the upgrade said of the client, less what it said of the socket. */
export const ownHeaders = (headers: IncomingHttpHeaders): RequestHeaders =>
  Object.fromEntries(
    Object.entries(headers).filter(([name]) => !name.startsWith('sec-websocket-') && !OF_THE_SOCKET.has(name)),
  )

const OF_THE_SOCKET: ReadonlySet<string> = new Set(['host', 'connection', 'upgrade', 'cache-control', 'pragma'])
