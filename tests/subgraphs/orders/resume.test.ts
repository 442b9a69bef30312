import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import { sql } from 'kysely'
import { newId } from '#platform/kernel/ids.ts'
import { type FaultyShop, startFaultyShop } from './faulty-shop.ts'
import { assertInvariants } from './invariants.ts'
import { CARD, codesOf, type OrdersShop } from './orders-shop.ts'

let shop: FaultyShop
let orders: OrdersShop
before(async () => {
  shop = await startFaultyShop()
  orders = shop.orders
})
after(() => shop.stop())
beforeEach(() => shop.heal())

const reached = async (id: string) => {
  const { rows } = await sql<{ reached: string }>`select reached from customer_order where id = ${id}`.execute(
    await orders.db('orders'),
  )
  return rows[0]?.reached
}

async function start(card: string | null = CARD.visa, stock = 5) {
  const person = orders.shop.user()
  const variantId = await orders.variant({ price: '10.00', stock })
  const cart = await orders.cart(person, [{ variantId, quantity: 2 }])
  const input = { cartId: cart.id, idempotencyKey: newId(), ...(card && { payment: { token: card } }) }
  return { person, variantId, cart, input }
}

describe('a checkout goes on from where it stopped', () => {
  const cases = [
    { field: 'reserveStock', leaves: 'PLACED', status: 'PENDING', codes: [] },
    { field: 'chargeOrder', leaves: 'RESERVED', status: 'PENDING', codes: ['PAYMENT_UNAVAILABLE'] },
    { field: 'commitReservation', leaves: 'CHARGED', status: 'PENDING', codes: [] },
    { field: 'completeCart', leaves: 'CONFIRMED', status: 'CONFIRMED', codes: [] },
  ]
  for (const { field, leaves, status, codes } of cases) {
    for (const fault of ['unreachable', 'unanswered'] as const) {
      test(`when ${field} was ${fault}: one charge, sold once, the cart empty`, async () => {
        const { person, variantId, cart, input } = await start()
        shop.lose(field, fault)
        const answer = await orders.checkout(person, input)
        const { order } = answer
        // What payments has done in spite of it, it reports by itself: then the order may be further on already.
        if (fault === 'unreachable') {
          assert.deepEqual([order.status, codesOf(answer), await reached(order.id)], [status, codes, leaves])
        }
        shop.heal()
        await shop.eventually('the order to be settled', async () => (await reached(order.id)) === 'SETTLED')
        const again = await orders.checkout(person, input)
        assert.deepEqual([again.order.id, again.order.status, codesOf(again)], [order.id, 'CONFIRMED', []])
        assert.equal((await orders.ledger(order.id)).charges.length, 1)
        assert.deepEqual(await orders.stockOf(variantId), { onHand: 3, reserved: 0 })
        assert.equal(await orders.unitsInCart(person, cart.id), 0)
        await assertInvariants(orders, [variantId], [order.id])
      })
    }
  }

  test('and a short loss is waited for within the request', async () => {
    const { person, input } = await start()
    let lost = 0
    shop.onCall((document) => (document.includes('reserveStock(input') && (lost += 1) === 1 ? 'unanswered' : null))
    assert.equal((await orders.checkout(person, input)).order.status, 'CONFIRMED')
  })

  test('after a restart, and though its job was lost: the sweep finds it', async () => {
    const { person, variantId, input } = await start()
    shop.lose('chargeOrder', 'unreachable')
    const { order } = await orders.checkout(person, input)
    const db = await orders.db('orders')
    await sql`select graphile_worker.remove_job(${`settle-order:${order.id}`})`.execute(db)
    await sql`update customer_order set updated_at = now() - interval '2 minutes' where id = ${order.id}`.execute(db)
    await orders.shop.stopSubgraph('orders')
    shop.heal()
    await orders.shop.startSubgraph('orders')
    await sql`select graphile_worker.add_job('sweep-orders')`.execute(await orders.db('orders'))
    await shop.eventually('the order to be settled', async () => (await reached(order.id)) === 'SETTLED')
    assert.equal((await orders.ledger(order.id)).charges.length, 1)
    await assertInvariants(orders, [variantId], [order.id])
  })

  test('two runners at once do no harm', async () => {
    const { person, variantId, input } = await start()
    shop.lose('chargeOrder', 'unreachable')
    const { order } = await orders.checkout(person, input)
    shop.heal()
    for (let copy = 0; copy < 4; copy += 1) {
      const payload = JSON.stringify({ orderId: order.id })
      await sql`select graphile_worker.add_job('settle-order', ${payload}::json)`.execute(await orders.db('orders'))
    }
    await shop.eventually('the order to be settled', async () => (await reached(order.id)) === 'SETTLED')
    assert.equal((await orders.ledger(order.id)).charges.length, 1)
    await assertInvariants(orders, [variantId], [order.id])
  })
})

