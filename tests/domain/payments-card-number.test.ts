import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { newId } from '#platform/kernel/ids.ts'
import { findCardNumber, looksLikeCardNumber, satisfiesLuhn } from '../../subgraphs/payments/domain/card-number.ts'

const digits = (length: number) => fc.array(fc.integer({ min: 0, max: 9 }), { minLength: length, maxLength: length })
const separator = fc.constantFrom(' ', '-', '.', '\u00a0', '–', '_', '  ')

/** Twelve to nineteen digits that begin like a bank's and end in the right check digit. */
const cardNumber = fc
  .tuple(fc.integer({ min: 2, max: 9 }), fc.integer({ min: 10, max: 17 }).chain(digits))
  .map(([first, rest]) => withCheckDigit([first, ...rest].join('')))

function withCheckDigit(payload: string): string {
  const check = [...'0123456789'].find((digit) => satisfiesLuhn(payload + digit))
  return payload + check
}

test('every payload has exactly one check digit that satisfies Luhn', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 18 }).chain(digits), (payload) => {
      const fitting = [...'0123456789'].filter((digit) => satisfiesLuhn(payload.join('') + digit))
      assert.equal(fitting.length, 1)
    }),
  )
})

test('one wrong digit breaks Luhn', () => {
  fc.assert(
    fc.property(cardNumber, fc.nat(), fc.integer({ min: 1, max: 9 }), (number, at, by) => {
      const index = at % number.length
      const wrong = (Number(number[index]) + by) % 10
      assert.equal(satisfiesLuhn(number.slice(0, index) + wrong + number.slice(index + 1)), false)
    }),
  )
})

test('finds a card number in one piece or in groups, whatever stands around it', () => {
  const leading = fc.constantFrom('', 'card ', 'tok_', 'x:', '(', '12/30 ')
  const trailing = fc.constantFrom('', ' exp 12/30', '/', ' for Ann', ')')
  fc.assert(
    fc.property(
      cardNumber,
      separator,
      fc.integer({ min: 2, max: 6 }),
      leading,
      trailing,
      (number, glue, size, before, after) => {
        const groups = number.match(new RegExp(`\\d{1,${size}}`, 'g')) ?? []
        assert.ok(looksLikeCardNumber(`${before}${number}${after}`))
        assert.ok(looksLikeCardNumber(`${before}${groups.join(glue)}${after}`))
      },
    ),
  )
})

for (const number of [
  '4242424242424242',
  '4000-0000-0000-9995',
  '5555 5555 5555 4444',
  '378282246310005',
  '30569309025904',
  '6011 1111 1111 1117',
  '3566002020360505',
  '4222222222222',
  '6799990100000000019',
  '４２４２４２４２４２４２４２４２',
]) {
  test(`takes ${number} for a card number`, () => assert.ok(looksLikeCardNumber(number)))
}

test('takes no id, no time, no token and no ordinary text for a card number', () => {
  const harmless = fc.oneof(
    fc.uuid(),
    fc.uuid().map((id) => `order:${id}:1`),
    fc.uuid().map((id) => id.replaceAll('-', '')),
    fc.nat().map((ms) => newId(1_700_000_000_000 + ms)),
    fc.integer({ min: 1_000_000_000_000, max: 1_999_999_999_999 }).map((ms) => `checkout-${ms}`),
    fc.constantFrom(
      'pm_card_visa',
      'pm_card_chargeDeclinedInsufficientFunds',
      '299.99',
      '2026-11-20',
      'ORD-2026-000123',
      '',
    ),
    digits(11).map((all) => all.join('')),
  )
  fc.assert(fc.property(harmless, (text) => assert.equal(looksLikeCardNumber(text), false)))
})

test('says where in an input a card number stands, and nothing of it', () => {
  const input = { orderId: newId(), payment: { methodId: null, token: '4242 4242 4242 4242' } }
  assert.deepEqual(findCardNumber(input), ['payment', 'token'])
  assert.deepEqual(findCardNumber({ list: ['a', '4242424242424242'] }), ['list', '1'])
  assert.equal(findCardNumber({ ...input, payment: { token: 'pm_card_visa' } }), null)
})
