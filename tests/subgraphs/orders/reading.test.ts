import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { newId } from '#platform/kernel/ids.ts'
import { orderEvents } from '#schema/events/orders.ts'
import { eventEnvelopeSchema, streamOf } from '#schema/events/envelope.ts'
import type { Answer } from '../../support/client.ts'
import type { TestViewer } from '../../support/viewers.ts'
import { waitUntil } from '../../support/wait-until.ts'
import { answered, CARD, type OrdersShop, startOrdersShop } from './orders-shop.ts'

type Person = TestViewer & { id: string }

let orders: OrdersShop
let variantId: string
let support: Person
before(async () => {
  orders = await startOrdersShop()
  variantId = await orders.variant({ price: '10.00', stock: 1_000 })
  support = orders.shop.user({ role: 'SUPPORT' })
})
after(() => orders.shop.stop())

async function place(person: Person, payment?: object) {
  const cart = await orders.cart(orders.shop.guest, [{ variantId, quantity: 1 }])
  return (await orders.checkout(person, { cartId: cart.id, payment })).order
}

describe('an order answers', () => {
  const ENTITY = 'query ($r: [_Any!]!) { _entities(representations: $r) { ... on Order { id } } }'
  const BY_NUMBER = 'query ($number: String!) { orderByNumber(number: $number) { id } }'
  const BY_ID = 'query ($id: ID!) { order(id: $id) { id } }'

  test('to its customer, to orders:read and to services, by id, number and reference; to others it does not exist', async () => {
    const person = orders.shop.user()
    const { id, number } = await place(person)
    const seenBy = async (viewer: TestViewer) => {
      const byReference = answered(
        await orders.shop.call('orders', ENTITY, { r: [{ __typename: 'Order', id }] }, viewer),
      )
      return [
        (await orders.ask(BY_ID, { id }, viewer)).order !== null,
        (await orders.ask(BY_NUMBER, { number }, viewer)).orderByNumber !== null,
        byReference._entities[0] !== null,
      ]
    }
    for (const viewer of [person, support, orders.shop.service('payments', person.id)]) {
      assert.deepEqual(await seenBy(viewer), [true, true, true])
    }
    for (const viewer of [orders.shop.user(), orders.shop.service('payments', newId())]) {
      assert.deepEqual(await seenBy(viewer), [false, false, false])
    }
    const references = (viewer: TestViewer) =>
      orders.shop.call('orders', ENTITY, { r: [{ __typename: 'Order', id }] }, viewer)
    assert.deepEqual(answered(await references(orders.shop.guest))._entities, [null])
    assert.deepEqual(answered(await references(orders.shop.service('inventory')))._entities, [{ id }])
  })

  test('null for an id or number that is unknown or malformed', async () => {
    for (const id of [newId(), 'no-id', '']) assert.equal((await orders.ask(BY_ID, { id }, support)).order, null)
    assert.equal((await orders.ask(BY_NUMBER, { number: "ORD-1'--" }, support)).orderByNumber, null)
  })

  test('payments’ question: what there is to pay, and whether it can be paid', async () => {
    const person = orders.shop.user()
    const { id } = await place(person)
    const document = 'query ($id: ID!) { order(id: $id) { id status total { amount currency } paymentDueAt version } }'
    const { order } = await orders.ask(document, { id }, orders.shop.service('payments', person.id))
    assert.deepEqual([order.status, order.total, order.version], ['PENDING', { amount: '10.00', currency: 'USD' }, 1])
    assert.ok(Date.parse(order.paymentDueAt) > Date.now())
  })
})

