import type { Socket } from 'node:net'

// What is longer is copied at a greater cost than is spared.
const SHORT = 16_384

type Piece = { chunk: string | Buffer; encoding: BufferEncoding }

/**
 * Has a socket send what is short in one piece, where it was written in several at once, as head and body of a call are:
 * to hand them to the system apart costs a tenth of the call.
 */
export function joinWrites(socket: Socket): void {
  const writeApart = socket._writev?.bind(socket)
  socket._writev = (pieces: Piece[], done) => {
    const length = pieces.reduce((sum, { chunk }) => sum + chunk.length, 0)
    if (length > SHORT && writeApart !== undefined) return writeApart(pieces, done)
    socket._write(Buffer.concat(pieces.map(bytesOf)), 'buffer' as BufferEncoding, done)
  }
}

const bytesOf = ({ chunk, encoding }: Piece): Buffer =>
  typeof chunk === 'string' ? Buffer.from(chunk, encoding) : chunk
