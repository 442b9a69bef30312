import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { newId } from '#platform/kernel/ids.ts'
import { waitUntil } from '../support/wait-until.ts'
import { startInventory, type TestInventory } from './inventory-shop.ts'

let inventory: TestInventory
before(async () => {
  inventory = await startInventory()
})
after(() => inventory.shop.stop())

const codes = (payload: { userErrors: { code: string }[] }) => payload.userErrors.map(({ code }) => code)

describe('reserveStock', () => {
  test('holds all lines until its time is over, fifteen minutes unless told', async () => {
    const [a, b] = [await inventory.variant(5), await inventory.variant(7)]
    const orderId = newId()
    const { reservation, userErrors } = await inventory.reserve(orderId, [
      { variantId: a, quantity: 2 },
      { variantId: b, quantity: 7 },
    ])
    assert.deepEqual(userErrors, [])
    assert.equal(reservation.status, 'HELD')
    assert.equal(reservation.orderId, orderId)
    const heldMs = Date.parse(reservation.expiresAt) - Date.now()
    assert.ok(heldMs > 880_000 && heldMs <= 900_000, `${heldMs}`)
    assert.partialDeepStrictEqual(await inventory.stockOf(a), { onHand: 5, reserved: 2 })
    assert.partialDeepStrictEqual(await inventory.stockOf(b), { onHand: 7, reserved: 7 })
  })

  test('holds nothing where one line lacks, and names every lacking variant with what is left', async () => {
    const [a, b, c] = [await inventory.variant(1), await inventory.variant(9), await inventory.variant(0)]
    const unknown = newId()
    const { reservation, userErrors } = await inventory.reserve(newId(), [
      { variantId: b, quantity: 1 },
      { variantId: a, quantity: 2 },
      { variantId: c, quantity: 1 },
      { variantId: unknown, quantity: 1 },
      { variantId: 'no-id', quantity: 1 },
    ])
    assert.equal(reservation, null)
    const lacking = userErrors.map(
      (error: { code: string; path: string[]; available: number; variant: { id: string } }) => [
        error.code,
        error.path.join('.'),
        error.available,
        error.variant.id,
      ],
    )
    assert.deepEqual(lacking, [
      ['OUT_OF_STOCK', 'input.items.1.quantity', 1, a],
      ['OUT_OF_STOCK', 'input.items.2.quantity', 0, c],
      ['OUT_OF_STOCK', 'input.items.3.quantity', 0, unknown],
      ['OUT_OF_STOCK', 'input.items.4.quantity', 0, 'no-id'],
    ])
    assert.equal((await inventory.stockOf(b)).reserved, 0)
  })

  test('refuses two lines of one variant that together exceed the stock, and adds up those that do not', async () => {
    const variantId = await inventory.variant(5)
    const refused = await inventory.reserve(newId(), [
      { variantId, quantity: 3 },
      { variantId, quantity: 3 },
    ])
    assert.deepEqual(codes(refused), ['OUT_OF_STOCK'])
    const held = await inventory.reserve(newId(), [
      { variantId, quantity: 3 },
      { variantId, quantity: 2 },
    ])
    assert.deepEqual(codes(held), [])
    assert.equal((await inventory.stockOf(variantId)).reserved, 5)
  })

  test('gives the same order its first answer, and holds nothing twice', async () => {
    const variantId = await inventory.variant(5)
    const orderId = newId()
    const first = await inventory.reserve(orderId, [{ variantId, quantity: 2 }])
    assert.deepEqual(await inventory.reserve(orderId, [{ variantId, quantity: 2 }]), first)
    assert.deepEqual(await inventory.reserve(orderId, [{ variantId, quantity: 99 }]), first)
    assert.equal((await inventory.stockOf(variantId)).reserved, 2)
  })

  test('burns nothing by a refusal: the same order is held once there is stock', async () => {
    const variantId = await inventory.variant(1)
    const orderId = newId()
    assert.deepEqual(codes(await inventory.reserve(orderId, [{ variantId, quantity: 2 }])), ['OUT_OF_STOCK'])
    await inventory.setStock({ variantId, onHand: 2 })
    assert.equal((await inventory.reserve(orderId, [{ variantId, quantity: 2 }])).reservation.status, 'HELD')
  })

  test('answers twelve at once for one order alike, though the first takes the last units', async () => {
    for (let round = 0; round < 5; round += 1) {
      const [a, b] = [await inventory.variant(2), await inventory.variant(2)]
      const orderId = newId()
      const items = [
        { variantId: a, quantity: 2 },
        { variantId: b, quantity: 2 },
      ]
      const answers = await Promise.all(Array.from({ length: 12 }, () => inventory.reserve(orderId, items)))
      for (const answer of answers) assert.deepEqual(answer, answers[0])
      assert.equal(answers[0].reservation.status, 'HELD')
      assert.equal((await inventory.stockOf(a)).reserved, 2)
    }
    assert.deepEqual(await inventory.brokenVariants(), [])
  })

  test('refuses quantities out of bounds, and malformed calls as the caller’s fault', async () => {
    const variantId = await inventory.variant(1)
    const refused = await inventory.reserve(newId(), [
      { variantId, quantity: 0 },
      { variantId, quantity: 1_000_000_001 },
    ])
    assert.deepEqual(codes(refused), ['INVALID_QUANTITY', 'INVALID_QUANTITY'])
    const item = { variantId, quantity: 1 }
    const malformed = [
      { orderId: newId(), items: [] },
      { orderId: newId(), items: Array.from({ length: 101 }, () => item) },
      { orderId: newId(), items: [item], ttlSeconds: 0 },
      { orderId: newId(), items: [item], ttlSeconds: 86_401 },
      { orderId: 'no-id', items: [item] },
    ]
    const document = 'mutation ($input: ReserveStockInput!) { reserveStock(input: $input) { reservation { status } } }'
    for (const input of malformed) {
      const { errors } = await inventory.shop.call('inventory', document, { input }, inventory.orders)
      assert.equal(errors?.[0]?.extensions?.['code'], 'BAD_USER_INPUT', JSON.stringify(input))
    }
  })

  test('answers to a service only, never to a person', async () => {
    const document =
      'mutation ($input: ReservationInput!) { releaseReservation(input: $input) { reservation { status } } }'
    for (const viewer of [inventory.shop.guest, inventory.shop.user({ role: 'ADMIN' })]) {
      const { data, errors } = await inventory.shop.call('inventory', document, { input: { orderId: newId() } }, viewer)
      assert.equal(data?.releaseReservation ?? null, null)
      assert.ok(errors?.[0])
    }
  })

  test('takes two statements with what it tells the world', async () => {
    const variantId = await inventory.variant(5)
    inventory.shop.resetStatements()
    await inventory.reserve(newId(), [{ variantId, quantity: 1 }])
    assert.equal(inventory.shop.statements('inventory').length, 2)
  })
})

