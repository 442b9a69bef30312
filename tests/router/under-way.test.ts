import assert from 'node:assert/strict'
import { test } from 'node:test'
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { createUnderWay } from '../../router/executor/under-way.ts'

test('a value is there until it is forgotten, and its successor stays', () => {
  const underWay = createUnderWay<string>()
  const forgetFirst = underWay.set('key', 'first')
  assert.equal(underWay.get('key'), 'first')
  const forgetSecond = underWay.set('key', 'second')
  forgetFirst()
  assert.equal(underWay.get('key'), 'second')
  forgetSecond()
  assert.equal(underWay.get('key'), undefined)
})

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as (options?: { type: 'minor' }) => void

const LIVE = 50
const BYTES = 10_000

/** By how many bytes the old generation grows while values come and go, of which 50 are there at a time. */
function grownBy(set: (key: string, value: unknown) => () => void): number {
  const forgets: (() => void)[] = []
  const turn = (index: number) => {
    forgets.push(
      set(
        `key ${index}`,
        Array.from({ length: BYTES / 8 }, () => index),
      ),
    )
    if (forgets.length > LIVE) forgets.shift()?.()
  }
  for (let index = 0; index < LIVE; index += 1) turn(index)
  // Twice: what outlasts that is old.
  collect()
  collect()
  const before = oldBytes()
  for (let index = LIVE; index < LIVE + 2_000; index += 1) {
    turn(index)
    if (index % 200 === 0) collect({ type: 'minor' })
  }
  return oldBytes() - before
}

const oldBytes = (): number =>
  getHeapSpaceStatistics().find(({ space_name: name }) => name === 'old_space')?.space_used_size ?? Number.NaN

test('what was forgotten does not grow old, as it would in the tables that a map leaves behind', () => {
  const map = new Map<string, unknown>()
  const inMap = grownBy((key, value) => {
    map.set(key, value)
    return () => void map.delete(key)
  })
  const underWay = createUnderWay()
  const here = grownBy(underWay.set)
  assert.ok(here < inMap / 4, `${here} bytes grew old, ${inMap} in a map`)
})
