import type { Redis } from 'ioredis'
import { z } from 'zod'
import { CURRENCIES } from '#platform/kernel/currency.ts'
import type { ProductsClient, VariantPrices } from '../neighbours/products.ts'
import { defineScripts } from './scripts.ts'

// Events drop a price within milliseconds. This is for an event that got lost with its Redis.
const PRICE_TTL_MS = 5 * 60_000
// Longer than any answer of products may take to arrive.
const FLOOR_TTL_MS = 2 * PRICE_TTL_MS

const pricesSchema = z.object({
  variantId: z.string(),
  version: z.number(),
  prices: z.array(z.object({ amount: z.string(), currency: z.enum(CURRENCIES) })),
})

/** Today's prices, asked of products and kept in Redis until they change. */
export type PriceBook = {
  /** Of those variants that can be seen. One read of Redis, and at most one call of products. Misses are not kept. */
  read(variantIds: readonly string[], requestId: string): Promise<VariantPrices[]>
  /** A price changed: what is kept is dropped, and nothing older than `version` is kept again. */
  drop(variantId: string, version: number): Promise<void>
}

/** The price book of this process; what it keeps is shared by all copies. */
export function createPriceBook(redis: Redis, products: ProductsClient): PriceBook {
  const scripts = defineScripts(redis)
  return {
    read: async (variantIds, requestId) => {
      const texts = await redis.mget(variantIds.map(priceKey))
      const kept = texts.flatMap((text) => (text === null ? [] : [pricesSchema.parse(JSON.parse(text))]))
      const missing = variantIds.filter((id) => !kept.some((prices) => prices.variantId === id))
      if (missing.length === 0) return kept
      const found = await products.prices(missing, requestId)
      if (found.length > 0) await scripts.keepPrices(found.map(toEntry), PRICE_TTL_MS)
      return [...kept, ...found]
    },
    drop: async (variantId, version) => {
      await redis.pipeline().set(floorKey(variantId), version, 'PX', FLOOR_TTL_MS).del(priceKey(variantId)).exec()
    },
  }
}

const priceKey = (variantId: string): string => `price:{${variantId}}`
const floorKey = (variantId: string): string => `price-floor:{${variantId}}`

const toEntry = (prices: VariantPrices) => ({
  key: priceKey(prices.variantId),
  floorKey: floorKey(prices.variantId),
  version: prices.version,
  price: JSON.stringify(prices),
})
