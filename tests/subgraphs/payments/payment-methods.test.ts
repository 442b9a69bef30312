import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { newId } from '#platform/kernel/ids.ts'
import type { TestViewer } from '../../support/viewers.ts'
import { codesOf, startPayments, type TestPayments } from './fixtures/payments-shop.ts'

let payments: TestPayments
before(async () => void (payments = await startPayments()))
after(() => payments.stop())

type Method = { id: string; brand: string; last4: string; isDefault: boolean }

const METHODS = `query ($representations: [_Any!]!) {
  _entities(representations: $representations) { ... on User { paymentMethods { id brand last4 expiryMonth expiryYear isDefault } } }
}`
async function methodsOf(userId: string, viewer: TestViewer): Promise<Method[] | null> {
  const { data } = await payments.shop.call(
    'payments',
    METHODS,
    { representations: [{ __typename: 'User', id: userId }] },
    viewer,
  )
  return data._entities[0].paymentMethods
}

test('keeps what the provider says of a token; the first is the default, others when they are asked to be', async () => {
  const person = payments.shop.user()
  const first = await payments.save(person, { token: 'pm_card_visa' })
  assert.deepEqual(first.userErrors, [])
  const { brand, last4, expiryMonth, expiryYear, isDefault } = first.paymentMethod
  const saved = {
    brand: 'visa',
    last4: '4242',
    expiryMonth: 12,
    expiryYear: new Date().getUTCFullYear() + 3,
    isDefault: true,
  }
  assert.deepEqual({ brand, last4, expiryMonth, expiryYear, isDefault }, saved)
  const second = await payments.save(person, { token: 'pm_card_mastercard' })
  assert.equal(second.paymentMethod.isDefault, false)
  const third = await payments.save(person, { token: 'pm_card_chargeDeclined', makeDefault: true })
  assert.equal(third.paymentMethod.isDefault, true)
  const all = (await methodsOf(person.id, person)) ?? []
  assert.deepEqual(
    all.map((method) => [method.last4, method.isDefault]),
    [
      ['0002', true],
      ['4444', false],
      ['4242', false],
    ],
  )
})

test('the same token again is the same method', async () => {
  const person = payments.shop.user()
  const first = await payments.save(person, { token: 'pm_card_visa' })
  await payments.save(person, { token: 'pm_card_mastercard', makeDefault: true })
  const again = await payments.save(person, { token: 'pm_card_visa', makeDefault: true })
  assert.equal(again.paymentMethod.id, first.paymentMethod.id)
  assert.equal(again.paymentMethod.isDefault, true)
})

test('many saved at once have one default', async () => {
  const person = payments.shop.user()
  const tokens = [
    'pm_card_visa',
    'pm_card_mastercard',
    'pm_card_chargeDeclined',
    'pm_card_visa',
    'pm_card_authenticationRequired',
  ]
  await Promise.all(tokens.map((token) => payments.save(person, { token, makeDefault: true })))
  const all = (await methodsOf(person.id, person)) ?? []
  assert.deepEqual([all.length, all.filter(({ isDefault }) => isDefault).length], [4, 1])
})

test('removing the default makes the newest of the others the default; removing the last leaves none', async () => {
  const person = payments.shop.user()
  const ids: string[] = []
  for (const token of ['pm_card_visa', 'pm_card_mastercard', 'pm_card_chargeDeclined'])
    ids.push((await payments.save(person, { token })).paymentMethod.id)
  const removed = await payments.remove(person, ids[0] ?? '')
  assert.deepEqual([removed.paymentMethod.id, removed.paymentMethod.last4, removed.userErrors], [ids[0], '4242', []])
  const left = (await methodsOf(person.id, person)) ?? []
  assert.deepEqual(
    left.map(({ id, isDefault }) => [id, isDefault]),
    [
      [ids[2], true],
      [ids[1], false],
    ],
  )
  for (const { id } of left) await payments.remove(person, id)
  assert.deepEqual(await methodsOf(person.id, person), [])
})

test('the default is what is charged unless told otherwise', async () => {
  const person = payments.shop.user()
  await payments.save(person, { token: 'pm_card_visa' })
  const { paymentMethod } = await payments.save(person, { token: 'pm_card_mastercard' })
  const moved = await payments.setDefault(person, paymentMethod.id)
  assert.equal(moved.paymentMethod.isDefault, true)
  assert.deepEqual(await payments.setDefault(person, paymentMethod.id), moved)
  const order = payments.orders.place(person.id)
  assert.equal((await payments.pay(person, { orderId: order.id })).payment.method.brand, 'mastercard')
})

test("another's, an unknown and a malformed method are not found, and not shown", async () => {
  const owner = payments.shop.user()
  const { paymentMethod } = await payments.save(owner, { token: 'pm_card_visa' })
  const stranger = payments.shop.user()
  const order = payments.orders.place(stranger.id)
  for (const id of [paymentMethod.id, newId(), 'nonsense']) {
    assert.deepEqual(codesOf(await payments.remove(stranger, id)), ['PAYMENT_METHOD_NOT_FOUND'])
    assert.deepEqual(codesOf(await payments.setDefault(stranger, id)), ['PAYMENT_METHOD_NOT_FOUND'])
    const paid = await payments.pay(stranger, { orderId: order.id, payment: { methodId: id } })
    assert.deepEqual(codesOf(paid), ['PAYMENT_METHOD_NOT_FOUND'])
  }
  for (const viewer of [stranger, payments.admin, payments.shop.guest])
    assert.equal(await methodsOf(owner.id, viewer), null)
  const document =
    'query ($representations: [_Any!]!) { _entities(representations: $representations) { ... on PaymentMethod { last4 } } }'
  const representations = [{ __typename: 'PaymentMethod', id: paymentMethod.id }]
  const asked = async (viewer: TestViewer) =>
    (await payments.shop.call('payments', document, { representations }, viewer)).data._entities
  assert.deepEqual(await asked(owner), [{ last4: '4242' }])
  assert.deepEqual(await asked(stranger), [null])
})

test('a token that the provider does not know is not kept', async () => {
  const person = payments.shop.user()
  assert.deepEqual(codesOf(await payments.save(person, { token: 'pm_card_nobody' })), ['PAYMENT_METHOD_NOT_FOUND'])
  assert.deepEqual(await methodsOf(person.id, person), [])
})
