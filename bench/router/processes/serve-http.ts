import { createServer, type Socket } from 'node:net'

/** Answers the body of a request to `path` with a whole response. */
export type Answer = (path: string, body: Buffer) => Buffer | Promise<Buffer>

/** The response that carries `json`. */
export function jsonResponse(json: string): Buffer {
  const body = Buffer.from(json)
  const head = `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n`
  return Buffer.concat([Buffer.from(head), body])
}

/** Nothing is there. */
export const NOT_FOUND = Buffer.from('HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n')

const LENGTH_REQUIRED = Buffer.from('HTTP/1.1 411 Length Required\r\ncontent-length: 0\r\n\r\n')

const HEAD_END = '\r\n\r\n'

/**
 * A server on 127.0.0.1 that knows just enough of HTTP/1.1 (keep-alive, `content-length`) for gateways' fetches: it shares
 * two cores with what is measured, and `node:http` alone would cost it more than a fast gateway needs. Returns its origin.
 */
export function serveHttp(answer: Answer): Promise<string> {
  const server = createServer({ noDelay: true }, (socket) => serveSocket(socket, answer))
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      if (address === null || typeof address === 'string') throw new Error(`expected a port, got ${address}`)
      resolve(`http://127.0.0.1:${address.port}`)
    })
  })
}

function serveSocket(socket: Socket, answer: Answer): void {
  let waiting: Buffer[] = []
  let bytes = 0
  let needed = 0
  // A gateway that is stopped resets its connections; that is no news here.
  socket.on('error', () => socket.destroy())
  socket.on('data', (chunk: Buffer) => {
    waiting.push(chunk)
    bytes += chunk.length
    if (bytes < needed) return
    let rest = waiting.length === 1 ? chunk : Buffer.concat(waiting)
    for (let request = readRequest(rest); ; request = readRequest(rest)) {
      if (request.kind === 'incomplete') {
        needed = request.needed
        break
      }
      respond(socket, request.kind === 'refused' ? LENGTH_REQUIRED : answer(request.path, request.body))
      rest = rest.subarray(request.length)
    }
    waiting = rest.length > 0 ? [rest] : []
    bytes = rest.length
  })
}

// One request at a time on each connection, as all gateways have it: no answer overtakes another.
function respond(socket: Socket, response: Buffer | Promise<Buffer>): void {
  if (response instanceof Promise) void response.then((bytes) => socket.write(bytes))
  else socket.write(response)
}

type Read =
  | { kind: 'incomplete'; needed: number }
  | { kind: 'refused'; length: number }
  | { kind: 'request'; path: string; body: Buffer; length: number }

function readRequest(bytes: Buffer): Read {
  const headEnd = bytes.indexOf(HEAD_END)
  if (headEnd === -1) return { kind: 'incomplete', needed: 0 }
  const head = bytes.toString('latin1', 0, headEnd)
  if (/\r\ntransfer-encoding:/i.test(head)) return { kind: 'refused', length: bytes.length }
  const start = headEnd + HEAD_END.length
  const end = start + Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? 0)
  if (bytes.length < end) return { kind: 'incomplete', needed: end }
  return { kind: 'request', path: head.split(' ', 2)[1] ?? '/', body: bytes.subarray(start, end), length: end }
}
