import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { newId } from '#platform/kernel/ids.ts'
import { startInventory, type TestInventory } from './inventory-shop.ts'

let inventory: TestInventory
before(async () => {
  inventory = await startInventory()
})
after(() => inventory.shop.stop())

type Reply = { reservation: object | null; userErrors: { code: string }[] }
const isHeld = ({ reservation }: Reply) => reservation !== null
const times = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index))

test('sells exactly 20 units to 60 buyers at once, and tells the other 40 that there are none', async () => {
  const variantId = await inventory.variant(20)
  const orders = times(60, () => newId())
  const replies: Reply[] = await Promise.all(
    orders.map((orderId) => inventory.reserve(orderId, [{ variantId, quantity: 1 }])),
  )
  assert.equal(replies.filter(isHeld).length, 20)
  assert.equal(replies.filter(({ userErrors }) => userErrors[0]?.code === 'OUT_OF_STOCK').length, 40)
  await Promise.all(
    orders.filter((_, index) => isHeld(replies[index] as Reply)).map((orderId) => inventory.commit(orderId)),
  )
  assert.partialDeepStrictEqual(await inventory.stockOf(variantId), { onHand: 0, reserved: 0 })
  assert.deepEqual(await inventory.brokenVariants(), [])
})

test('never deadlocks nor sells twice, whatever the order in which carts list their variants', async () => {
  const variants = await Promise.all(times(12, () => inventory.variant(15)))
  const buy = async () => {
    const items = variants
      .toSorted(() => Math.random() - 0.5)
      .slice(0, 6)
      .map((variantId) => ({ variantId, quantity: 1 }))
    const orderId = newId()
    const reply: Reply = await inventory.reserve(orderId, items)
    if (!isHeld(reply)) return 0
    const isPaid = Math.random() < 0.7
    const settled: Reply = await (isPaid ? inventory.commit(orderId) : inventory.release(orderId))
    assert.deepEqual(settled.userErrors, [])
    return isPaid ? items.length : 0
  }
  const sold = await Promise.all(times(120, buy))
  const left = await Promise.all(variants.map((id) => inventory.stockOf(id)))
  assert.equal(
    left.reduce((sum, { onHand }) => sum + onHand, 0),
    12 * 15 - sold.reduce((sum, units) => sum + units, 0),
  )
  assert.ok(left.every(({ reserved }) => reserved === 0))
  assert.deepEqual(await inventory.brokenVariants(), [])
})

test('settles a reservation once, whoever commits, releases and expires it at the same time', async () => {
  const variantId = await inventory.variant(40)
  const orders = times(20, () => newId())
  for (const orderId of orders) await inventory.reserve(orderId, [{ variantId, quantity: 2 }])
  await Promise.all(
    orders.flatMap((orderId) => [
      inventory.commit(orderId),
      inventory.release(orderId),
      inventory.commit(orderId),
      inventory.makeDue(orderId),
      inventory.runJob('expire-reservation', { orderId, requestId: 'test' }),
      inventory.release(orderId),
    ]),
  )
  assert.partialDeepStrictEqual(await inventory.stockOf(variantId), { onHand: 40, reserved: 0 })
  assert.deepEqual(await inventory.brokenVariants(), [])
})

test('counts and adjusts amid sales without losing a unit', async () => {
  const variantId = await inventory.variant(100)
  const adjust = (delta: number) => inventory.adjustStock({ variantId, delta, reason: 'test', idempotencyKey: newId() })
  const sell = async () => {
    const orderId = newId()
    await inventory.reserve(orderId, [{ variantId, quantity: 1 }])
    await inventory.commit(orderId)
  }
  await Promise.all([...times(20, () => adjust(3)), ...times(20, () => adjust(-1)), ...times(40, sell)])
  assert.partialDeepStrictEqual(await inventory.stockOf(variantId), { onHand: 100 + 60 - 20 - 40, reserved: 0 })
  assert.deepEqual(await inventory.brokenVariants(), [])
})