describe('lists', () => {
  const LIST = `query ($first: Int!, $after: String, $filter: OrderFilter) {
    orders(first: $first, after: $after, filter: $filter) { totalCount nodes { id number } edges { cursor } pageInfo { hasNextPage endCursor } }
  }`

  test('go through the shop’s orders page by page, newest first, while new ones are placed', async () => {
    const person = orders.shop.user()
    const placed: string[] = []
    for (let count = 0; count < 5; count += 1) placed.unshift((await place(person)).id)
    const found: string[] = []
    for (let after: string | null = null, isMore = true; isMore; ) {
      const { orders: page } = await orders.ask(LIST, { first: 2, after, filter: { customerId: person.id } }, support)
      found.push(...page.nodes.map(({ id }: { id: string }) => id))
      after = page.pageInfo.endCursor
      isMore = page.pageInfo.hasNextPage
      if (isMore) await place(person)
    }
    assert.deepEqual(found, placed)
  })

  test('filter by status, customer and time', async () => {
    const person = orders.shop.user()
    const paid = await place(person, { token: CARD.visa })
    const open = await place(person)
    const ids = async (filter: object) =>
      (await orders.ask(LIST, { first: 10, filter: { customerId: person.id, ...filter } }, support)).orders
    assert.deepEqual(
      (await ids({ statuses: ['CONFIRMED'] })).nodes.map(({ id }: { id: string }) => id),
      [paid.id],
    )
    assert.equal((await ids({})).totalCount, 2)
    assert.equal((await ids({ statuses: [] })).totalCount, 0)
    assert.equal((await ids({ createdAfter: open.createdAt })).totalCount, 1)
    assert.equal((await ids({ createdBefore: paid.createdAt })).totalCount, 0)
    assert.equal((await ids({ customerId: 'no-id' })).totalCount, 0)
  })

  test('refuse a page of no or too many orders, and a foreign cursor', async () => {
    for (const wrong of [{ first: 0 }, { first: 101 }, { first: 5, after: 'x' }]) {
      const { errors } = await orders.shop.call('orders', LIST, wrong, support)
      assert.equal(errors?.[0]?.extensions?.code, 'BAD_USER_INPUT')
    }
  })

  test('of a person answer to that person and to orders:read only', async () => {
    const person = orders.shop.user()
    const { id } = await place(person)
    const document = `query ($r: [_Any!]!) { _entities(representations: $r) { ... on User { orders(first: 5, statuses: [PENDING]) { totalCount nodes { id } } } } }`
    const seen = async (viewer: TestViewer) =>
      answered(await orders.shop.call('orders', document, { r: [{ __typename: 'User', id: person.id }] }, viewer))
        ._entities[0].orders
    for (const viewer of [person, support]) assert.deepEqual(await seen(viewer), { totalCount: 1, nodes: [{ id }] })
    for (const viewer of [orders.shop.user(), orders.shop.guest]) assert.equal(await seen(viewer), null)
  })

  test('cost one statement per type and level, however many orders and people', async () => {
    const people = [orders.shop.user(), orders.shop.user(), orders.shop.user()]
    for (const person of people) {
      await place(person, { token: CARD.visa })
      await place(person)
    }
    const FIELDS = 'id lines { sku } history { reason } shipments { id } customer { id }'
    const ofPeople = `query ($r: [_Any!]!) { _entities(representations: $r) { ... on User { orders(first: 5) { totalCount nodes { ${FIELDS} } } } } }`
    const ofShop = `query { orders(first: 20) { nodes { ${FIELDS} } } }`
    const r = people.map(({ id }) => ({ __typename: 'User', id }))
    // Checkouts leave jobs behind, whose statements may come between; only a count of the query alone is as small.
    const costs = (document: string, variables: object, count: number) =>
      waitUntil(`${count} statements`, async () => {
        orders.shop.resetStatements()
        answered(await orders.shop.call('orders', document, variables, support))
        return orders.shop.statements('orders').length === count
      })
    await costs(ofPeople, { r }, 5)
    await costs(ofShop, {}, 4)
  })
})

