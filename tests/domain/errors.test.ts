import assert from 'node:assert/strict'
import { test } from 'node:test'
import { badInput, CallerError, messageOf, unreachable } from '#platform/kernel/errors.ts'
import { ok, refuse } from '#platform/kernel/result.ts'

test('a fault of the caller names its field and what was expected', () => {
  const error = badInput('first', 'a number from 1 to 100')
  assert.ok(error instanceof CallerError)
  assert.deepEqual(
    [error.code, error.field, error.message],
    ['BAD_USER_INPUT', 'first', 'first: expected a number from 1 to 100'],
  )
})

test('tells the text of whatever was thrown', () => {
  assert.equal(messageOf(new Error('why')), 'why')
  assert.equal(messageOf('thrown text'), 'thrown text')
})

test('a case that was forgotten is an error that shows it', () => {
  assert.throws(() => unreachable({ kind: 'new' } as never), /got \{"kind":"new"\}/)
})

test('a command answers with a value or with refusals', () => {
  assert.deepEqual(ok(1), { ok: true, value: 1 })
  assert.deepEqual(refuse('OUT_OF_STOCK', 'none left'), {
    ok: false,
    refusals: [{ code: 'OUT_OF_STOCK', message: 'none left', path: ['input'] }],
  })
})
