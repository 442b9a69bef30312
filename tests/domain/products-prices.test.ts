import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { CURRENCIES } from '#platform/kernel/currency.ts'
import { formatAmount } from '#platform/kernel/money.ts'
import { STATUS_TRANSITIONS, type Price } from '../../subgraphs/products/domain/catalog.ts'
import { wouldBeCycle } from '../../subgraphs/products/domain/category-tree.ts'
import { defaultVariant, priceRange } from '../../subgraphs/products/domain/offer.ts'
import { pricesOnSale, readPrices, toPriceText } from '../../subgraphs/products/domain/prices.ts'

const amount = fc.bigInt({ min: 1n, max: 10n ** 12n })
const price: fc.Arbitrary<Price> = fc
  .record({ currency: fc.constantFrom(...CURRENCIES), amountMinor: amount, more: fc.option(amount) })
  .map(({ more, ...rest }) => ({ ...rest, compareAtMinor: more === null ? null : rest.amountMinor + more }))
const prices = fc.uniqueArray(price, { selector: ({ currency }) => currency })
const codes = (inputs: Parameters<typeof readPrices>[0]) =>
  readPrices(inputs, []).refusals.map(({ path }) => path.join('.'))
const usd = (text: string) => ({ amount: text, currency: 'USD' as const })

test('reads back exactly the prices that it writes', () => {
  fc.assert(
    fc.property(prices, (given) =>
      assert.deepEqual(readPrices(given.map(toPriceText), ['input']), { prices: given, refusals: [] }),
    ),
  )
})

test('refuses a former price that is not higher, whatever the amounts', () => {
  fc.assert(
    fc.property(amount, amount, (now, former) => {
      const text = (amountMinor: bigint) => usd(formatAmount({ amountMinor, currency: 'USD' }))
      const refused = codes([{ price: text(now), compareAtPrice: text(former) }])
      assert.deepEqual(refused, former > now ? [] : ['0.compareAtPrice.amount'])
    }),
  )
})

test('refuses nothing, less than nothing, too many decimals and absurd amounts, each at its place', () => {
  for (const text of ['0', '0.00', '-1.00', '1.001', '99999999999999999'])
    assert.deepEqual(codes([{ price: usd(text) }]), ['0.price.amount'], text)
  assert.deepEqual(codes([{ price: { amount: '1.0', currency: 'JPY' } }]), ['0.price.amount'])
  assert.deepEqual(codes([{ price: usd('1') }, { price: usd('2') }]), ['1.price.currency'])
  assert.deepEqual(codes([{ price: usd('1'), compareAtPrice: { amount: '2', currency: 'EUR' } }]), [
    '0.compareAtPrice.currency',
  ])
})

test('what is off sale has no price for anybody, a draft one for who keeps the catalogue', () => {
  const all: Price[] = [{ currency: 'USD', amountMinor: 1n, compareAtMinor: null }]
  const seen = (productStatus: keyof typeof STATUS_TRANSITIONS, isRemoved: boolean, canWriteCatalog: boolean) =>
    pricesOnSale({ prices: all, productStatus, isRemoved }, { canWriteCatalog }).length
  assert.deepEqual([seen('ACTIVE', false, false), seen('DRAFT', false, true)], [1, 1])
  assert.deepEqual([seen('DRAFT', false, false), seen('ARCHIVED', false, true), seen('ACTIVE', true, true)], [0, 0, 0])
})

test('the variant shown is as cheap as the range begins, or the first', () => {
  fc.assert(
    fc.property(fc.array(fc.record({ prices })), (variants) => {
      const shown = defaultVariant(variants, 'USD')
      const range = priceRange(variants, 'USD')
      if (range === null) return assert.equal(shown, variants[0])
      assert.equal(shown?.prices.find(({ currency }) => currency === 'USD')?.amountMinor, range.min.amountMinor)
      assert.ok(range.min.amountMinor <= range.max.amountMinor)
      return undefined
    }),
  )
})

test('ARCHIVED is for good, and no category stands under itself', () => {
  assert.deepEqual(STATUS_TRANSITIONS.ARCHIVED, ['ARCHIVED'])
  assert.ok(wouldBeCycle('a', [{ id: 'b' }, { id: 'a' }]))
  assert.ok(!wouldBeCycle('c', [{ id: 'b' }, { id: 'a' }]))
})
