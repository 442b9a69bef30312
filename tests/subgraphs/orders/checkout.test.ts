import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { newId } from '#platform/kernel/ids.ts'
import { ADDRESS, CARD, codesOf, type OrdersShop, startOrdersShop } from './orders-shop.ts'

let orders: OrdersShop
before(async () => {
  orders = await startOrdersShop()
})
after(() => orders.shop.stop())

describe('checkout', () => {
  test('turns a cart into a paid order: priced, its stock sold, its cart empty', async () => {
    const person = orders.shop.user()
    const [shirt, hat] = [await orders.variant({ price: '19.99' }), await orders.variant({ price: '5.00', stock: 3 })]
    const cart = await orders.cart(person, [
      { variantId: shirt, quantity: 2 },
      { variantId: hat, quantity: 3 },
    ])
    const { order, userErrors } = await orders.checkout(person, { cartId: cart.id, payment: { token: CARD.visa } })
    assert.deepEqual(userErrors, [])
    assert.equal(order.status, 'CONFIRMED')
    assert.match(order.number, /^ORD-\d{4}-\d{6}$/)
    assert.deepEqual(order.total, { amount: '54.98', currency: 'USD' })
    assert.deepEqual(order.paidAmount, { amount: '54.98' })
    assert.deepEqual(order.customer, { id: person.id })
    assert.equal(order.paymentDueAt, null)
    assert.deepEqual(
      order.lines.map((line: { variant: object; quantity: number; total: object }) => [
        line.variant,
        line.quantity,
        line.total,
      ]),
      [
        [{ id: shirt }, 2, { amount: '39.98' }],
        [{ id: hat }, 3, { amount: '15.00' }],
      ],
    )
    assert.deepEqual(
      order.history.map(({ status, reason }: { status: string; reason: string }) => [status, reason]),
      [
        ['PENDING', 'PLACED'],
        ['CONFIRMED', 'PAYMENT_CAPTURED'],
      ],
    )
    assert.deepEqual(order.shippingAddress, { ...ADDRESS, line2: null, region: null, phone: null })
    assert.deepEqual(await orders.stockOf(hat), { onHand: 0, reserved: 0 })
    assert.equal(await orders.unitsInCart(person, cart.id), 0)
    assert.equal((await orders.ledger(order.id)).charges.length, 1)
  })

  test('makes one order and one charge of twelve calls at once with one key', async () => {
    const person = orders.shop.user()
    const cart = await orders.cart(person, [{ variantId: await orders.variant({ stock: 5 }) }])
    const input = { cartId: cart.id, payment: { token: CARD.visa }, idempotencyKey: newId() }
    const answers = await Promise.all(Array.from({ length: 12 }, () => orders.checkout(person, input)))
    assert.deepEqual(new Set(answers.map(({ order }) => `${order.id} ${order.status}`)).size, 1)
    assert.deepEqual(
      answers.flatMap(({ userErrors }) => userErrors),
      [],
    )
    const { order } = answers[0]
    assert.equal(order.status, 'CONFIRMED')
    assert.equal((await orders.ledger(order.id)).charges.length, 1)
  })

  test('leaves an order without a payment PENDING with its stock held, until it is paid', async () => {
    const person = orders.shop.user()
    const variantId = await orders.variant({ stock: 4 })
    const cart = await orders.cart(person, [{ variantId, quantity: 3 }])
    const { order, userErrors } = await orders.checkout(person, { cartId: cart.id })
    assert.deepEqual(userErrors, [])
    assert.equal(order.status, 'PENDING')
    assert.equal(Date.parse(order.paymentDueAt) - Date.parse(order.createdAt), 15 * 60_000)
    assert.deepEqual(await orders.stockOf(variantId), { onHand: 4, reserved: 3 })
    assert.equal(await orders.unitsInCart(person, cart.id), 3)
    const paid = await orders.pay(person, { orderId: order.id, payment: { token: CARD.visa } })
    assert.deepEqual(paid.userErrors, [])
    assert.equal((await orders.order(order.id)).status, 'CONFIRMED')
    assert.deepEqual(await orders.stockOf(variantId), { onHand: 1, reserved: 0 })
  })

  test('keeps a declined order PENDING, says so again for the same key, and takes another card', async () => {
    const person = orders.shop.user()
    const cart = await orders.cart(person, [{ variantId: await orders.variant() }])
    const input = { cartId: cart.id, payment: { token: CARD.declined }, idempotencyKey: newId() }
    const first = await orders.checkout(person, input)
    assert.deepEqual(codesOf(first), ['PAYMENT_DECLINED'])
    assert.equal(first.order.status, 'PENDING')
    const again = await orders.checkout(person, input)
    assert.deepEqual([again.order.id, codesOf(again)], [first.order.id, ['PAYMENT_DECLINED']])
    await orders.pay(person, { orderId: first.order.id, payment: { token: CARD.visa } })
    const last = await orders.checkout(person, input)
    assert.deepEqual([last.order.status, codesOf(last)], ['CONFIRMED', []])
    assert.equal((await orders.ledger(first.order.id)).charges.length, 1)
  })

  test('waits for the person where the card asks for one more step', async () => {
    const person = orders.shop.user()
    const cart = await orders.cart(person, [{ variantId: await orders.variant() }])
    const answer = await orders.checkout(person, { cartId: cart.id, payment: { token: CARD.authentication } })
    assert.deepEqual([answer.order.status, codesOf(answer)], ['PENDING', []])
    const document =
      'query ($r: [_Any!]!) { _entities(representations: $r) { ... on Order { payments { nextActionUrl } } } }'
    const representations = [{ __typename: 'Order', id: answer.order.id }]
    const { data } = await orders.shop.call('payments', document, { r: representations }, person)
    const page = new URL(data._entities[0].payments[0].nextActionUrl)
    await fetch(`${orders.shop.sandbox.url}${page.pathname}/approve`, { method: 'POST', redirect: 'manual' })
    await orders.becomes(answer.order.id, 'CONFIRMED')
  })

  test('cancels an order that there is too little stock for, naming every variant and what is left', async () => {
    const person = orders.shop.user()
    const [few, none, many] = [
      await orders.variant({ stock: 2 }),
      await orders.variant({ stock: 0 }),
      await orders.variant(),
    ]
    const lines = [few, none, many].map((variantId) => ({ variantId, quantity: 3 }))
    const cart = await orders.cart(person, lines)
    const input = { cartId: cart.id, payment: { token: CARD.visa }, idempotencyKey: newId() }
    for (const answer of [await orders.checkout(person, input), await orders.checkout(person, input)]) {
      assert.equal(answer.order.status, 'CANCELLED')
      assert.equal(answer.order.history.at(-1).reason, 'OUT_OF_STOCK')
      const shortages = answer.userErrors.map(({ code, variant, available, path }: Record<string, unknown>) => ({
        code,
        variant,
        available,
        path,
      }))
      const path = ['input', 'cartId']
      assert.deepEqual(
        shortages.toSorted((a: { available: number }, b: { available: number }) => a.available - b.available),
        [
          { code: 'OUT_OF_STOCK', variant: { id: none }, available: 0, path },
          { code: 'OUT_OF_STOCK', variant: { id: few }, available: 2, path },
        ],
      )
      assert.equal((await orders.ledger(answer.order.id)).charges.length, 0)
    }
    assert.deepEqual(await orders.stockOf(many), { onHand: 100, reserved: 0 })
  })

  test('sells the last units once: of ten buyers of four units, four buy and six hear OUT_OF_STOCK', async () => {
    const variantId = await orders.variant({ stock: 4 })
    const buy = async () => {
      const person = orders.shop.user()
      const cart = await orders.cart(person, [{ variantId }])
      return orders.checkout(person, { cartId: cart.id, payment: { token: CARD.visa } })
    }
    const answers = await Promise.all(Array.from({ length: 10 }, buy))
    assert.equal(answers.filter(({ order }) => order.status === 'CONFIRMED').length, 4)
    assert.equal(answers.filter((answer) => codesOf(answer).includes('OUT_OF_STOCK')).length, 6)
    assert.deepEqual(await orders.stockOf(variantId), { onHand: 0, reserved: 0 })
  })

  test('cancels the earlier unpaid order of the same cart and gives its stock back', async () => {
    const person = orders.shop.user()
    const variantId = await orders.variant({ stock: 2 })
    const cart = await orders.cart(person, [{ variantId, quantity: 2 }])
    const first = await orders.checkout(person, { cartId: cart.id, payment: { token: CARD.declined } })
    const second = await orders.checkout(person, { cartId: cart.id })
    assert.notEqual(second.order.id, first.order.id)
    const old = await orders.order(first.order.id)
    assert.deepEqual([old.status, old.history.at(-1).reason], ['CANCELLED', 'SUPERSEDED'])
  })

  test('makes one charge of two checkouts of one cart at once with different keys', async () => {
    const person = orders.shop.user()
    const cart = await orders.cart(person, [{ variantId: await orders.variant() }])
    const buy = () => orders.checkout(person, { cartId: cart.id, payment: { token: CARD.visa } })
    const answers = await Promise.all([buy(), buy(), buy(), buy()])
    const bought = answers.filter(({ order }) => order !== null)
    assert.deepEqual(new Set(bought.map(({ order }) => order.id)).size, 1)
    for (const answer of answers) if (answer.order === null) assert.deepEqual(codesOf(answer), ['CART_EMPTY'])
    assert.equal((await orders.ledger(bought[0].order.id)).charges.length, 1)
  })

  test('lets a signed-in person buy a guest’s cart by its id, and nobody another person’s cart', async () => {
    const [person, other] = [orders.shop.user(), orders.shop.user()]
    const variantId = await orders.variant()
    const guests = await orders.cart(orders.shop.guest, [{ variantId }])
    const bought = await orders.checkout(person, { cartId: guests.id, payment: { token: CARD.visa } })
    assert.equal(bought.order.status, 'CONFIRMED')
    const own = await orders.cart(other, [{ variantId }])
    assert.deepEqual(codesOf(await orders.checkout(person, { cartId: own.id })), ['CART_NOT_FOUND'])
  })
})

