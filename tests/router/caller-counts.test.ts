import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createCallerCounts } from '../../router/limits/caller-counts.ts'
import { ANONYMOUS, type Identity } from '../../router/security/authenticate.ts'
import { waitUntil } from '../support/wait-until.ts'

const MINUTE_MS = 60_000
const tokenOf = (userId: string): Identity => ({
  ...ANONYMOUS,
  viewer: { kind: 'user', userId, sessionId: undefined, scopes: new Set() },
})
const at = (address: string) => ({ identity: ANONYMOUS, address })

test('all tokens of a person have one count, whatever the address, and nobody else has it', () => {
  const counts = createCallerCounts(MINUTE_MS)
  const phone = tokenOf('ada')
  const count = counts.of({ identity: phone, address: '192.0.2.1' })
  count.points = 7
  for (const identity of [phone, tokenOf('ada')])
    assert.equal(counts.of({ identity, address: '192.0.2.2' }), count, 'the same, and not only as much')
  assert.equal(counts.find(count.key), count)
  assert.equal(counts.of({ identity: tokenOf('grace'), address: '192.0.2.1' }).points, 0)
  assert.equal(counts.of(at('ada')).points, 0)
})

test('without a token the network counts', () => {
  const counts = createCallerCounts(MINUTE_MS)
  const count = counts.of(at('2001:db8::1'))
  assert.equal(counts.of(at('2001:db8::2')), count)
  assert.notEqual(counts.of(at('2001:db8:1::1')), count)
})

test('a count begins again with nothing when its time is over', async () => {
  const counts = createCallerCounts(1)
  const caller = { identity: tokenOf('ada'), address: undefined }
  const count = counts.of(caller)
  count.points = 7
  await waitUntil('its time is over', () => counts.of(caller).points === 0)
  assert.equal(counts.of(caller), count)
})
