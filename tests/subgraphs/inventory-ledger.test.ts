import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import fc from 'fast-check'
import type { Transaction } from '#platform/db/transaction.ts'
import { newId } from '#platform/kernel/ids.ts'
import { adjustStock } from '../../subgraphs/inventory/commands/adjust-stock.ts'
import { commitReservation } from '../../subgraphs/inventory/commands/commit-reservation.ts'
import { expireReservation } from '../../subgraphs/inventory/commands/expire-reservation.ts'
import type { ReservationResult, StockRefusal } from '../../subgraphs/inventory/commands/refusals.ts'
import { releaseReservation } from '../../subgraphs/inventory/commands/release-reservation.ts'
import { reserveStock } from '../../subgraphs/inventory/commands/reserve-stock.ts'
import { setStock } from '../../subgraphs/inventory/commands/set-stock.ts'
import { type Action, Model } from './inventory-model.ts'
import { startInventory, type TestInventory } from './inventory-shop.ts'

const VARIANTS = 3
const ORDERS = 4
// Each run is up to twenty transactions; the deep suite is for what costs no database.
const RUNS = { numRuns: 100 }

let inventory: TestInventory
before(async () => {
  inventory = await startInventory()
})
after(() => inventory.shop.stop())

const anyVariant = fc.nat({ max: VARIANTS - 1 })
const anyOrder = fc.nat({ max: ORDERS - 1 })
const items = fc.array(fc.record({ variant: anyVariant, quantity: fc.integer({ min: 1, max: 4 }) }), {
  minLength: 1,
  maxLength: 4,
})
const settling = (what: 'commit' | 'release' | 'expire') => ({
  weight: 2,
  arbitrary: fc.record({ do: fc.constant(what), order: anyOrder }),
})
const anyAction: fc.Arbitrary<Action> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant('reserve' as const), order: anyOrder, items }) },
  settling('commit'),
  settling('release'),
  settling('expire'),
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('set' as const), variant: anyVariant, onHand: fc.nat({ max: 9 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('adjust' as const),
      variant: anyVariant,
      delta: fc.constantFrom(-3, -1, 2, 5),
    }),
  },
)
const actions = fc.array(anyAction, { minLength: 1, maxLength: 20, size: 'max' })

type Ids = { variants: readonly string[]; orders: readonly string[] }

const freshIds = async (): Promise<Ids> => ({
  variants: await inventory.blankVariants(VARIANTS),
  orders: Array.from({ length: ORDERS }, () => newId()),
})

/** Does the action past HTTP; OK, or the code of the first refusal. */
async function perform(action: Action, ids: Ids): Promise<string> {
  const refusals = await refusalsOf(action, ids)
  return refusals[0]?.code ?? 'OK'
}

async function refusalsOf(action: Action, { variants, orders }: Ids): Promise<readonly StockRefusal[]> {
  const runtime = await inventory.shop.runtime('inventory')
  const transaction = <T>(work: (tx: Transaction) => Promise<T>) => runtime.transaction('test', work)
  const variantOf = (index: number) => variants[index] ?? ''
  const ending = (result: ReservationResult) => (result.ok ? [] : result.refusals)
  switch (action.do) {
    case 'set': {
      const products = { knownVariants: async () => new Set<string>() }
      return setStock(
        { transaction, products, requestId: 'test' },
        { variantId: variantOf(action.variant), onHand: action.onHand },
      )
    }
    case 'adjust': {
      const adjustment = { variantId: variantOf(action.variant), delta: action.delta, reason: 'test' }
      return transaction((tx) => adjustStock(tx, adjustment, { userId: null, idempotencyKey: newId() }))
    }
    case 'reserve': {
      const wanted = action.items.map(({ variant, quantity }) => ({ variantId: variantOf(variant), quantity }))
      const request = { orderId: orders[action.order] ?? '', items: wanted, ttlSeconds: 900 }
      return ending(await transaction((tx) => reserveStock(tx, request)))
    }
    case 'expire':
      await inventory.makeDue(orders[action.order] ?? '')
      await transaction((tx) => expireReservation(tx, orders[action.order] ?? ''))
      return []
    case 'commit':
    case 'release': {
      const command = action.do === 'commit' ? commitReservation : releaseReservation
      return ending(await transaction((tx) => command(tx, orders[action.order] ?? '')))
    }
  }
}

describe('whatever happens to the stock', () => {
  test('every answer and every count is what the contract says, one action after the other', async () => {
    const property = fc.asyncProperty(actions, async (sequence) => {
      const ids = await freshIds()
      const model = new Model(VARIANTS)
      for (const action of sequence) {
        assert.equal(await perform(action, ids), model.apply(action), JSON.stringify(action))
      }
      const stocks = await Promise.all(ids.variants.map(inventory.stockOf))
      assert.deepEqual(
        stocks.map(({ onHand }) => onHand),
        model.onHand,
      )
      assert.deepEqual(
        stocks.map(({ reserved }) => reserved),
        model.reserved,
      )
    })
    await fc.assert(property, RUNS)
    assert.deepEqual(await inventory.brokenVariants(), [])
  })

  test('the sum of the movements is the stock and none is negative, all actions at once', async () => {
    const property = fc.asyncProperty(actions, async (sequence) => {
      const ids = await freshIds()
      await Promise.all(sequence.map((action) => perform(action, ids)))
      assert.deepEqual(await inventory.brokenVariants(ids.variants), [])
    })
    await fc.assert(property, RUNS)
  })
})