describe('checkout refuses, writing nothing and burning no key,', () => {
  const refusedThenTaken = async (wrong: object, expected: { code: string; path: string[] }) => {
    const person = orders.shop.user()
    const cart = await orders.cart(person, [{ variantId: await orders.variant() }])
    const idempotencyKey = newId()
    const refused = await orders.checkout(person, { cartId: cart.id, idempotencyKey, ...wrong })
    assert.equal(refused.order, null)
    assert.deepEqual(
      refused.userErrors.map(({ code, path }: { code: string; path: string[] }) => ({ code, path })),
      [expected],
    )
    const taken = await orders.checkout(person, { cartId: cart.id, idempotencyKey })
    assert.equal(taken.order.status, 'PENDING')
  }

  test('a cart that is not the version seen', () =>
    refusedThenTaken({ cartVersion: 999 }, { code: 'CART_CHANGED', path: ['input', 'cartVersion'] }))

  test('another total than expected, in amount or currency', async () => {
    const expected = { code: 'TOTAL_CHANGED', path: ['input', 'expectedTotal'] }
    await refusedThenTaken({ expectedTotal: { amount: '19.98', currency: 'USD' } }, expected)
    await refusedThenTaken({ expectedTotal: { amount: '19.99', currency: 'EUR' } }, expected)
  })

  test('a way to ship that there is not', () =>
    refusedThenTaken(
      { shippingOptionId: 'teleport' },
      { code: 'SHIPPING_OPTION_NOT_FOUND', path: ['input', 'shippingOptionId'] },
    ))

  test('an address that nothing can be sent to, field by field', async () => {
    const path = ['input', 'shippingAddress']
    const expect = (field: string) => ({ code: 'INVALID_ADDRESS', path: [...path, field] })
    await refusedThenTaken({ shippingAddress: { ...ADDRESS, countryCode: 'XX' } }, expect('countryCode'))
    await refusedThenTaken({ shippingAddress: { ...ADDRESS, recipient: ' ' } }, expect('recipient'))
    await refusedThenTaken({ shippingAddress: { ...ADDRESS, line1: 'x'.repeat(500) } }, expect('line1'))
  })

  test('a cart that is unknown, empty or holds what has no price', async () => {
    const person = orders.shop.user()
    for (const cartId of [newId(), 'no-id'])
      assert.deepEqual(codesOf(await orders.checkout(person, { cartId })), ['CART_NOT_FOUND'])
    const empty = await orders.cart(person, [])
    assert.deepEqual(codesOf(await orders.checkout(person, { cartId: empty.id })), ['CART_EMPTY'])
    const other = orders.shop.user()
    const variantId = await orders.variant()
    const cart = await orders.cart(other, [{ variantId }])
    const document =
      'mutation ($input: SetVariantPricesInput!) { setVariantPrices(input: $input) { userErrors { code } } }'
    await orders.shop.call('products', document, { input: { variantId, prices: [] } }, orders.merchant)
    const { userErrors } = await orders.checkout(other, { cartId: cart.id })
    assert.deepEqual(
      userErrors.map(({ code, variant, path }: Record<string, unknown>) => ({ code, variant, path })),
      [{ code: 'NOT_PRICED', variant: { id: variantId }, path: ['input', 'cartId'] }],
    )
  })

  test('a key that was used for another checkout', async () => {
    const person = orders.shop.user()
    const cart = await orders.cart(person, [{ variantId: await orders.variant() }])
    const input = { cartId: cart.id, idempotencyKey: newId() }
    await orders.checkout(person, input)
    const reused = await orders.checkout(person, { ...input, cartVersion: cart.version })
    assert.deepEqual([reused.order, codesOf(reused)], [null, ['IDEMPOTENCY_KEY_REUSED']])
    const others = orders.shop.user()
    const theirs = await orders.cart(others, [{ variantId: await orders.variant() }])
    assert.equal((await orders.checkout(others, { ...input, cartId: theirs.id })).order.status, 'PENDING')
  })

  test('malformed input, naming the field', async () => {
    const person = orders.shop.user()
    const document = 'mutation ($input: CheckoutInput!) { checkout(input: $input) { order { id } } }'
    const base = { cartId: newId(), shippingAddress: ADDRESS, idempotencyKey: 'k' }
    const cases: [object, string][] = [
      [{ payment: {} }, 'input.payment'],
      [{ payment: { token: 'pm_card_visa', methodId: newId() } }, 'input.payment'],
      [{ payment: { token: '4242 4242 4242 4242' } }, 'input.payment.token'],
      [{ idempotencyKey: '' }, 'input.idempotencyKey'],
      [{ idempotencyKey: 'k'.repeat(256) }, 'input.idempotencyKey'],
      [{ expectedTotal: { amount: '1.999', currency: 'USD' } }, 'input.expectedTotal.amount'],
    ]
    for (const [wrong, field] of cases) {
      const { errors } = await orders.shop.call('orders', document, { input: { ...base, ...wrong } }, person)
      assert.deepEqual([errors?.[0]?.extensions?.code, errors?.[0]?.extensions?.field], ['BAD_USER_INPUT', field])
    }
  })
})

