import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { isId, newId } from '#platform/kernel/ids.ts'

const time = fc.integer({ min: 0, max: 2 ** 48 - 1 })

test('an id carries its time and says that it is of version 7', () => {
  fc.assert(
    fc.property(time, (now) => {
      const id = newId(now)
      assert.equal(Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16), now)
      assert.equal(id[14], '7')
      assert.match(id[19] ?? '', /[89ab]/)
      assert.ok(isId(id))
    }),
  )
})

test('ids sort by time', () => {
  fc.assert(
    fc.property(time, time, (a, b) => {
      fc.pre(a !== b)
      assert.equal(newId(a) < newId(b), a < b)
    }),
  )
})

test('no two ids are the same', () => {
  const now = Date.now()
  assert.equal(new Set(Array.from({ length: 10_000 }, () => newId(now))).size, 10_000)
})

test('what is no lower-case UUID is no id', () => {
  const id = newId()
  const bad = ['', 'x', id.toUpperCase(), `${id}0`, ` ${id}`, `${id}\n`, id.replaceAll('-', ''), `{${id}}`]
  for (const text of bad) assert.equal(isId(text), false, JSON.stringify(text))
})
