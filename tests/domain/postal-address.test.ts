import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { isCountryCode } from '#platform/kernel/countries.ts'
import { checkAddress, normaliseAddress, type PostalAddressInput } from '#platform/kernel/postal-address.ts'

const good: PostalAddressInput = {
  recipient: ' Ada Lovelace ',
  line1: '12 St James’s Square',
  line2: '  ',
  city: 'London',
  postalCode: 'SW1Y 4JH',
  countryCode: 'GB',
}

test('drops blanks around each line, and optional lines that are empty', () => {
  assert.deepEqual(normaliseAddress(good), {
    recipient: 'Ada Lovelace',
    line1: '12 St James’s Square',
    line2: null,
    city: 'London',
    region: null,
    postalCode: 'SW1Y 4JH',
    countryCode: 'GB',
    phone: null,
  })
})

test('normalising twice changes nothing', () => {
  const text = fc.string()
  const optional = fc.option(text, { nil: null })
  const anything = fc.record({
    recipient: text,
    line1: text,
    line2: optional,
    city: text,
    region: optional,
    postalCode: text,
    countryCode: text,
    phone: optional,
  })
  fc.assert(
    fc.property(anything, (input) => {
      const once = normaliseAddress(input)
      assert.deepEqual(normaliseAddress(once), once)
    }),
  )
})

test('finds nothing wrong with a good address', () => {
  assert.deepEqual(checkAddress(normaliseAddress(good), ['input', 'address']), [])
})

test('names every field at fault, with its path', () => {
  const bad = { ...good, recipient: ' ', city: '', line2: 'x'.repeat(121), countryCode: 'de' }
  const refusals = checkAddress(normaliseAddress(bad), ['input', 'address'])
  assert.deepEqual(
    refusals.map(({ code, path }) => [code, path.join('.')]),
    [
      ['INVALID_ADDRESS', 'input.address.recipient'],
      ['INVALID_ADDRESS', 'input.address.city'],
      ['INVALID_ADDRESS', 'input.address.line2'],
      ['INVALID_ADDRESS', 'input.address.countryCode'],
    ],
  )
  assert.ok(refusals.every(({ message }) => message.includes('expected')))
})

test('knows the 249 countries of ISO 3166-1', () => {
  const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ']
  const known = letters.flatMap((a) => letters.map((b) => a + b)).filter(isCountryCode)
  assert.equal(known.length, 249)
  for (const text of ['', 'UK', 'EU', 'XX', 'D', 'DEU']) assert.equal(isCountryCode(text), false)
})
