import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { newId } from '#platform/kernel/ids.ts'
import { startInventory, type TestInventory } from './inventory-shop.ts'

let inventory: TestInventory
before(async () => {
  inventory = await startInventory()
})
after(() => inventory.shop.stop())

const codes = (payload: { userErrors: { code: string }[] }) => payload.userErrors.map(({ code }) => code)
const ask = (
  document: string,
  variables: object,
  viewer = inventory.merchant as Parameters<typeof inventory.shop.call>[3],
) => inventory.shop.call('inventory', document, variables, viewer)

describe('setStock', () => {
  test('sets what was counted, and keeps the threshold that is left out', async () => {
    const variantId = await inventory.variant(5, 2)
    const { variant, userErrors } = await inventory.setStock({ variantId, onHand: 9 })
    assert.deepEqual(userErrors, [])
    assert.deepEqual(variant.stock, { onHand: 9, reserved: 0, available: 9, lowStockThreshold: 2, version: 2 })
  })

  test('refuses a count below what is reserved, and numbers out of bounds', async () => {
    const variantId = await inventory.variant(5)
    await inventory.reserve(newId(), [{ variantId, quantity: 3 }])
    const before = await inventory.stockOf(variantId)
    assert.deepEqual(codes(await inventory.setStock({ variantId, onHand: 2 })), ['BELOW_RESERVED'])
    assert.deepEqual(codes(await inventory.setStock({ variantId, onHand: -1 })), ['INVALID_QUANTITY'])
    assert.deepEqual(codes(await inventory.setStock({ variantId, onHand: 1_000_000_001 })), ['INVALID_QUANTITY'])
    assert.deepEqual(codes(await inventory.setStock({ variantId, onHand: 5, lowStockThreshold: -1 })), [
      'INVALID_QUANTITY',
    ])
    assert.deepEqual(codes(await inventory.setStock({ variantId: 'no-id', onHand: 1 })), ['VARIANT_NOT_FOUND'])
    assert.deepEqual(await inventory.stockOf(variantId), before)
  })

  test('answers each of two counts in one operation with the stock after it', async () => {
    const variantId = await inventory.variant(0)
    const document = `mutation ($id: ID!) {
      a: setStock(input: { variantId: $id, onHand: 3 }) { variant { stock { available } } }
      b: setStock(input: { variantId: $id, onHand: 4 }) { variant { stock { available } } }
    }`
    const { data } = await ask(document, { id: variantId })
    assert.deepEqual([data.a.variant.stock.available, data.b.variant.stock.available], [3, 4])
  })
})

describe('adjustStock', () => {
  test('never adjusts twice for one key, sent twelve times at once', async () => {
    const variantId = await inventory.variant(5)
    const input = { variantId, delta: 3, reason: 'found in the attic', idempotencyKey: newId() }
    const answers = await Promise.all(Array.from({ length: 12 }, () => inventory.adjustStock(input)))
    for (const answer of answers) assert.deepEqual(answer, answers[0])
    assert.equal((await inventory.stockOf(variantId)).onHand, 8)
  })

  test('refuses the key with another input', async () => {
    const variantId = await inventory.variant(5)
    const input = { variantId, delta: -1, reason: 'broken', idempotencyKey: newId() }
    await inventory.adjustStock(input)
    assert.deepEqual(codes(await inventory.adjustStock({ ...input, delta: -2 })), ['IDEMPOTENCY_KEY_REUSED'])
    assert.equal((await inventory.stockOf(variantId)).onHand, 4)
  })

  test('refuses to go below what is reserved, nothing to adjust, and a variant without stock', async () => {
    const variantId = await inventory.variant(5)
    await inventory.reserve(newId(), [{ variantId, quantity: 3 }])
    const adjust = (delta: number, id = variantId) =>
      inventory.adjustStock({ variantId: id, delta, reason: 'test', idempotencyKey: newId() })
    assert.deepEqual(codes(await adjust(-3)), ['BELOW_RESERVED'])
    assert.deepEqual(codes(await adjust(0)), ['INVALID_QUANTITY'])
    assert.deepEqual(codes(await adjust(1_000_000_000)), ['INVALID_QUANTITY'])
    assert.deepEqual(codes(await adjust(1, newId())), ['VARIANT_NOT_FOUND'])
    assert.deepEqual(codes(await adjust(1, 'no-id')), ['VARIANT_NOT_FOUND'])
    assert.deepEqual(codes(await adjust(-2)), [])
  })
})

