import type { Logger } from '../runtime/logger.ts'
import { startJsRedis } from './redis-js.ts'
import { findRedisServer, startRedisServer } from './redis-server.ts'

/** A Redis that was started, or found running. */
export type EmbeddedRedis = {
  url: string
  kind: 'redis-server' | 'js-redis-server'
  /** Whether what it holds survives its end: carts do or don't. */
  durable: boolean
  stop(): Promise<void>
}

/** How to start one. `kind` unset: the `redis-server` of the PATH where there is one. `dataDir` unset: nothing is kept. */
export type EmbeddedRedisOptions = { dataDir?: string; port?: number; kind?: 'js' | 'server'; log: Logger }

/** Starts Redis on 127.0.0.1. Refuses `kind: 'server'` where the PATH has no `redis-server` that will do. */
export async function startEmbeddedRedis(options: EmbeddedRedisOptions): Promise<EmbeddedRedis> {
  if (options.kind === 'js') return startJsRedis(options)
  const program = await findRedisServer(options.log)
  if (program !== undefined) return startRedisServer(program, options)
  if (options.kind === 'server') throw new Error('expected a redis-server, 6.2 or newer, on the PATH: there is none')
  return startJsRedis(options)
}
