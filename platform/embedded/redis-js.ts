import { once } from 'node:events'
import type { Server, Socket } from 'node:net'
import { createRedisServer } from 'js-redis-server'
import type { Logger } from '../runtime/logger.ts'
import { freePort } from './free-port.ts'
import type { EmbeddedRedis } from './redis.ts'

/** Starts js-redis-server within this process: in memory only. */
export async function startJsRedis(options: { port?: number; log: Logger }): Promise<EmbeddedRedis> {
  const redis = await createRedisServer({
    port: options.port ?? (await freePort()),
    logger: { error: (err) => options.log.error({ err }, 'js-redis-server') },
  })
  const listener = redis.server.server
  const sockets = new Set<Socket>()
  listener.on('connection', (socket: Socket) => {
    // It never sets TCP_NODELAY itself; without it every pipeline waits 40 ms for an acknowledgement.
    socket.setNoDelay(true)
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  await listenOnLoopbackOnly(listener, redis.port)
  const stop = async () => {
    // Closing waits for every client to leave; ours may be in the middle of a blocking read.
    for (const socket of sockets) socket.destroy()
    await redis.close()
  }
  let stopping: Promise<void> | undefined
  return {
    url: `redis://127.0.0.1:${redis.port}`,
    kind: 'js-redis-server',
    durable: false,
    stop: () => (stopping ??= stop()),
  }
}

// It takes no host and listens on every address; nobody outside has any business here.
async function listenOnLoopbackOnly(listener: Server, port: number): Promise<void> {
  listener.close()
  await once(listener, 'close')
  listener.listen(port, '127.0.0.1')
  await once(listener, 'listening')
}
