import assert from 'node:assert/strict'
import { test } from 'node:test'
import { canMove, finalStates } from '#platform/kernel/state-machine.ts'

const door = { open: ['shut'], shut: ['open', 'gone'], gone: [] } as const

test('allows the steps that are listed, and no others', () => {
  assert.ok(canMove(door, 'open', 'shut'))
  assert.ok(canMove(door, 'shut', 'gone'))
  assert.equal(canMove(door, 'open', 'gone'), false)
  assert.equal(canMove(door, 'open', 'open'), false)
  assert.equal(canMove(door, 'gone', 'open'), false)
})

test('knows from where nothing leads on', () => {
  assert.deepEqual(finalStates(door), ['gone'])
})
