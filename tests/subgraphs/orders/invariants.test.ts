import { after, before, test } from 'node:test'
import fc from 'fast-check'
import { newId } from '#platform/kernel/ids.ts'
import type { TestViewer } from '../../support/viewers.ts'
import { type FaultyShop, startFaultyShop } from './faulty-shop.ts'
import { assertInvariants } from './invariants.ts'
import { CARD, type OrdersShop } from './orders-shop.ts'

// Each run is dozens of requests and a drain of all jobs: about a second.
const RUNS = 10

let shop: FaultyShop
let orders: OrdersShop
before(async () => {
  shop = await startFaultyShop()
  orders = shop.orders
})
after(() => shop.stop())

type Buyer = { person: TestViewer; cartId: string; orderIds: Set<string> }
type Action = {
  buyer: number
  does: 'checkout' | 'pay' | 'cancel' | 'expire' | 'approve' | 'settle'
  card: string | null
  key: number
}

const action: fc.Arbitrary<Action> = fc.record({
  buyer: fc.nat({ max: 2 }),
  does: fc.oneof(
    { arbitrary: fc.constant('checkout' as const), weight: 4 },
    {
      arbitrary: fc.constantFrom(
        'pay' as const,
        'cancel' as const,
        'expire' as const,
        'approve' as const,
        'settle' as const,
      ),
      weight: 5,
    },
  ),
  card: fc.constantFrom(CARD.visa, CARD.visa, CARD.declined, CARD.authentication, null),
  key: fc.nat({ max: 2 }),
})
const trouble = fc.option(
  fc.record({
    field: fc.constantFrom(
      'reserveStock',
      'chargeOrder',
      'commitReservation',
      'releaseReservation',
      'refundOrderPayments',
      'completeCart',
      'payOrder',
    ),
    fault: fc.constantFrom('unreachable' as const, 'unanswered' as const),
    atProvider: fc.boolean(),
  }),
)
// What stands in one batch happens at once, with the same trouble.
const story = fc.array(fc.record({ trouble, actions: fc.array(action, { minLength: 1, maxLength: 4 }) }), {
  minLength: 1,
  maxLength: 4,
})

test('whatever is bought, paid, cancelled, expired and lost at once: the four invariants hold', async () => {
  const property = fc.asyncProperty(story, fc.integer({ min: 1, max: 4 }), async (batches, stock) => {
    const variantId = await orders.variant({ price: '10.00', stock })
    const buyers = await Promise.all([0, 1, 2].map(() => arrive(variantId)))
    const keys = [newId(), newId(), newId()]
    for (const batch of batches) {
      if (batch.trouble?.atProvider) orders.shop.sandbox.faults.set({ failAfter: { next: 1 } })
      else if (batch.trouble) shop.lose(batch.trouble.field, batch.trouble.fault)
      await Promise.all(batch.actions.map((each) => act(buyers[each.buyer] ?? fail(), each, keys[each.key] ?? fail())))
      shop.heal()
    }
    const orderIds = buyers.flatMap((buyer) => [...buyer.orderIds])
    await settleDown(orderIds)
    await assertInvariants(orders, [variantId], orderIds)
  })
  // A shorter story would have to start from a shop without the longer one's remains: it is told as it was found.
  await fc.assert(property, { numRuns: RUNS, endOnFailure: true })
})

async function arrive(variantId: string): Promise<Buyer> {
  const person = orders.shop.user()
  const { id } = await orders.cart(person, [{ variantId, quantity: 2 }])
  return { person, cartId: id, orderIds: new Set() }
}

async function act(buyer: Buyer, { does, card }: Action, idempotencyKey: string): Promise<void> {
  const { person, cartId, orderIds } = buyer
  const id = [...orderIds].at(-1)
  if (does === 'checkout') {
    const payment = card === null ? undefined : { token: card }
    const { order } = await orders.checkout(person, { cartId, idempotencyKey, payment })
    if (order !== null) orderIds.add(order.id)
  }
  if (id === undefined) return
  if (does === 'cancel') await orders.cancel(person, { id })
  if (does === 'pay') await pay(person, id, card ?? CARD.visa)
  if (does === 'expire') await shop.run('expire-order', id)
  if (does === 'settle') await shop.run('settle-order', id)
  if (does === 'approve') await approve(id)
}

/** Payments may be the one that can't be reached; then the person hears no answer, and the shop must cope. */
async function pay(person: TestViewer, orderId: string, token: string): Promise<void> {
  await orders.pay(person, { orderId, payment: { token } }).catch((error: unknown) => {
    if (!(error instanceof TypeError)) throw error
  })
}

/** The person confirms at the card provider, however late. */
async function approve(orderId: string): Promise<void> {
  const ledger = await fetch(`${orders.shop.sandbox.url}/test/ledger?order_id=${orderId}`)
  const { intents } = (await ledger.json()) as { intents: { id: string; status: string }[] }
  for (const { id } of intents.filter(({ status }) => status === 'requires_action')) {
    await fetch(`${orders.shop.sandbox.url}/3ds/${id}/approve`, { method: 'POST', redirect: 'manual' })
  }
}

/** Lets all work end, then the time of whoever has not paid, then all work again. */
async function settleDown(orderIds: readonly string[]): Promise<void> {
  orders.shop.sandbox.faults.set({ failAfter: { next: 0 } })
  for (const id of orderIds) await orders.makeOverdue(id)
  for (const id of orderIds) await shop.run('expire-order', id)
  await shop.eventually('all orders to be decided', async () => {
    const states = await Promise.all(orderIds.map((id) => orders.order(id)))
    return states.every(({ status }) => status !== 'PENDING')
  })
  let left: string[] = []
  await shop
    .eventually('the shop to be at rest', async () => (left = await shop.workLeft()).length === 0)
    .catch((error: unknown) => Promise.reject(new Error(`still to be done: ${left.join('; ')}`, { cause: error })))
}

function fail(): never {
  throw new Error('expected three of each')
}
