import { join } from 'node:path'
import { startEmbeddedPostgres } from '#platform/embedded/postgres.ts'
import { startEmbeddedRedis } from '#platform/embedded/redis.ts'
import type { Config } from '#platform/runtime/config.ts'
import type { Lifecycle } from '#platform/runtime/lifecycle.ts'
import type { Logger } from '#platform/runtime/logger.ts'

/** The backing services of a shop, with a line about each for the start block. */
export type BackingServices = {
  postgres: { url: string; isEmbedded: boolean; note: string }
  redis: { url: string; note: string }
}

/** Uses POSTGRES_URL and REDIS_URL where they are set, and starts embedded ones where not; `lifecycle` stops those. */
export async function startBackingServices(
  config: Config,
  lifecycle: Lifecycle,
  log: Logger,
): Promise<BackingServices> {
  const outcomes = await Promise.allSettled([postgresOf(config, lifecycle, log), redisOf(config, lifecycle, log)])
  // Both are awaited to their end, so that whichever came up is known to the lifecycle when the other one failed.
  const [postgres, redis] = outcomes
  if (postgres.status === 'rejected') throw postgres.reason
  if (redis.status === 'rejected') throw redis.reason
  return { postgres: postgres.value, redis: redis.value }
}

async function postgresOf(config: Config, lifecycle: Lifecycle, log: Logger): Promise<BackingServices['postgres']> {
  if (config.POSTGRES_URL !== undefined) {
    return {
      url: config.POSTGRES_URL,
      isEmbedded: false,
      note: `${withoutSecrets(config.POSTGRES_URL)} (POSTGRES_URL)`,
    }
  }
  const { url, dataDir, stop } = await startEmbeddedPostgres({
    dataDir: join(config.DATA_DIR, 'postgres'),
    durable: true,
    log,
  })
  lifecycle.add('postgresql', stop)
  return {
    url,
    isEmbedded: true,
    note: `embedded, on port ${new URL(url).port}; data in ${dataDir}, kept between runs`,
  }
}

async function redisOf(config: Config, lifecycle: Lifecycle, log: Logger): Promise<BackingServices['redis']> {
  if (config.REDIS_URL !== undefined)
    return { url: config.REDIS_URL, note: `${withoutSecrets(config.REDIS_URL)} (REDIS_URL)` }
  const dataDir = join(config.DATA_DIR, 'redis')
  const { url, kind, durable, stop } = await startEmbeddedRedis({ dataDir, log })
  lifecycle.add('redis', stop)
  const keeps = durable ? `data in ${dataDir}: carts survive a restart` : 'in memory: carts do not survive a restart'
  return { url, note: `${kind}, on port ${new URL(url).port}; ${keeps}` }
}

function withoutSecrets(address: string): string {
  const url = new URL(address)
  url.username = ''
  url.password = ''
  return url.href
}
