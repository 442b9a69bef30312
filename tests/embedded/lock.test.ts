import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { AlreadyRunningError, type Holder, lockDataDir } from '../../cli/start/lock.ts'

let dataDir: string
before(async () => void (dataDir = await mkdtemp(join(tmpdir(), 'agora-lock-'))))
after(() => rm(dataDir, { recursive: true, force: true }))

const holder = (more: Partial<Holder> = {}): Holder => ({
  isStopping: () => false,
  onWait: () => assert.fail('nobody is stopping'),
  signal: new AbortController().signal,
  ...more,
})

test('a directory is held by one, and by the next once that has let go', async () => {
  const first = await lockDataDir(dataDir, holder())
  await assert.rejects(lockDataDir(dataDir, holder()), AlreadyRunningError)
  await first.stop()
  await (await lockDataDir(dataDir, holder())).stop()
})

test('whoever comes while it is stopping waits, says so, and holds it next; of two that wait only one does', async () => {
  const first = await lockDataDir(dataDir, holder({ isStopping: () => true }))
  const both = [0, 1].map(() => {
    const waiting = Promise.withResolvers<void>()
    return { waiting: waiting.promise, held: lockDataDir(dataDir, holder({ onWait: () => waiting.resolve() })) }
  })
  const settled = Promise.allSettled(both.map(({ held }) => held))
  await Promise.all(both.map(({ waiting }) => waiting))
  await first.stop()
  const outcomes = await settled
  const [held, ...others] = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []))
  const refused = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []))
  assert.deepEqual([others.length, refused.length], [0, 1])
  assert.ok(refused[0] instanceof AlreadyRunningError)
  await held?.stop()
})

test('whoever waits can be told to stop', async () => {
  const first = await lockDataDir(dataDir, holder({ isStopping: () => true }))
  const stopping = new AbortController()
  const waiting = lockDataDir(dataDir, holder({ onWait: () => stopping.abort(), signal: stopping.signal }))
  await assert.rejects(waiting, { name: 'AbortError' })
  await first.stop()
})
