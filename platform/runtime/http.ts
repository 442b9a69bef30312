import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { CallerError } from '../kernel/errors.ts'
import { newId } from '../kernel/ids.ts'
import type { Logger } from './logger.ts'

/** Answers one request. */
export type HttpHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void> | void

/** Handlers by path, and one for every other path. `log` hears of what handlers throw. */
export type Routes = { paths: Readonly<Record<string, HttpHandler>>; otherwise: HttpHandler; log?: Logger }

// Enough for a catalogue import of hundreds of variants; small enough that nobody fills the memory with one request.
const BODY_LIMIT_BYTES = 1_000_000

// An idle connection is kept so much longer than the five seconds that answers promise. It is the client who closes it then, so
// none that was busy for a while sends a mutation into a connection that is just being closed, and must not be sent again.
const KEEP_ALIVE_BUFFER_MS = 30_000

/** A port that is taken, told in a sentence. */
export class PortTakenError extends Error {
  override name = 'PortTakenError'
}

/** A body over the limit; answered with 413. */
class BodyTooLargeError extends CallerError {}

/** A server for `routes` that listens on `host:port` (0: any free port). Throws {@link PortTakenError}. */
export async function listen(
  routes: Routes,
  at: { host: string; port: number },
): Promise<{ server: Server; url: string }> {
  const server = createServer((request, response) => {
    // Once the server is closing, a connection that has its answer has nothing to wait for.
    response.on('close', () => server.listening || setImmediate(() => server.closeIdleConnections()))
    const path = (request.url ?? '/').split('?', 1)[0] ?? '/'
    // `own`: a path such as `constructor` must not find what every object has.
    const own = Object.hasOwn(routes.paths, path) ? routes.paths[path] : undefined
    Promise.try(own ?? routes.otherwise, request, response).catch((error: unknown) =>
      answerFault(response, error, routes.log),
    )
  })
  server.keepAliveTimeoutBuffer = KEEP_ALIVE_BUFFER_MS
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  server.on('error', (error: NodeJS.ErrnoException) => {
    // Once it listens this settles nothing any more: what the server tells later (no file handles left, say) is logged.
    reject(
      error.code === 'EADDRINUSE'
        ? new PortTakenError(`port ${at.port} on ${at.host} is taken by another program`)
        : error,
    )
    if (server.listening) routes.log?.error({ err: error }, 'the HTTP server has a problem')
  })
  server.listen(at.port, at.host, resolve)
  await promise
  const { port } = server.address() as AddressInfo
  return { server, url: `http://${at.host.includes(':') ? `[${at.host}]` : at.host}:${port}` }
}

/** Stops accepting, waits for the requests under way, closes what is idle. Twice does no harm. */
export async function close(server: Server): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  server.close(() => resolve())
  server.closeIdleConnections()
  await promise
}

/** The body as text. Throws {@link CallerError} where it is longer than one megabyte. */
export async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  // Left early, the request must not be destroyed with its socket, or the caller never hears why.
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > BODY_LIMIT_BYTES) break
    chunks.push(chunk)
  }
  if (bytes <= BODY_LIMIT_BYTES) return Buffer.concat(chunks).toString('utf8')
  // The rest is read and forgotten, so that the connection can serve the next request.
  request.resume()
  throw new BodyTooLargeError('BAD_USER_INPUT', `body: expected at most ${BODY_LIMIT_BYTES} bytes`)
}

/** Answers with `body` as JSON. */
export function answerJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(body))
}

function answerFault(response: ServerResponse, error: unknown, log: Logger | undefined): void {
  if (error instanceof CallerError && !response.headersSent) {
    const status = error instanceof BodyTooLargeError ? 413 : 400
    return answerJson(response, status, { errors: [{ message: error.message, extensions: { code: error.code } }] })
  }
  // A client that hung up is no fault of ours, and there is nobody to answer.
  if (response.destroyed || response.req.destroyed) return void response.destroy()
  const errorId = newId()
  log?.error({ err: error, errorId }, 'a request failed')
  if (response.headersSent) return void response.destroy()
  const extensions = { code: 'INTERNAL_SERVER_ERROR', errorId }
  answerJson(response, 500, { errors: [{ message: 'something went wrong on our side', extensions }] })
}
