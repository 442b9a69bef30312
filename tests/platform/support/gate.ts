import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

/** A way to a server that can be shut and opened, as if the server went away and came back at the same address. */
export type Gate = { url: string; open(): Promise<void>; shut(): Promise<void>; connections(): number }

/** An open gate to the server of `target`. */
export async function startGate(target: string): Promise<Gate> {
  const to = new URL(target)
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    const upstream = connect(Number(to.port), to.hostname)
    join(socket, upstream, sockets)
    join(upstream, socket, sockets)
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
  const url = new URL(target)
  url.host = `127.0.0.1:${port}`
  return { url: url.href, shut, open: async () => void (await listen(port)), connections: () => sockets.size / 2 }
}

function join(from: Socket, to: Socket, all: Set<Socket>): void {
  all.add(from)
  from.on('close', () => {
    all.delete(from)
    to.destroy()
  })
  // Either end may be reset when the gate is shut: that is what it is for.
  from.on('error', () => to.destroy())
  from.pipe(to)
}
