import { createHash } from 'node:crypto'
import type { Redis } from 'ioredis'
import { z } from 'zod'
import { CURRENCIES } from '#platform/kernel/currency.ts'
import { inputHash } from '#platform/db/idempotency.ts'
import { createTurns } from '#platform/runtime/turns.ts'
import type { Cart } from '../domain/cart.ts'
import { type CartWrite, CONFLICT, defineScripts } from './scripts.ts'

// A retry of "add to cart" comes within seconds; a day covers a phone that was out of reach.
const KEY_TTL_MS = 24 * 3_600_000
// Changes of one cart take turns within a process; what is left are other copies, and those are few.
const MAX_ATTEMPTS = 50

const cartSchema = z.object({
  id: z.string(),
  ownerId: z.string().nullable(),
  currency: z.enum(CURRENCIES),
  lines: z.array(z.object({ id: z.string(), variantId: z.string(), quantity: z.number(), addedAt: z.string() })),
  version: z.number(),
  completedOrders: z.array(z.string()),
  expiresAtMs: z.number(),
})

/** A cart with the time when it is dropped unless it changes again. */
export type StoredCart = Cart & { expiresAtMs: number }

/** The idempotency key of a change, with the input that it stands for. */
export type ChangeKey = { key: string; input: unknown }

/** What a change came to. `repeated`: its key was used before, for the same; `reused`: for something else. */
export type Outcome<Refused> =
  | { kind: 'saved' | 'repeated'; cart: StoredCart }
  | { kind: 'refused'; refused: Refused }
  | { kind: 'reused' }

/** What to do about a cart: write it (unchanged: its expiry slides), or refuse. */
export type Decision<Refused> = { write: Cart } | { refused: Refused }

/** Carts in Redis: one atomic script per change, a live message with each. */
export type CartStore = {
  find(cartId: string): Promise<StoredCart | null>
  findMany(cartIds: readonly string[]): Promise<StoredCart[]>
  /**
   * Reads, decides, and writes unless a cart that was read has changed meanwhile; then it reads and decides again.
   * A cart to `absorb` is read too, and goes away with the same script.
   */
  change<Refused>(
    which: Which,
    decide: (cart: Cart | null, absorbed: Cart | null) => Decision<Refused>,
  ): Promise<Outcome<Refused>>
}

/** The cart to change, under an idempotency key where there is one, and a guest's cart that goes into it. */
export type Which = { cartId: string; key?: ChangeKey | undefined; absorb?: string }

/** The channel on which each new version of a cart is told. */
export const cartChannel = (cartId: string): string => `live:cart:${cartId}`

/** Reads what the channel and Redis hold. */
export const parseCart = (value: unknown): StoredCart => cartSchema.parse(value)

/** Carts that are dropped `ttlS` seconds after their last change. */
export function createCartStore(redis: Redis, ttlS: number): CartStore {
  const scripts = defineScripts(redis)
  const inTurn = createTurns()
  const findMany = async (cartIds: readonly string[]) => {
    const pipeline = redis.pipeline()
    for (const cartId of cartIds) pipeline.hget(cartKey(cartId), 'cart')
    const answers = (await pipeline.exec()) ?? []
    return answers.flatMap(([error, text]) => {
      if (error !== null) throw error
      return typeof text === 'string' ? [parseCart(JSON.parse(text))] : []
    })
  }
  const find = async (cartId: string) => (await findMany([cartId]))[0] ?? null

  const attempt = async <Refused>(
    which: Which,
    decide: (cart: Cart | null, absorbed: Cart | null) => Decision<Refused>,
  ) => {
    const [before, absorbed] = await Promise.all([
      find(which.cartId),
      which.absorb === undefined ? null : find(which.absorb),
    ])
    const decision = decide(before, absorbed)
    if ('refused' in decision && which.key === undefined) return { kind: 'refused' as const, refused: decision.refused }
    const cart = 'refused' in decision ? null : { ...decision.write, expiresAtMs: Date.now() + ttlS * 1000 }
    const mark = which.key === undefined ? null : markOf(which.cartId, which.key)
    const answer = await scripts.write(toWrite({ before, cart, absorbed, mark, ttlS, cartId: which.cartId }))
    if (answer === CONFLICT) return null
    if (answer !== null) return repeated(answer === mark?.hash, before)
    return 'refused' in decision ? { kind: 'refused' as const, refused: decision.refused } : saved(cart)
  }
  const change: CartStore['change'] = (which, decide) =>
    inTurn(which.cartId, async () => {
      for (let tries = 0; tries < MAX_ATTEMPTS; tries += 1) {
        const outcome = await attempt(which, decide)
        if (outcome !== null) return outcome
      }
      throw new Error(`expected to change cart ${which.cartId} within ${MAX_ATTEMPTS} attempts`)
    })
  return { find, findMany, change }
}

type Attempt = {
  cartId: string
  before: StoredCart | null
  cart: StoredCart | null
  absorbed: StoredCart | null
  mark: { key: string; hash: string } | null
  ttlS: number
}

const toWrite = ({ cartId, before, cart, absorbed, mark, ttlS }: Attempt): CartWrite => ({
  cartKey: cartKey(cartId),
  version: before?.version ?? 0,
  cart,
  ttlMs: ttlS * 1000,
  channel: cart !== null && cart.version !== before?.version ? cartChannel(cartId) : null,
  mark: mark && { ...mark, ttlMs: KEY_TTL_MS },
  absorbed: absorbed && { key: cartKey(absorbed.id), version: absorbed.version },
})

function saved(cart: StoredCart | null): Outcome<never> {
  if (cart === null) throw new Error('expected a cart to have been written')
  return { kind: 'saved', cart }
}

function repeated(isSameInput: boolean, cart: StoredCart | null): Outcome<never> {
  return isSameInput && cart !== null ? { kind: 'repeated', cart } : { kind: 'reused' }
}

const cartKey = (cartId: string): string => `cart:{${cartId}}`

const markOf = (cartId: string, { key, input }: ChangeKey) => ({
  key: `cart-key:{${cartId}}:${createHash('sha256').update(key).digest('base64url')}`,
  hash: inputHash(input),
})
