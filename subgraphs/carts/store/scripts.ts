import type { Redis, Result } from 'ioredis'

/** What the script answers where the cart is no longer the one that was read. */
export const CONFLICT = 'CONFLICT'

// KEYS: cart, idempotency mark, absorbed cart ('' where there is none).
// ARGV: expected version, new version, cart, time to live, channel, mark's hash, mark's time to live, absorbed cart's version.
// A mark that is there decides first: what was done under a key is not done again, whatever the cart is now.
const WRITE = `
if KEYS[2] ~= '' then
  local mark = redis.call('GET', KEYS[2])
  if mark then return mark end
end
if ARGV[3] == '' then return nil end
local version = redis.call('HGET', KEYS[1], 'version') or '0'
if version ~= ARGV[1] then return '${CONFLICT}' end
if KEYS[3] ~= '' then
  if (redis.call('HGET', KEYS[3], 'version') or '0') ~= ARGV[8] then return '${CONFLICT}' end
  redis.call('DEL', KEYS[3])
end
redis.call('HSET', KEYS[1], 'version', ARGV[2], 'cart', ARGV[3])
redis.call('PEXPIRE', KEYS[1], ARGV[4])
if KEYS[2] ~= '' then redis.call('SET', KEYS[2], ARGV[6], 'PX', ARGV[7]) end
if ARGV[5] ~= '' then redis.call('PUBLISH', ARGV[5], ARGV[3]) end
return nil
`

// KEYS: price and floor, in turns. ARGV: time to live, then version and price in turns. A price that is older than what an
// event has told of is not kept: it was read before the change and comes late.
const KEEP_PRICES = `
for i = 1, #KEYS, 2 do
  local floor = tonumber(redis.call('GET', KEYS[i + 1]) or '0')
  if floor <= tonumber(ARGV[i + 1]) then redis.call('SET', KEYS[i], ARGV[i + 2], 'PX', ARGV[1]) end
end
return nil
`

declare module 'ioredis' {
  interface RedisCommander<Context> {
    agoraWriteCart(...args: (string | number)[]): Result<string | null, Context>
    agoraKeepPrices(keyCount: number, ...args: (string | number)[]): Result<null, Context>
  }
}

/** One change of a cart, to be written or not at all. */
export type CartWrite = {
  cartKey: string
  /** The version that was read; 0 where there was no cart. */
  version: number
  /** Null: only look whether the mark is there. */
  cart: { version: number } | null
  ttlMs: number
  channel: string | null
  mark: { key: string; hash: string; ttlMs: number } | null
  absorbed: { key: string; version: number } | null
}

/** The scripts of the carts subgraph on one connection. */
export function defineScripts(redis: Redis) {
  redis.defineCommand('agoraWriteCart', { numberOfKeys: 3, lua: WRITE })
  redis.defineCommand('agoraKeepPrices', { lua: KEEP_PRICES })
  return {
    /** Null where it was written; {@link CONFLICT}; or the hash of the input under which the mark was set before. */
    write: ({ cartKey, version, cart, ttlMs, channel, mark, absorbed }: CartWrite): Promise<string | null> =>
      redis.agoraWriteCart(
        cartKey,
        mark?.key ?? '',
        absorbed?.key ?? '',
        version,
        cart?.version ?? 0,
        cart === null ? '' : JSON.stringify(cart),
        ttlMs,
        channel ?? '',
        mark?.hash ?? '',
        mark?.ttlMs ?? 0,
        absorbed?.version ?? 0,
      ),
    /** Keeps prices for `ttlMs`, but those that an event has overtaken. */
    keepPrices: (prices: readonly { key: string; floorKey: string; version: number; price: string }[], ttlMs: number) =>
      redis.agoraKeepPrices(
        prices.length * 2,
        ...prices.flatMap(({ key, floorKey }) => [key, floorKey]),
        ttlMs,
        ...prices.flatMap(({ version, price }) => [version, price]),
      ),
  }
}