describe('a cart is bought once,', () => {
  test('and a second call with its key gets that order, though it read the cart only after it was emptied', async () => {
    const { person, variantId, input } = await start()
    const { promise: hasBegun, resolve: begin } = Promise.withResolvers<void>()
    let reads = 0
    shop.onCall((document) => {
      if (!document.includes('ReadCart') || (reads += 1) > 1) return null
      begin()
      return 'unreachable'
    })
    const slow = orders.checkout(person, input)
    await hasBegun
    const quick = await orders.checkout(person, input)
    const answers = [quick, await slow]
    assert.deepEqual(
      answers.map(({ order }) => order?.id),
      [quick.order.id, quick.order.id],
    )
    assert.deepEqual(answers.flatMap(codesOf), [])
    await assertInvariants(orders, [variantId], [quick.order.id])
  })

  test('also while it could not be emptied yet: another checkout of it gives the same order', async () => {
    const { person, variantId, input } = await start()
    shop.lose('completeCart', 'unreachable')
    const { order } = await orders.checkout(person, input)
    assert.equal(order.status, 'CONFIRMED')
    const another = await orders.checkout(person, { ...input, idempotencyKey: newId() })
    assert.deepEqual([another.order.id, codesOf(another)], [order.id, []])
    shop.heal()
    await shop.eventually('the order to be settled', async () => (await reached(order.id)) === 'SETTLED')
    await assertInvariants(orders, [variantId], [order.id])
  })

  test('and another time once it was filled again', async () => {
    const { person, variantId, cart, input } = await start()
    const first = await orders.checkout(person, input)
    const document = 'mutation ($input: AddToCartInput!) { addToCart(input: $input) { cart { id totalQuantity } } }'
    await orders.shop.call('carts', document, { input: { cartId: cart.id, variantId, quantity: 1 } }, person)
    const second = await orders.checkout(person, { ...input, idempotencyKey: newId() })
    assert.equal(second.order.status, 'CONFIRMED')
    assert.notEqual(second.order.id, first.order.id)
    await assertInvariants(orders, [variantId], [first.order.id, second.order.id])
  })
})

describe('a payment that was reported', () => {
  test('is acknowledged though its order can’t be confirmed yet, and the order follows', async () => {
    const { person, variantId, input } = await start(null)
    const { order } = await orders.checkout(person, input)
    shop.lose('commitReservation', 'unreachable')
    const paid = await orders.pay(person, { orderId: order.id, payment: { token: CARD.visa } })
    assert.deepEqual([paid.payment.status, codesOf(paid)], ['COMPLETED', []])
    assert.equal((await orders.order(order.id)).status, 'PENDING')
    shop.heal()
    await shop.eventually('the order to be settled', async () => (await reached(order.id)) === 'SETTLED')
    await assertInvariants(orders, [variantId], [order.id])
  })

  test('is kept where the time to pay ran out before it could be confirmed', async () => {
    const { person, variantId, input } = await start(null)
    const { order } = await orders.checkout(person, input)
    shop.lose('commitReservation', 'unreachable')
    await orders.pay(person, { orderId: order.id, payment: { token: CARD.visa } })
    await orders.makeOverdue(order.id)
    await orders.hurryJobs('orders', ['expire-order'])
    shop.heal()
    await shop.eventually('the order to be settled', async () => (await reached(order.id)) === 'SETTLED')
    await assertInvariants(orders, [variantId], [order.id])
  })
})

