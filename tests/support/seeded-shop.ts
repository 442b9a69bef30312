import { askAsAdmin } from '../../cli/client/admin.ts'
import { seedShop } from '../../cli/seed/seed-shop.ts'
import { type Shop, startShop } from '../../cli/start/one-process.ts'
import { startBacking } from './backing.ts'
import { quiet } from './quiet.ts'

/** The whole shop with its demo data, in this process, on a PostgreSQL and a Redis of its own; call `stop` in `after`. `env` adds to its environment. */
export async function startSeededShop(env: Record<string, string> = {}): Promise<Shop> {
  const backing = await startBacking()
  const stop = () => backing.stop()
  try {
    const shop = await startShop({
      env: { NODE_ENV: 'test', POSTGRES_URL: backing.postgresUrl, REDIS_URL: backing.redisUrl, ...env },
      logFor: () => quiet,
      seed: async (tools) => void (await seedShop(await askAsAdmin(tools))),
    })
    return { ...shop, stop: () => shop.stop().then(stop) }
  } catch (error) {
    await stop()
    throw error
  }
}
