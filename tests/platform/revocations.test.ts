import assert from 'node:assert/strict'
import { test } from 'node:test'
import { revokeSessions, watchRevocations } from '#platform/auth/revocations.ts'
import { createRedis } from '#platform/live/redis.ts'
import { freshRedis, useBacking } from '../support/backing.ts'
import { quiet } from '../support/quiet.ts'
import { waitUntil } from '../support/wait-until.ts'
import { startGate } from './support/gate.ts'

const backing = await useBacking()
const redis = createRedis(backing.redisUrl, quiet)
backing.defer(() => redis.disconnect())
const soon = () => Date.now() + 60_000

function watch(url = backing.redisUrl) {
  const revocations = watchRevocations(url, quiet)
  backing.defer(() => revocations.stop())
  return revocations
}

test('knows what was revoked before it came, and hears at once what is revoked after', async () => {
  await revokeSessions(redis, ['old-1', 'old-2'], soon())
  const revocations = watch()
  const heard: string[] = []
  revocations.onRevoked((sessionId) => heard.push(sessionId))
  await waitUntil('the old ones are known', () => ['old-1', 'old-2'].every(revocations.isRevoked))
  assert.equal(revocations.isRevoked('new'), false)
  await revokeSessions(redis, ['new'], soon())
  await waitUntil('the new one is known', () => revocations.isRevoked('new'))
  assert.ok(heard.includes('new'))
})

test('forgets a session once its last token has expired', async () => {
  const revocations = watch()
  await revokeSessions(redis, ['brief'], Date.now() + 300)
  await waitUntil('it is known', () => revocations.isRevoked('brief'))
  await waitUntil('it is forgotten', () => !revocations.isRevoked('brief'))
  await revokeSessions(redis, ['next'], soon())
  assert.equal(await redis.zscore('revoked:sids', 'brief'), null)
})

test('learns after an outage of Redis what was revoked meanwhile', async () => {
  const gate = await startGate(backing.redisUrl)
  backing.defer(() => gate.shut())
  const revocations = watch(gate.url)
  await revokeSessions(redis, ['before'], soon())
  await waitUntil('it is known', () => revocations.isRevoked('before'))
  await gate.shut()
  await revokeSessions(redis, ['meanwhile'], soon())
  assert.ok(revocations.isRevoked('before'))
  await gate.open()
  await waitUntil('the one in between is known', () => revocations.isRevoked('meanwhile'))
})

test('keeps what it knows though Redis comes back empty', async () => {
  const revocations = watch()
  await revokeSessions(redis, ['kept'], soon())
  await waitUntil('it is known', () => revocations.isRevoked('kept'))
  await redis.flushall()
  await revokeSessions(redis, ['later'], soon())
  await waitUntil('the next is known', () => revocations.isRevoked('later'))
  assert.ok(revocations.isRevoked('kept'))
})

test('revoking fails aloud while Redis is away', async () => {
  const own = await freshRedis()
  const connection = createRedis(own.url, quiet)
  await connection.ping()
  await own.stop()
  await assert.rejects(revokeSessions(connection, ['x'], soon()))
  connection.disconnect()
})