describe('an order that nobody pays', () => {
  test('is cancelled when its time is over, and its stock is free again', async () => {
    const { person, variantId, input } = await start(null)
    const { order } = await orders.checkout(person, input)
    await orders.makeOverdue(order.id)
    await orders.hurryJobs('orders', ['expire-order'])
    await orders.becomes(order.id, 'CANCELLED')
    assert.equal((await orders.order(order.id)).history.at(-1).reason, 'PAYMENT_EXPIRED')
    await shop.eventually('the release', async () => (await orders.stockOf(variantId))?.reserved === 0)
    assert.deepEqual(codesOf(await orders.pay(person, { orderId: order.id, payment: { token: CARD.visa } })), [
      'ORDER_NOT_PAYABLE',
    ])
    await assertInvariants(orders, [variantId], [order.id])
  })

  test('gets its money back where the charge turns out to have been made after all', async () => {
    const { person, variantId, input } = await start()
    orders.shop.sandbox.faults.set({ failAfter: { next: 1 } })
    const { order, userErrors } = await orders.checkout(person, input)
    assert.deepEqual([order.status, userErrors[0]?.code], ['PENDING', 'PAYMENT_UNAVAILABLE'])
    const another = await orders.checkout(person, { ...input, idempotencyKey: newId() })
    assert.equal(another.order.id, order.id, 'nothing else may charge the cart meanwhile')
    await orders.cancel(person, { id: order.id })
    await shop.eventually('the late payment to go back', async () => {
      const { charges } = await orders.ledger(order.id)
      const { paidAmount, refundedAmount } = await orders.order(order.id)
      return (
        charges.length === 1 &&
        charges[0]?.amount_refunded === 2_000 &&
        paidAmount.amount === '20.00' &&
        refundedAmount.amount === '20.00'
      )
    })
    assert.equal((await orders.order(order.id)).status, 'CANCELLED')
    await shop.eventually('the release', async () => (await orders.stockOf(variantId))?.reserved === 0)
    await assertInvariants(orders, [variantId], [order.id])
  })

  test('ends also where its reservation was never answered', async () => {
    const { person, variantId, input } = await start()
    shop.lose('reserveStock', 'unreachable')
    const { order } = await orders.checkout(person, input)
    await orders.cancel(person, { id: order.id })
    shop.heal()
    await shop.eventually('the reservation to be ended', async () => {
      const { rows } = await sql<{
        status: string
      }>`select status from reservation where order_id = ${order.id}`.execute(await orders.db('inventory'))
      return rows[0]?.status === 'RELEASED'
    })
    assert.deepEqual(await orders.stockOf(variantId), { onHand: 5, reserved: 0 })
    await assertInvariants(orders, [variantId], [order.id])
  })
})

test('a paid order whose stock is gone by then is cancelled and refunded', async () => {
  const { person, variantId, input } = await start(null)
  const { order } = await orders.checkout(person, input)
  await sql`update reservation set expires_at = now() where order_id = ${order.id}`.execute(
    await orders.db('inventory'),
  )
  await sql`select graphile_worker.add_job('expire-reservation', ${JSON.stringify({ orderId: order.id })}::json)`.execute(
    await orders.db('inventory'),
  )
  await shop.eventually('the reservation to expire', async () => (await orders.stockOf(variantId))?.reserved === 0)
  const set = 'mutation ($input: SetStockInput!) { setStock(input: $input) { userErrors { code } } }'
  await orders.shop.call('inventory', set, { input: { variantId, onHand: 1 } }, orders.merchant)
  await orders.pay(person, { orderId: order.id, payment: { token: CARD.visa } })
  const cancelled = await orders.order(order.id)
  assert.deepEqual([cancelled.status, cancelled.history.at(-1).reason], ['CANCELLED', 'OUT_OF_STOCK'])
  await shop.eventually('the refund', async () => (await orders.order(order.id)).refundedAmount.amount === '20.00')
  await assertInvariants(orders, [variantId], [order.id])
})

test('a refund that payments did not answer is made later, once', async () => {
  const { person, variantId, input } = await start()
  const { order } = await orders.checkout(person, input)
  shop.lose('refundOrderPayments', 'unanswered')
  const refused = await orders.refund({ id: order.id, amount: { amount: '5.00', currency: 'USD' } })
  assert.deepEqual(codesOf(refused), ['PAYMENT_UNAVAILABLE'])
  shop.heal()
  await shop.eventually('the refund', async () => (await orders.order(order.id)).refundedAmount.amount === '5.00')
  assert.equal((await orders.ledger(order.id)).refunds.length, 1)
  await assertInvariants(orders, [variantId], [order.id])
})

test('a shop whose carts can’t be read says so, and orders nothing', async () => {
  const { person, input } = await start()
  shop.onCall((text) => (text.includes('ReadCart') ? 'unreachable' : null))
  const document = 'mutation ($input: CheckoutInput!) { checkout(input: $input) { order { id } } }'
  const shippingAddress = { recipient: 'A', line1: 'B', city: 'C', postalCode: 'D', countryCode: 'DE' }
  const { errors } = await orders.shop.call('orders', document, { input: { ...input, shippingAddress } }, person)
  assert.equal(errors?.[0]?.extensions?.code, 'DOWNSTREAM_SERVICE_ERROR')
  shop.heal()
  assert.equal((await orders.checkout(person, input)).order.status, 'CONFIRMED')
})
