import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { newId } from '#platform/kernel/ids.ts'
import {
  addLine,
  type Cart,
  complete,
  emptyCart,
  MAX_LINES,
  MAX_QUANTITY,
  merge,
  setQuantity,
} from '../../subgraphs/carts/domain/cart.ts'

const line = (variantId: string, quantity: number) => ({
  id: newId(),
  variantId,
  quantity,
  addedAt: '2026-11-20T00:00:00.000Z',
})
const filled = (lines: readonly [string, number][]): Cart => ({
  ...emptyCart('cart', null, 'USD'),
  version: 1,
  lines: lines.map(([variantId, quantity]) => line(variantId, quantity)),
})
const total = (cart: Cart) => cart.lines.reduce((sum, held) => sum + held.quantity, 0)

const variants = fc.constantFrom('a', 'b', 'c', 'd')
const quantities = fc.integer({ min: 1, max: MAX_QUANTITY })
const carts = fc.uniqueArray(fc.tuple(variants, quantities), { selector: ([variantId]) => variantId }).map(filled)

test('adding keeps one line a variant, never more than 999 units, and counts the version up', () => {
  fc.assert(
    fc.property(carts, variants, fc.integer({ min: -5, max: 1_200 }), (cart, variantId, quantity) => {
      const changed = addLine(cart, line(variantId, quantity), ['input', 'quantity'])
      const held = cart.lines.find((other) => other.variantId === variantId)?.quantity ?? 0
      assert.equal(changed.ok, quantity >= 1 && held + quantity <= MAX_QUANTITY)
      if (!changed.ok) return
      assert.equal(total(changed.value), total(cart) + quantity)
      assert.equal(new Set(changed.value.lines.map((other) => other.variantId)).size, changed.value.lines.length)
      assert.equal(changed.value.version, cart.version + 1)
    }),
  )
})

test('refuses the 101st line', () => {
  const full = filled(Array.from({ length: MAX_LINES }, (_, index) => [`v${index}`, 1]))
  const changed = addLine(full, line('one more', 1), ['input', 'quantity'])
  assert.equal(changed.ok ? null : changed.refusals[0]?.code, 'CART_FULL')
})

test('setting a quantity to 0 removes the line, to what it is changes nothing', () => {
  const cart = filled([['a', 2]])
  const lineId = cart.lines[0]?.id ?? ''
  const same = setQuantity(cart, lineId, 2)
  assert.ok(same.ok && same.value === cart)
  const removed = setQuantity(cart, lineId, 0)
  assert.ok(removed.ok && removed.value.lines.length === 0)
})

test('merging adds up, keeps every variant and never exceeds 999 units of one', () => {
  fc.assert(
    fc.property(carts, carts, (own, guest) => {
      const merged = merge(own, guest)
      assert.ok(merged.ok)
      for (const held of [...own.lines, ...guest.lines]) {
        const sum = [...own.lines, ...guest.lines]
          .filter((other) => other.variantId === held.variantId)
          .reduce((n, other) => n + other.quantity, 0)
        const kept: { quantity: number } | undefined = merged.value.lines.find(
          (other) => other.variantId === held.variantId,
        )
        assert.equal(kept?.quantity, Math.min(MAX_QUANTITY, sum))
      }
    }),
  )
})

test('completing empties the version ordered, takes off what was ordered from a later one, and does it once', () => {
  const cart = filled([
    ['a', 3],
    ['b', 1],
  ])
  const ordered = {
    orderId: 'o1',
    version: cart.version,
    lines: [
      { variantId: 'a', quantity: 3 },
      { variantId: 'b', quantity: 1 },
    ],
  }
  assert.equal(complete(cart, ordered).lines.length, 0)
  const later = addLine(cart, line('a', 2), ['input', 'quantity'])
  assert.ok(later.ok)
  const completed = complete(later.value, ordered)
  assert.deepEqual(
    completed.lines.map(({ variantId, quantity }) => [variantId, quantity]),
    [['a', 2]],
  )
  assert.equal(complete(completed, ordered), completed)
})
