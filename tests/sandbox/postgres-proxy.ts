import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

/** A way to PostgreSQL that can be shut and opened, as if the server went away and came back. */
export type PostgresProxy = { postgresUrl: string; open(): Promise<void>; shut(): Promise<void> }

/** A proxy to the server of `postgresUrl`, shut at first; its port stays the same. */
export async function postgresProxy(postgresUrl: string): Promise<PostgresProxy> {
  const target = new URL(postgresUrl)
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    for (const [one, other] of pair(socket, connect(Number(target.port), target.hostname))) {
      sockets.add(one)
      one.on('close', () => sockets.delete(one))
      // Either end may be reset when the proxy is shut: that is what it is for.
      one.on('error', () => other.destroy())
      one.pipe(other)
    }
  })
  const listen = async (port: number): Promise<number> => {
    await once(server.listen(port, '127.0.0.1'), 'listening')
    const address = server.address()
    if (address === null || typeof address === 'string') throw new Error('expected a port')
    return address.port
  }
  const shut = async () => {
    if (!server.listening) return
    server.close()
    for (const socket of sockets) socket.destroy()
    await once(server, 'close')
  }
  const port = await listen(0)
  await shut()
  const url = new URL(postgresUrl)
  url.port = String(port)
  return { postgresUrl: url.href, open: async () => void (await listen(port)), shut }
}

const pair = (a: Socket, b: Socket): [Socket, Socket][] => [
  [a, b],
  [b, a],
]
