import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { after, test } from 'node:test'
import { buffer } from 'node:stream/consumers'
import { joinWrites } from '../../router/executor/join-writes.ts'

const server = createServer()
server.listen(0, '127.0.0.1')
await once(server, 'listening')
after(() => server.close())

/** What arrives of `pieces` that are written at once, and how many pieces the socket made of them. */
async function send(pieces: readonly (readonly [string | Buffer, BufferEncoding])[]) {
  const { port } = server.address() as { port: number }
  const accepted = once(server, 'connection') as Promise<[Socket]>
  const socket = connect(port, '127.0.0.1')
  joinWrites(socket)
  const writtenApart = countCalls(socket)
  const [[peer]] = await Promise.all([accepted, once(socket, 'connect')])
  socket.cork()
  for (const [chunk, encoding] of pieces) socket.write(chunk, encoding)
  socket.uncork()
  socket.end()
  const arrived = await buffer(peer)
  peer.end()
  return { arrived, writes: writtenApart() }
}

/** How often the socket was given one piece to write. */
function countCalls(socket: Socket): () => number {
  const write = socket._write.bind(socket)
  let calls = 0
  socket._write = (...args) => {
    calls += 1
    write(...args)
  }
  return () => calls
}

test('head and body are sent in one piece, whatever they are written as', async () => {
  const { arrived, writes } = await send([
    ['POST / HTTP/1.1\r\n\r\n', 'latin1'],
    ['{"name":"café"}', 'utf8'],
    [Buffer.from([0, 255]), 'utf8'],
  ])
  const expected = Buffer.concat([Buffer.from('POST / HTTP/1.1\r\n\r\n{"name":"café"}'), Buffer.from([0, 255])])
  assert.deepEqual(arrived, expected)
  assert.equal(writes, 1)
})

test('what is long is not copied, and arrives as it is', async () => {
  const body = Buffer.alloc(1_000_000, 'a')
  const { arrived, writes } = await send([
    ['head', 'latin1'],
    [body, 'utf8'],
  ])
  assert.deepEqual(arrived, Buffer.concat([Buffer.from('head'), body]))
  assert.equal(writes, 0)
})