describe('commitReservation', () => {
  test('turns what is held into a sale; again changes nothing', async () => {
    const variantId = await inventory.variant(5)
    const orderId = newId()
    await inventory.reserve(orderId, [{ variantId, quantity: 2 }])
    const committed = await inventory.commit(orderId)
    assert.deepEqual(committed.reservation, { orderId, status: 'COMMITTED', expiresAt: null })
    const stock = await inventory.stockOf(variantId)
    assert.partialDeepStrictEqual(stock, { onHand: 3, reserved: 0 })
    assert.deepEqual(await inventory.commit(orderId), committed)
    assert.deepEqual(await inventory.stockOf(variantId), stock)
    assert.equal((await inventory.reserve(orderId, [{ variantId, quantity: 2 }])).reservation.status, 'COMMITTED')
  })

  test('takes the units of an expired reservation again, all or none', async () => {
    const [a, b] = [await inventory.variant(2), await inventory.variant(2)]
    const orderId = newId()
    await inventory.reserve(
      orderId,
      [
        { variantId: a, quantity: 2 },
        { variantId: b, quantity: 1 },
      ],
      1,
    )
    await waitUntil('the reservation has expired', async () => (await inventory.stockOf(a)).reserved === 0)
    const rival = newId()
    await inventory.reserve(rival, [{ variantId: a, quantity: 1 }])
    const refused = await inventory.commit(orderId)
    assert.deepEqual(codes(refused), ['OUT_OF_STOCK'])
    assert.equal(refused.userErrors[0].variant.id, a)
    assert.equal(refused.userErrors[0].available, 1)
    assert.partialDeepStrictEqual(await inventory.stockOf(b), { onHand: 2, reserved: 0 })
    await inventory.release(rival)
    assert.equal((await inventory.commit(orderId)).reservation.status, 'COMMITTED')
    assert.partialDeepStrictEqual(await inventory.stockOf(a), { onHand: 0, reserved: 0 })
    assert.partialDeepStrictEqual(await inventory.stockOf(b), { onHand: 1, reserved: 0 })
  })

  test('refuses one that was released, and one that never was', async () => {
    const variantId = await inventory.variant(5)
    const orderId = newId()
    await inventory.reserve(orderId, [{ variantId, quantity: 2 }])
    await inventory.release(orderId)
    assert.deepEqual(codes(await inventory.commit(orderId)), ['RESERVATION_ENDED'])
    assert.deepEqual(codes(await inventory.commit(newId())), ['RESERVATION_NOT_FOUND'])
    assert.deepEqual(codes(await inventory.commit('no-id')), ['RESERVATION_NOT_FOUND'])
  })
})