describe('live', () => {
  const next = async (updates: AsyncIterator<Answer>, field: string) => {
    const { value } = (await updates.next()) as { value: Answer }
    assert.equal(value.errors, undefined, JSON.stringify(value.errors))
    return value.data[field]
  }

  test('orderChanged tells the present state at once, then every newer version', async () => {
    const person = orders.shop.user()
    const { id } = await place(person)
    const document =
      'subscription ($id: ID!) { orderChanged(orderId: $id) { id status version lines { sku } history { status } } }'
    const updates = orders.shop.subscribe('orders', document, { id }, person)
    const first = await next(updates, 'orderChanged')
    assert.deepEqual([first.status, first.version, first.lines.length], ['PENDING', 1, 1])
    await orders.pay(person, { orderId: id, payment: { token: CARD.visa } })
    let last = first
    while (last.status !== 'CONFIRMED') {
      const update = await next(updates, 'orderChanged')
      assert.ok(update.version > last.version)
      last = update
    }
    assert.deepEqual(
      last.history.map(({ status }: { status: string }) => status),
      ['PENDING', 'CONFIRMED'],
    )
    await updates.return?.()
  })

  test('orderChanged of another’s order, or of none, ends with NOT_FOUND', async () => {
    const { id } = await place(orders.shop.user())
    for (const orderId of [id, newId(), 'no-id']) {
      const document = 'subscription ($id: ID!) { orderChanged(orderId: $id) { id } }'
      const updates = orders.shop.subscribe('orders', document, { id: orderId }, orders.shop.user())
      const codes = await updates.next().then(
        ({ value }: { value: Answer }) => value.errors?.map(({ extensions }) => extensions?.['code']),
        (errors: { extensions?: { code?: string } }[]) => errors.map(({ extensions }) => extensions?.code),
      )
      assert.deepEqual(codes, ['NOT_FOUND'])
    }
  })

  test('myOrdersChanged and ordersChanged start empty, and tell their subscriber what concerns them', async () => {
    const [person, other] = [orders.shop.user(), orders.shop.user()]
    await place(person)
    const mine = orders.shop.subscribe('orders', 'subscription { myOrdersChanged { id status } }', {}, person)
    const cancelled = orders.shop.subscribe(
      'orders',
      'subscription { ordersChanged(status: CANCELLED) { id status } }',
      {},
      support,
    )
    const [nextMine, nextCancelled] = [next(mine, 'myOrdersChanged'), next(cancelled, 'ordersChanged')]
    const [channelMine, channelAll] = [`live:orders-of:${person.id}`, 'live:orders']
    const { redis } = await orders.shop.runtime('orders')
    await waitUntil('both to be subscribed', async () => {
      const counts = (await redis.pubsub('NUMSUB', channelMine, channelAll)) as (string | number)[]
      return Number(counts[1]) > 0 && Number(counts[3]) > 0
    })
    const theirs = await place(other)
    const own = await place(person)
    assert.deepEqual(await nextMine, { id: own.id, status: 'PENDING' })
    await orders.cancel(other, { id: theirs.id })
    assert.deepEqual(await nextCancelled, { id: theirs.id, status: 'CANCELLED' })
    await Promise.all([mine.return?.(), cancelled.return?.()])
  })
})

test('publishes what happens to an order, each event as its parser has it', async () => {
  const { redis } = await orders.shop.runtime('orders')
  const person = orders.shop.user()
  const { id } = await place(person, { token: CARD.visa })
  await orders.ship({ id })
  await orders.deliver({ id })
  await orders.refund({ id })
  const typesOf = async () => {
    const entries = await redis.xrange(streamOf('orders'), '-', '+')
    const events = entries.map(([, fields]) => eventEnvelopeSchema.parse(JSON.parse(fields[1] ?? '')))
    const ours = events.filter(({ subject }) => subject === id)
    for (const { type, data } of ours) orderEvents[type as keyof typeof orderEvents].parse(data)
    return ours.map(({ type }) => type)
  }
  const expected = ['order.placed', 'order.confirmed', 'order.shipped', 'order.delivered', 'order.refunded']
  await waitUntil('all events', async () => (await typesOf()).length === expected.length)
  assert.deepEqual(await typesOf(), expected)
})
