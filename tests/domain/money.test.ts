import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { CURRENCIES, isCurrency, minorDigits } from '#platform/kernel/currency.ts'
import {
  add,
  equals,
  formatAmount,
  money,
  multiply,
  parseMoney,
  subtract,
  sum,
  toMoneyText,
  zero,
} from '#platform/kernel/money.ts'

const currency = fc.constantFrom(...CURRENCIES)
const minor = fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n })
const amount = fc.tuple(minor, currency).map(([amountMinor, of]) => money(amountMinor, of))

test('reads back exactly what it wrote, in every currency', () => {
  fc.assert(fc.property(amount, (value) => assert.deepEqual(parseMoney(toMoneyText(value)), value)))
})

test('writes exactly the decimals that the currency has', () => {
  fc.assert(
    fc.property(amount, (value) => {
      const [, fraction = ''] = formatAmount(value).split('.')
      assert.equal(fraction.length, minorDigits(value.currency))
    }),
  )
  assert.equal(formatAmount(money(500n, 'JPY')), '500')
  assert.equal(formatAmount(money(29_999n, 'USD')), '299.99')
  assert.equal(formatAmount(money(-5n, 'EUR')), '-0.05')
  assert.equal(formatAmount(zero('CHF')), '0.00')
})

test('takes fewer decimals as they are meant, and never more', () => {
  assert.deepEqual(parseMoney({ amount: '5', currency: 'USD' }), money(500n, 'USD'))
  assert.deepEqual(parseMoney({ amount: '5.5', currency: 'USD' }), money(550n, 'USD'))
  assert.equal(parseMoney({ amount: '5.555', currency: 'USD' }), null)
  assert.equal(parseMoney({ amount: '5.0', currency: 'JPY' }), null)
})

test('refuses what is no decimal number', () => {
  const bad = [
    '',
    ' ',
    '.5',
    '5.',
    '05',
    '1e3',
    '+1',
    '--1',
    '1,00',
    '0x10',
    'NaN',
    'Infinity',
    '١',
    '1 ',
    '1\n',
    '1_000',
  ]
  for (const text of bad) assert.equal(parseMoney({ amount: text, currency: 'USD' }), null, JSON.stringify(text))
})

test('refuses amounts beyond any price, however long their text', () => {
  assert.deepEqual(parseMoney({ amount: '10000000000000.00', currency: 'USD' }), money(10n ** 15n, 'USD'))
  assert.equal(parseMoney({ amount: '10000000000000.01', currency: 'USD' }), null)
  assert.equal(parseMoney({ amount: '-10000000000000.01', currency: 'USD' }), null)
  assert.equal(parseMoney({ amount: '9'.repeat(1_000_000), currency: 'USD' }), null)
})

test('never reads text as an amount that is written otherwise', () => {
  fc.assert(
    fc.property(fc.string(), currency, (text, of) => {
      const parsed = parseMoney({ amount: text, currency: of })
      if (parsed !== null) assert.equal(Number(formatAmount(parsed)), Number(text))
    }),
  )
})

test('adds, subtracts and multiplies exactly', () => {
  const pair = fc.tuple(minor, minor, currency)
  fc.assert(
    fc.property(pair, fc.integer({ min: 0, max: 1_000_000 }), ([a, b, of], quantity) => {
      assert.equal(add(money(a, of), money(b, of)).amountMinor, a + b)
      assert.deepEqual(subtract(add(money(a, of), money(b, of)), money(b, of)), money(a, of))
      assert.equal(multiply(money(a, of), quantity).amountMinor, a * BigInt(quantity))
      assert.ok(equals(sum([money(a, of), money(b, of)], of), money(a + b, of)))
    }),
  )
  assert.deepEqual(sum([], 'EUR'), zero('EUR'))
})

test('refuses to add two currencies and to take part of a thing', () => {
  assert.throws(() => add(money(1n, 'USD'), money(1n, 'EUR')), /one currency, got USD and EUR/)
  assert.throws(() => subtract(money(1n, 'USD'), money(1n, 'JPY')), /one currency/)
  assert.throws(() => sum([money(1n, 'USD')], 'EUR'), /one currency/)
  assert.throws(() => multiply(money(1n, 'USD'), 0.5), RangeError)
  assert.equal(equals(money(1n, 'USD'), money(1n, 'EUR')), false)
})

test('knows its currencies', () => {
  assert.ok(CURRENCIES.every(isCurrency))
  for (const other of ['usd', 'XXX', '', null, 7]) assert.equal(isCurrency(other), false)
})
