import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startEmbeddedPostgres } from '#platform/embedded/postgres.ts'
import { startEmbeddedRedis } from '#platform/embedded/redis.ts'
import { createLifecycle } from '#platform/runtime/lifecycle.ts'
import { createLogger } from '#platform/runtime/logger.ts'
import { askAsAdmin } from '../../cli/client/admin.ts'
import { seedShop } from '../../cli/seed/seed-shop.ts'
import { type Shop, startShop } from '../../cli/start/one-process.ts'

/** The demo shop in this process, on a PostgreSQL and a Redis that are thrown away with it. */
export async function startDemoShop(): Promise<Shop & { redisKind: string }> {
  const log = createLogger({ service: 'bench', level: 'error' })
  const lifecycle = createLifecycle(log)
  try {
    const dataDir = await mkdtemp(join(tmpdir(), 'agora-bench-'))
    lifecycle.add('data', () => rm(dataDir, { recursive: true, force: true }))
    const postgres = await startEmbeddedPostgres({ dataDir, durable: false, log })
    lifecycle.add('postgres', postgres.stop)
    const redis = await startEmbeddedRedis({ log })
    lifecycle.add('redis', redis.stop)
    const shop = await startShop({
      env: { NODE_ENV: 'test', POSTGRES_URL: postgres.url, REDIS_URL: redis.url },
      logFor: () => log,
      seed: async (tools) => void (await seedShop(await askAsAdmin(tools))),
    })
    lifecycle.add('shop', shop.stop)
    return { ...shop, redisKind: redis.kind, stop: lifecycle.stop }
  } catch (error) {
    await lifecycle.stop()
    throw error
  }
}
