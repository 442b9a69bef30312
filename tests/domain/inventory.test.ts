import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { addUp, type ReservationStatus, type Settlement, STEPS } from '../../subgraphs/inventory/domain/reservation.ts'
import {
  adjust,
  available,
  count,
  hasBecomeLow,
  isLow,
  MAX_UNITS,
  type Units,
} from '../../subgraphs/inventory/domain/stock.ts'

const quantity = fc.oneof(fc.integer({ min: -5, max: 50 }), fc.integer({ min: -MAX_UNITS * 2, max: MAX_UNITS * 2 }))
const units: fc.Arbitrary<Units> = fc
  .record({ reserved: fc.nat({ max: 20 }), spare: fc.nat({ max: 20 }), lowStockThreshold: fc.nat({ max: 20 }) })
  .map(({ reserved, spare, lowStockThreshold }) => ({ onHand: reserved + spare, reserved, lowStockThreshold }))

const isSound = (state: Units): boolean =>
  state.reserved >= 0 &&
  available(state) >= 0 &&
  Math.max(state.onHand, state.lowStockThreshold) <= MAX_UNITS &&
  state.lowStockThreshold >= 0

describe('count', () => {
  test('gives what was counted or refuses, and never leaves less on hand than is reserved', () => {
    const property = fc.property(units, quantity, fc.option(quantity), (before, onHand, lowStockThreshold) => {
      const decided = count(before, { onHand, lowStockThreshold })
      if (!decided.ok) return assert.ok(!isSound({ ...before, onHand, lowStockThreshold: lowStockThreshold ?? 0 }))
      assert.ok(isSound(decided.value))
      assert.deepEqual(decided.value, {
        ...before,
        onHand,
        lowStockThreshold: lowStockThreshold ?? before.lowStockThreshold,
      })
    })
    fc.assert(property)
  })
})

describe('adjust', () => {
  test('adds exactly the units or refuses, and never leaves less on hand than is reserved', () => {
    const property = fc.property(units, quantity, (before, delta) => {
      const decided = adjust(before, delta)
      if (!decided.ok) return assert.ok(delta === 0 || !isSound({ ...before, onHand: before.onHand + delta }))
      assert.ok(isSound(decided.value))
      assert.deepEqual(decided.value, { ...before, onHand: before.onHand + delta })
    })
    fc.assert(property)
  })
})

describe('low stock', () => {
  test('is reached only on the way from above the threshold to at or under it', () => {
    const property = fc.property(units, units, (before, after) => {
      assert.equal(hasBecomeLow(before, after), available(before) > before.lowStockThreshold && isLow(after))
    })
    fc.assert(property)
  })
})

describe('addUp', () => {
  test('makes one line per variant, none lost, at the place of the first', () => {
    const items = fc.array(
      fc.record({ variantId: fc.constantFrom('a', 'b', 'c', 'd'), quantity: fc.integer({ min: 1, max: 9 }) }),
    )
    const property = fc.property(items, (asked) => {
      const lines = addUp(asked)
      assert.equal(new Set(lines.map(({ variantId }) => variantId)).size, lines.length)
      for (const line of lines) {
        const same = asked.filter(({ variantId }) => variantId === line.variantId)
        assert.equal(
          line.quantity,
          same.reduce((sum, item) => sum + item.quantity, 0),
        )
        assert.equal(
          line.place,
          asked.findIndex(({ variantId }) => variantId === line.variantId),
        )
      }
      assert.equal(lines.length, new Set(asked.map(({ variantId }) => variantId)).size)
    })
    fc.assert(property)
  })
})

describe('the steps of a reservation', () => {
  // What one unit of a reservation takes up while it is in a status, seen from a stock it was taken from.
  const HOLDS: Record<ReservationStatus, { onHand: number; reserved: number }> = {
    HELD: { onHand: 0, reserved: 1 },
    COMMITTED: { onHand: -1, reserved: 0 },
    RELEASED: { onHand: 0, reserved: 0 },
    EXPIRED: { onHand: 0, reserved: 0 },
  }

  test('each move a unit from what its old status holds to what its new one does, whatever the way there', () => {
    for (const [to, steps] of Object.entries(STEPS) as [Settlement, (typeof STEPS)[Settlement]][]) {
      for (const { from, onHandEach, reservedEach } of steps) {
        assert.equal(HOLDS[from].onHand + onHandEach, HOLDS[to].onHand, `${from} to ${to}`)
        assert.equal(HOLDS[from].reserved + reservedEach, HOLDS[to].reserved, `${from} to ${to}`)
      }
    }
  })

  test('never lead out of RELEASED, nor back to where they came from', () => {
    for (const [to, steps] of Object.entries(STEPS)) {
      assert.ok(steps.every(({ from }) => from !== 'RELEASED' && from !== to))
    }
  })
})
