import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { textOfValue } from '../../router/executor/json-text.ts'
import { textData, textOfData } from '../../router/executor/text-data.ts'
import { encodingOf, lineOf, writeData, writeResult, type Written } from '../../router/http/write-result.ts'

const TEXT = '{"a":[{"b":"é\\"\\n"}],"__proto__":1,"toString":null}'

test('data of which the text is known is written as that text, with what is beside it', () => {
  const errors = [{ message: 'x' }]
  for (const beside of [{}, { errors }, { errors, extensions: { cost: 1 } }]) {
    const known = { ...beside, data: textData({ text: TEXT }) }
    assert.deepEqual(JSON.parse(writeResult(known)), JSON.parse(writeResult({ ...beside, data: JSON.parse(TEXT) })))
    assert.equal(textOfData(known.data)?.text, TEXT)
  }
})

test('whoever looks into it finds the data, and what he changes is written', () => {
  const looks: ((data: Record<string, unknown>) => unknown)[] = [
    (data) => JSON.stringify(data),
    (data) => Object.keys(data),
    (data) => data['a'],
    (data) => Object.getOwnPropertyDescriptor(data, '__proto__'),
    (data) => 'toString' in data && Object.hasOwn(data, 'toString'),
    (data) => ({ ...data }),
  ]
  for (const look of looks) {
    const data = textData({ text: TEXT })
    assert.deepEqual(look(data), look(JSON.parse(TEXT)))
    assert.equal(textOfData(data), undefined)
  }
  const changed = textData({ text: TEXT })
  changed['c'] = 2
  delete changed['a']
  assert.equal(writeResult({ data: changed }), '{"data":{"__proto__":1,"toString":null,"c":2}}\n')
  assert.throws(() => Object.assign(Object.freeze(textData({ text: TEXT })), { a: 1 }), TypeError)
})

function bytesOf(written: Written): Buffer {
  if (typeof written === 'string') return Buffer.from(written, encodingOf(written))
  return Buffer.isBuffer(written) ? written : lineOf(written.line)
}

test('an answer of nothing but data is written the same, short or long, in ASCII or not, and a long one once for all who share it', () => {
  for (const letter of ['a', 'é', '\u2028', '😀'])
    for (const length of [1, 20_000]) {
      const data = { name: letter.repeat(length) }
      const known = { text: JSON.stringify(data) }
      const expected = Buffer.from(writeResult({ data }))
      for (const written of [writeData(data), writeData(textData(known)), writeData(textData(known))])
        assert.deepEqual(bytesOf(written), expected)
      assert.equal(writeData(textData(known)) === writeData(textData(known)), true)
    }
})

test('the text of a value of JSON is that of JSON.stringify', () => {
  const values = fc.oneof(fc.string({ unit: 'binary' }), fc.double(), fc.boolean(), fc.constant(null))
  fc.assert(fc.property(values, (value) => assert.equal(textOfValue(value), JSON.stringify(value))))
})
