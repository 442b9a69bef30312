import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { CallerError } from '../kernel/errors.ts'

/** Answers one request. */
export type HttpHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void> | void

/** Handlers by path, and one for every other path. */
export type Routes = { paths: Readonly<Record<string, HttpHandler>>; otherwise: HttpHandler }

// Enough for a catalogue import of hundreds of variants; small enough that nobody fills the memory with one request.
const BODY_LIMIT_BYTES = 1_000_000

/** A port that is taken, told in a sentence. */
export class PortTakenError extends Error {
  override name = 'PortTakenError'
}

/** A server for `routes` that listens on `host:port` (0: any free port). Throws {@link PortTakenError}. */
export async function listen(routes: Routes, at: { host: string; port: number }): Promise<{ server: Server; url: string }> {
  const server = createServer((request, response) => {
    const path = (request.url ?? '/').split('?', 1)[0] ?? '/'
    const handle = routes.paths[path] ?? routes.otherwise
    Promise.try(handle, request, response).catch((error: unknown) => answerFault(response, error))
  })
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  server.once('error', (error: NodeJS.ErrnoException) => {
    reject(error.code === 'EADDRINUSE' ? new PortTakenError(`port ${at.port} on ${at.host} is taken by another program`) : error)
  })
  server.listen(at.port, at.host, resolve)
  await promise
  const { port } = server.address() as AddressInfo
  return { server, url: `http://${at.host.includes(':') ? `[${at.host}]` : at.host}:${port}` }
}

/** Stops accepting, waits for the requests under way, closes what is idle. */
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
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > BODY_LIMIT_BYTES) throw new CallerError('BAD_USER_INPUT', `body: expected at most ${BODY_LIMIT_BYTES} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

/** Answers with `body` as JSON. */
export function answerJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(body))
}

function answerFault(response: ServerResponse, error: unknown): void {
  if (response.headersSent) return void response.destroy()
  const isCallers = error instanceof CallerError
  const code = isCallers ? error.code : 'INTERNAL_SERVER_ERROR'
  const message = isCallers ? error.message : 'something went wrong on our side'
  answerJson(response, isCallers ? 400 : 500, { errors: [{ message, extensions: { code } }] })
}