describe('the ledger', () => {
  const MOVEMENTS = `query ($id: ID!, $first: Int! = 50, $after: String) {
    stockMovements(variantId: $id, first: $first, after: $after) {
      totalCount pageInfo { hasNextPage endCursor } nodes { id kind onHandDelta reservedDelta order { id } reason createdAt }
    }
  }`

  test('tells everything that happened, newest first, page by page', async () => {
    const variantId = await inventory.variant(5)
    const orderId = newId()
    await inventory.adjustStock({ variantId, delta: 2, reason: 'returned', idempotencyKey: newId() })
    await inventory.reserve(orderId, [{ variantId, quantity: 3 }])
    await inventory.commit(orderId)
    const first = (await ask(MOVEMENTS, { id: variantId, first: 3 })).data.stockMovements
    assert.equal(first.totalCount, 4)
    assert.equal(first.pageInfo.hasNextPage, true)
    await inventory.release(orderId)
    const rest = (await ask(MOVEMENTS, { id: variantId, first: 3, after: first.pageInfo.endCursor })).data
      .stockMovements
    assert.equal(rest.pageInfo.hasNextPage, false)
    const told = [...first.nodes, ...rest.nodes].map(({ id: _id, createdAt: _createdAt, ...movement }) => movement)
    assert.deepEqual(told, [
      { kind: 'COMMITTED', onHandDelta: -3, reservedDelta: -3, order: { id: orderId }, reason: null },
      { kind: 'RESERVED', onHandDelta: 0, reservedDelta: 3, order: { id: orderId }, reason: null },
      { kind: 'ADJUSTED', onHandDelta: 2, reservedDelta: 0, order: null, reason: 'returned' },
      { kind: 'COUNTED', onHandDelta: 5, reservedDelta: 0, order: null, reason: null },
    ])
    const [newest] = (await ask(MOVEMENTS, { id: variantId, first: 1 })).data.stockMovements.nodes
    assert.partialDeepStrictEqual(newest, { kind: 'RELEASED', onHandDelta: 3, reservedDelta: 0 })
  })

  test('is null where no stock was ever recorded, and a bad page is the caller’s fault', async () => {
    assert.equal((await ask(MOVEMENTS, { id: newId() })).data.stockMovements, null)
    assert.equal((await ask(MOVEMENTS, { id: 'no-id' })).data.stockMovements, null)
    const variantId = await inventory.variant(1)
    for (const page of [{ first: 0 }, { first: 101 }, { after: 'nonsense' }]) {
      const { errors } = await ask(MOVEMENTS, { id: variantId, ...page })
      assert.equal(errors?.[0]?.extensions?.['code'], 'BAD_USER_INPUT')
    }
  })
})

describe('lowStock', () => {
  test('lists what is at or under its threshold, page by page, and nothing else', async () => {
    const low = [await inventory.variant(2, 2), await inventory.variant(0, 5), await inventory.variant(1, 5)]
    const plenty = await inventory.variant(6, 5)
    const document = `query ($after: String) {
      lowStock(first: 2, after: $after) { totalCount pageInfo { hasNextPage endCursor } nodes { variant { id } available lowStockThreshold } }
    }`
    const found: string[] = []
    let total = 0
    for (let after: string | null = null, more = true; more; ) {
      const { data } = await ask(document, { after })
      found.push(...data.lowStock.nodes.map((node: { variant: { id: string } }) => node.variant.id))
      after = data.lowStock.pageInfo.endCursor
      more = data.lowStock.pageInfo.hasNextPage
      total = data.lowStock.totalCount
    }
    assert.equal(total, found.length)
    assert.ok(low.every((id) => found.includes(id)))
    assert.ok(!found.includes(plenty))
  })
})