describe('checkoutQuote', () => {
  const QUOTE = `query ($input: CheckoutQuoteInput!) { checkoutQuote(input: $input) {
    quote { cartVersion subtotal { amount currency } shipping { amount } tax { amount } total { amount } shippingOptions { id name price { amount } } }
    userErrors { code } } }`

  test('says what checkout would charge, and how it can be shipped, without reserving anything', async () => {
    const person = orders.shop.user()
    const variantId = await orders.variant({ price: '500', currency: 'JPY' })
    const cart = await orders.cart(person, [{ variantId, quantity: 3 }], 'JPY')
    const { checkoutQuote } = await orders.ask(QUOTE, { input: { cartId: cart.id, shippingAddress: ADDRESS } }, person)
    assert.deepEqual(checkoutQuote, {
      quote: {
        cartVersion: cart.version,
        subtotal: { amount: '1500', currency: 'JPY' },
        shipping: { amount: '0' },
        tax: { amount: '0' },
        total: { amount: '1500' },
        shippingOptions: [{ id: 'standard', name: 'Standard', price: { amount: '0' } }],
      },
      userErrors: [],
    })
    assert.deepEqual(await orders.stockOf(variantId), { onHand: 100, reserved: 0 })
    const expectedTotal = { amount: checkoutQuote.quote.total.amount, currency: 'JPY' }
    const input = { cartId: cart.id, cartVersion: cart.version, expectedTotal, shippingOptionId: 'standard' }
    assert.deepEqual(codesOf(await orders.checkout(person, input)), [])
  })

  test('refuses for the same reasons', async () => {
    const input = { cartId: newId(), shippingAddress: ADDRESS }
    const { checkoutQuote } = await orders.ask(QUOTE, { input }, orders.shop.user())
    assert.deepEqual([checkoutQuote.quote, codesOf(checkoutQuote)], [null, ['CART_NOT_FOUND']])
  })
})