describe('releaseReservation', () => {
  test('gives back what is held; again changes nothing', async () => {
    const variantId = await inventory.variant(5)
    const orderId = newId()
    await inventory.reserve(orderId, [{ variantId, quantity: 2 }])
    const released = await inventory.release(orderId)
    assert.deepEqual(released.reservation, { orderId, status: 'RELEASED', expiresAt: null })
    const stock = await inventory.stockOf(variantId)
    assert.partialDeepStrictEqual(stock, { onHand: 5, reserved: 0 })
    assert.deepEqual(await inventory.release(orderId), released)
    assert.deepEqual(await inventory.stockOf(variantId), stock)
  })

  test('restocks what was sold, once', async () => {
    const variantId = await inventory.variant(5)
    const orderId = newId()
    await inventory.reserve(orderId, [{ variantId, quantity: 2 }])
    await inventory.commit(orderId)
    await inventory.release(orderId)
    await inventory.release(orderId)
    assert.partialDeepStrictEqual(await inventory.stockOf(variantId), { onHand: 5, reserved: 0 })
  })

  test('leaves the stock of an expired one alone', async () => {
    const variantId = await inventory.variant(5)
    const orderId = newId()
    await inventory.reserve(orderId, [{ variantId, quantity: 2 }], 1)
    await waitUntil('the reservation has expired', async () => (await inventory.stockOf(variantId)).reserved === 0)
    const stock = await inventory.stockOf(variantId)
    assert.equal((await inventory.release(orderId)).reservation.status, 'RELEASED')
    assert.deepEqual(await inventory.stockOf(variantId), stock)
    assert.deepEqual(codes(await inventory.commit(orderId)), ['RESERVATION_ENDED'])
  })

  test('leaves a tombstone for an unknown order, so that a slow reserveStock finds it ended', async () => {
    const variantId = await inventory.variant(5)
    const orderId = newId()
    assert.equal((await inventory.release(orderId)).reservation.status, 'RELEASED')
    assert.deepEqual(codes(await inventory.reserve(orderId, [{ variantId, quantity: 1 }])), ['RESERVATION_ENDED'])
    assert.equal((await inventory.stockOf(variantId)).reserved, 0)
  })

  test('leaves nothing held, whichever of release and reserve comes first', async () => {
    const variantId = await inventory.variant(50)
    const orders = Array.from({ length: 40 }, () => newId())
    await Promise.all(
      orders.flatMap((orderId) => [
        inventory.reserve(orderId, [{ variantId, quantity: 1 }]),
        inventory.release(orderId),
      ]),
    )
    assert.partialDeepStrictEqual(await inventory.stockOf(variantId), { onHand: 50, reserved: 0 })
    assert.deepEqual(await inventory.brokenVariants(), [])
  })
})

describe('expiry', () => {
  test('gives back by a durable job what outlived its time, and tells the ledger so', async () => {
    const variantId = await inventory.variant(3)
    await inventory.reserve(newId(), [{ variantId, quantity: 3 }], 1)
    await waitUntil('the reservation has expired', async () => (await inventory.stockOf(variantId)).reserved === 0)
    const document = 'query ($id: ID!) { stockMovements(variantId: $id) { nodes { kind onHandDelta reservedDelta } } }'
    const { data } = await inventory.shop.call('inventory', document, { id: variantId }, inventory.merchant)
    assert.deepEqual(data.stockMovements.nodes[0], { kind: 'EXPIRED', onHandDelta: 0, reservedDelta: -3 })
  })

  test('finds by the sweep what no job was staged for', async () => {
    const variantId = await inventory.variant(3)
    const orderId = newId()
    await inventory.reserve(orderId, [{ variantId, quantity: 3 }])
    await inventory.makeDue(orderId)
    await inventory.runJob('sweep-reservations')
    await waitUntil('the reservation has expired', async () => (await inventory.stockOf(variantId)).reserved === 0)
  })

  test('leaves alone what is not due, and what was sold meanwhile', async () => {
    const variantId = await inventory.variant(3)
    const [held, sold] = [newId(), newId()]
    await inventory.reserve(held, [{ variantId, quantity: 1 }])
    await inventory.reserve(sold, [{ variantId, quantity: 1 }], 1)
    await inventory.commit(sold)
    const due = newId()
    await inventory.reserve(due, [{ variantId, quantity: 1 }], 1)
    await inventory.runJob('expire-reservation', { orderId: held, requestId: 'test' })
    await inventory.runJob('expire-reservation', { orderId: sold, requestId: 'test' })
    await waitUntil('the reservation has expired', async () => (await inventory.stockOf(variantId)).reserved === 1)
    assert.partialDeepStrictEqual(await inventory.stockOf(variantId), { onHand: 2, reserved: 1 })
  })
})