describe('checkAvailability', () => {
  const CHECK = `query ($items: [StockItemInput!]!) {
    checkAvailability(items: $items) { isAvailable unavailable { requested available } }
  }`

  test('adds up the lines of a variant, and counts an unknown one as none', async () => {
    const [a, b, unknown] = [await inventory.variant(5), await inventory.variant(5), newId()]
    const enough = await ask(
      CHECK,
      {
        items: [
          { variantId: a, quantity: 2 },
          { variantId: b, quantity: 5 },
        ],
      },
      inventory.shop.guest,
    )
    assert.deepEqual(enough.data.checkAvailability, { isAvailable: true, unavailable: [] })
    const items = [
      { variantId: a, quantity: 3 },
      { variantId: unknown, quantity: 1 },
      { variantId: a, quantity: 3 },
      { variantId: b, quantity: 1 },
    ]
    const { data } = await ask(CHECK, { items }, inventory.shop.guest)
    assert.deepEqual(data.checkAvailability, {
      isAvailable: false,
      unavailable: [
        { requested: 6, available: 5 },
        { requested: 1, available: 0 },
      ],
    })
  })

  test('demands 1 to 100 items of at least one unit', async () => {
    const item = { variantId: newId(), quantity: 1 }
    for (const items of [
      [],
      Array.from({ length: 101 }, () => item),
      [{ ...item, quantity: 0 }],
      [item, { ...item, quantity: -1 }, item],
    ]) {
      const { errors } = await ask(CHECK, { items })
      assert.equal(errors?.[0]?.extensions?.['code'], 'BAD_USER_INPUT')
    }
  })
})

describe('references', () => {
  const ENTITIES = `query ($representations: [_Any!]!) { _entities(representations: $representations) {
    ... on ProductVariant { id inStock stock { available version updatedAt } }
    ... on Product { id inStock }
  } }`

  test('cost one statement for any number of variants and products together', async () => {
    const stocked = await Promise.all(Array.from({ length: 10 }, () => inventory.variant(1)))
    const variants = [...stocked, newId(), 'no-id']
    const products = [
      { __typename: 'Product', id: newId(), variants: [{ id: newId() }, { id: stocked[0] }] },
      { __typename: 'Product', id: newId(), variants: [{ id: newId() }] },
    ]
    inventory.shop.resetStatements()
    const representations = [...variants.map((id) => ({ __typename: 'ProductVariant', id })), ...products]
    const { data, errors } = await ask(ENTITIES, { representations }, inventory.shop.guest)
    assert.equal(errors, undefined)
    assert.equal(inventory.shop.statements('inventory').length, 1)
    assert.deepEqual(
      data._entities.map(({ inStock }: { inStock: boolean }) => inStock),
      [...stocked.map(() => true), false, false, true, false],
    )
    assert.equal(data._entities[10].stock, null)
  })

  test('give the units in the house only to the scope stock:read', async () => {
    const variantId = await inventory.variant(4)
    const document = `query ($representations: [_Any!]!) { _entities(representations: $representations) {
      ... on ProductVariant { stock { available version onHand reserved lowStockThreshold } } } }`
    const representations = [{ __typename: 'ProductVariant', id: variantId }]
    const customer = await ask(document, { representations }, inventory.shop.user())
    assert.deepEqual(customer.data._entities[0].stock, {
      available: 4,
      version: 1,
      onHand: null,
      reserved: null,
      lowStockThreshold: null,
    })
    assert.equal(customer.errors?.length, 3)
    const support = await ask(document, { representations }, inventory.shop.user({ role: 'SUPPORT' }))
    assert.deepEqual(support.data._entities[0].stock, {
      available: 4,
      version: 1,
      onHand: 4,
      reserved: 0,
      lowStockThreshold: 0,
    })
  })
})
