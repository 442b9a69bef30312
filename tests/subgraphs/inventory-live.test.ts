import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { STOCK_CHANGED, STOCK_LOW_REACHED, stockSnapshotSchema } from '#schema/events/inventory.ts'
import { eventEnvelopeSchema, streamOf } from '#schema/events/envelope.ts'
import { newId } from '#platform/kernel/ids.ts'
import type { Answer } from '../support/client.ts'
import { waitUntil } from '../support/wait-until.ts'
import { startInventory, type TestInventory } from './inventory-shop.ts'

let inventory: TestInventory
before(async () => {
  inventory = await startInventory()
})
after(() => inventory.shop.stop())

const CHANGED = `subscription ($ids: [ID!]!) { stockChanged(variantIds: $ids) { id inStock stock { available version } } }`
const LOW = 'subscription { lowStockReached { id stock { available onHand lowStockThreshold } } }'

const next = async (updates: AsyncIterator<Answer>, field: string) => {
  const { value } = (await updates.next()) as { value: Answer }
  assert.equal(value.errors, undefined)
  return value.data[field]
}

describe('stockChanged', () => {
  test('sends the current stock of every variant at once, null where there is none', async () => {
    const [a, b, unknown] = [await inventory.variant(3), await inventory.variant(0), newId()]
    const updates = inventory.shop.subscribe('inventory', CHANGED, { ids: [a, b, unknown, a] })
    const current = [
      await next(updates, 'stockChanged'),
      await next(updates, 'stockChanged'),
      await next(updates, 'stockChanged'),
    ]
    assert.deepEqual(current, [
      { id: a, inStock: true, stock: { available: 3, version: 1 } },
      { id: b, inStock: false, stock: { available: 0, version: 1 } },
      { id: unknown, inStock: false, stock: null },
    ])
    await inventory.adjustStock({ variantId: a, delta: 1, reason: 'test', idempotencyKey: newId() })
    assert.deepEqual(await next(updates, 'stockChanged'), { id: a, inStock: true, stock: { available: 4, version: 2 } })
    await updates.return?.()
  })

  test('then sends every version as it was, in order and without a gap, under thirty buyers at once', async () => {
    const variants = [await inventory.variant(60), await inventory.variant(60)]
    const updates = inventory.shop.subscribe('inventory', CHANGED, { ids: variants })
    const seen = new Map(variants.map((id) => [id, [] as { version: number; available: number }[]]))
    for (const _ of variants) await next(updates, 'stockChanged')
    const buy = async () => {
      const orderId = newId()
      await inventory.reserve(
        orderId,
        variants.map((variantId) => ({ variantId, quantity: 2 })),
      )
      await inventory.release(orderId)
    }
    const buying = Promise.all(Array.from({ length: 30 }, buy))
    for (let count = 0; count < 2 * 60; count += 1) {
      const { id, stock } = await next(updates, 'stockChanged')
      seen.get(id)?.push(stock)
    }
    await buying
    for (const states of seen.values()) {
      assert.deepEqual(
        states.map(({ version }) => version),
        Array.from({ length: 60 }, (_, index) => index + 2),
      )
      const steps = states.map(({ available }, index) => Math.abs(available - (states[index - 1]?.available ?? 60)))
      assert.ok(
        steps.every((step) => step === 2),
        'each version differs from the one before by one order',
      )
      assert.equal(states.at(-1)?.available, 60)
    }
    await updates.return?.()
  })

  test('demands 1 to 100 variants', async () => {
    for (const ids of [[], Array.from({ length: 101 }, () => newId())]) {
      const updates = inventory.shop.subscribe('inventory', CHANGED, { ids })
      const [error] = await updates.next().then(
        ({ value }) => (value as Answer).errors ?? [],
        (errors: Answer['errors']) => errors ?? [],
      )
      assert.equal(error?.extensions?.['code'], 'BAD_USER_INPUT')
    }
  })
})

describe('lowStockReached', () => {
  test('tells of a variant as it falls to its threshold, once, and again after it was filled up', async () => {
    const variantId = await inventory.variant(6, 3)
    const updates = inventory.shop.subscribe('inventory', LOW, {}, inventory.merchant)
    const bus = (await inventory.shop.runtime('inventory')).redis
    await waitUntil('somebody listens', async () => (await bus.pubsub('NUMSUB', 'live:low-stock'))[1] !== 0)
    const [first, second, third] = [newId(), newId(), newId()]
    await inventory.reserve(first, [{ variantId, quantity: 2 }])
    await inventory.reserve(second, [{ variantId, quantity: 1 }])
    await inventory.reserve(third, [{ variantId, quantity: 1 }])
    await inventory.setStock({ variantId, onHand: 20 })
    await inventory.adjustStock({ variantId, delta: -14, reason: 'stolen', idempotencyKey: newId() })
    const told = [await next(updates, 'lowStockReached'), await next(updates, 'lowStockReached')]
    assert.deepEqual(told, [
      { id: variantId, stock: { available: 3, onHand: 6, lowStockThreshold: 3 } },
      { id: variantId, stock: { available: 2, onHand: 6, lowStockThreshold: 3 } },
    ])
    await updates.return?.()
  })

  test('answers only to the scope stock:read', async () => {
    const updates = inventory.shop.subscribe('inventory', LOW, {}, inventory.shop.user())
    const [error] = await updates.next().then(
      ({ value }) => (value as Answer).errors ?? [],
      (errors: Answer['errors']) => errors ?? [],
    )
    assert.equal(error?.extensions?.['code'], 'FORBIDDEN')
  })
})

test('publishes every change of a variant as an event, in order', async () => {
  const variantId = await inventory.variant(4, 1)
  const orderId = newId()
  await inventory.reserve(orderId, [{ variantId, quantity: 3 }])
  await inventory.commit(orderId)
  const { redis } = await inventory.shop.runtime('inventory')
  const published = async () => {
    const entries = await redis.xrange(streamOf('inventory'), '-', '+')
    const events = entries.map(([, fields]) => eventEnvelopeSchema.parse(JSON.parse(fields[1] ?? '')))
    return events.filter(({ subject }) => subject === variantId)
  }
  await waitUntil('all is published', async () => (await published()).length >= 4)
  const events = await published()
  const told = events.map(({ type, data }) => [type, stockSnapshotSchema.parse(data).version])
  assert.deepEqual(told, [
    [STOCK_CHANGED, 1],
    [STOCK_CHANGED, 2],
    [STOCK_LOW_REACHED, 2],
    [STOCK_CHANGED, 3],
  ])
})
