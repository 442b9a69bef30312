import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { createLiveBus, type LiveBus, type Listener } from '#platform/live/bus.ts'
import { newId } from '#platform/kernel/ids.ts'
import { createQueue } from '#platform/live/queue.ts'
import { createRedis } from '#platform/live/redis.ts'
import { liveUpdates } from '#platform/live/updates.ts'
import { useBacking } from '../support/backing.ts'
import { quiet } from '../support/quiet.ts'
import { waitUntil } from '../support/wait-until.ts'
import { capturedLog } from './support/captured-log.ts'
import { startGate } from './support/gate.ts'

const backing = await useBacking()
const redis = createRedis(backing.redisUrl, quiet)
backing.defer(() => redis.disconnect())

const subscribers = async (channel: string) => Number((await redis.pubsub('NUMSUB', channel))[1])
const drain = async <T>(queue: AsyncIterable<T>) => {
  const all: T[] = []
  for await (const value of queue) all.push(value)
  return all
}

test('a queue gives its values in order, also to those who wait', async () => {
  const queue = createQueue<number>(() => undefined)
  const early = queue.next()
  for (const value of [1, 2, 3]) queue.push(value)
  queue.end()
  queue.push(4)
  assert.deepEqual(await early, { value: 1, done: false })
  assert.deepEqual(await drain(queue), [2, 3])
})

test('a full queue drops the oldest and counts them', async () => {
  fc.assert(
    fc.property(fc.array(fc.integer()), fc.integer({ min: 1, max: 10 }), (values, capacity) => {
      const queue = createQueue<number>(() => undefined, capacity)
      values.forEach((value) => queue.push(value))
      assert.equal(queue.dropped(), Math.max(0, values.length - capacity))
    }),
  )
  const queue = createQueue<number>(() => undefined, 3)
  for (let n = 0; n < 10; n += 1) queue.push(n)
  queue.end()
  assert.deepEqual(await drain(queue), [7, 8, 9])
})

test('leaving a queue does not wait behind a pending read, and frees what is behind it once', async () => {
  let freed = 0
  const queue = createQueue<number>(() => (freed += 1))
  const pending = queue.next()
  assert.deepEqual(await queue.return?.(), { value: undefined, done: true })
  assert.deepEqual(await pending, { value: undefined, done: true })
  await queue.return?.()
  queue.end()
  queue.fail(new Error('late'))
  assert.equal(freed, 1)
  assert.deepEqual(await queue.next(), { value: undefined, done: true })
})

test('a queue that fails gives what is queued first, then the error', async () => {
  const queue = createQueue<number>(() => undefined)
  queue.push(1)
  queue.fail(new Error('gone'))
  assert.deepEqual(await queue.next(), { value: 1, done: false })
  await assert.rejects(queue.next(), /gone/)
  const waiting = createQueue<number>(() => undefined)
  const pending = waiting.next()
  waiting.fail(new Error('gone'))
  await assert.rejects(pending, /gone/)
})

test('a bus has one subscription per channel, and leaves it with its last listener', async () => {
  const bus = createLiveBus(backing.redisUrl, quiet)
  const heard: string[] = []
  const listener = (name: string): Listener => ({
    message: (text) => heard.push(`${name} ${String(text)}`),
    gap: assert.fail,
  })
  const leaveA = await bus.subscribe(['live:one', 'live:two'], listener('a'))
  const leaveB = await bus.subscribe(['live:one'], listener('b'))
  assert.equal(await subscribers('live:one'), 1)
  await redis.publish('live:one', '"hello"')
  await waitUntil('both have heard', () => heard.length === 2)
  leaveA()
  await waitUntil('one channel is left', async () => (await subscribers('live:two')) === 0)
  assert.equal(await subscribers('live:one'), 1)
  leaveB()
  leaveB()
  await waitUntil('no channel is left', async () => (await subscribers('live:one')) === 0)
  assert.deepEqual(heard.toSorted(), ['a hello', 'b hello'])
  await bus.stop()
})

test('what one sender or one listener does wrong harms nobody else', async () => {
  const { log, lines } = capturedLog()
  const bus = createLiveBus(backing.redisUrl, log)
  const heard: unknown[] = []
  await bus.subscribe(['live:rude'], { message: (value) => assert.notEqual(value, 'bomb'), gap: assert.fail })
  await bus.subscribe(['live:good'], { message: (value) => heard.push(value), gap: assert.fail })
  await redis.publish('live:rude', 'no JSON')
  await redis.publish('live:rude', '"bomb"')
  await redis.publish('live:good', '1')
  await waitUntil('the good one is heard', () => heard.length === 1)
  assert.equal(lines().filter(({ msg }) => msg === 'a live message could not be delivered').length, 2)
  await bus.stop()
})

test('tells of a gap once Redis is back, subscribed again; what was left meanwhile stays left', async () => {
  const gate = await startGate(backing.redisUrl)
  backing.defer(() => gate.shut())
  const bus = createLiveBus(gate.url, quiet)
  backing.defer(() => bus.stop())
  let gaps = 0
  const heard: unknown[] = []
  await bus.subscribe(['live:kept'], { message: (value) => heard.push(value), gap: () => (gaps += 1) })
  const leave = await bus.subscribe(['live:left'], { message: assert.fail, gap: assert.fail })
  await gate.shut()
  leave()
  await gate.open()
  await waitUntil('the gap is told', () => gaps === 1)
  await redis.publish('live:kept', '"after"')
  await waitUntil('it hears again', () => heard.length === 1)
  await waitUntil('the other is left', async () => (await subscribers('live:left')) === 0)
})

test('a bus that is stopped refuses subscribers and keeps no listener', async () => {
  const bus = createLiveBus(backing.redisUrl, quiet)
  await bus.stop()
  await assert.rejects(bus.subscribe(['live:x'], { message: assert.fail, gap: assert.fail }))
})

type State = { id: string; version: number }

/** A thing whose versions are published, and read back, at moments that the property chooses. */
function thing(channel = 'live:thing') {
  const state = { id: 't', version: 0 }
  const change = async () => {
    state.version += 1
    await redis.publish(channel, JSON.stringify(state))
  }
  return { state, change }
}

const follow = (
  bus: LiveBus,
  current: () => Promise<readonly State[]>,
  read: (message: unknown) => Promise<State | null>,
  channel = 'live:thing',
) => liveUpdates<State>({ bus, channels: [channel], current, read, identify: (state) => state })

test('a subscriber sees the present state, then only newer versions, and always ends with the newest', async () => {
  const bus = createLiveBus(backing.redisUrl, quiet)
  backing.defer(() => bus.stop())
  const moments = fc.record({
    before: fc.nat(3),
    duringRead: fc.nat(3),
    after: fc.nat(5),
    slow: fc.boolean(),
    early: fc.boolean(),
  })
  await fc.assert(
    fc.asyncProperty(moments, async ({ before, duringRead, after, slow, early }) => {
      // A channel of its own: what the last run published may still be on its way when this one subscribes.
      const channel = `live:thing:${newId()}`
      const { state, change } = thing(channel)
      const times = async (n: number) => {
        for (let i = 0; i < n; i += 1) await change()
      }
      await times(before)
      const updates = follow(
        bus,
        async () => {
          // Changes while the present state is read, before it is taken or after: neither may be lost.
          if (early) await times(duringRead)
          const seen = { ...state }
          if (!early) await times(duringRead)
          return [seen]
        },
        async (message) => {
          if (slow) await new Promise(setImmediate)
          return message as State
        },
        channel,
      )
      const changes = times(after)
      const versions: number[] = []
      const newest = before + duringRead + after
      for await (const { version } of updates) {
        versions.push(version)
        if (version === newest) break
      }
      await changes
      assert.deepEqual(
        versions,
        [...new Set(versions)].toSorted((a, b) => a - b),
      )
      assert.equal(state.version, newest)
      await waitUntil('nobody is subscribed any more', async () => (await subscribers(channel)) === 0)
    }),
    { numRuns: 60 },
  )
})

test('after a gap the present state is read again, and what is no news is not sent', async () => {
  const gate = await startGate(backing.redisUrl)
  backing.defer(() => gate.shut())
  const bus = createLiveBus(gate.url, quiet)
  backing.defer(() => bus.stop())
  const { state, change } = thing()
  const updates = follow(
    bus,
    async () => [{ ...state }],
    async (message) => message as State,
  )
  assert.deepEqual((await updates.next()).value, { id: 't', version: 0 })
  await gate.shut()
  await change()
  await change()
  await gate.open()
  assert.deepEqual((await updates.next()).value, { id: 't', version: 2 })
  await updates.return?.()
  await waitUntil('it is not subscribed any more', async () => (await subscribers('live:thing')) === 0)
})

test('a state that is none of the subscriber’s business is left out; one that can’t be read ends it', async () => {
  const bus = createLiveBus(backing.redisUrl, quiet)
  backing.defer(() => bus.stop())
  const updates = follow(
    bus,
    async () => [],
    async (message) => {
      if (message === 'broken') throw new Error('no such state')
      return message === 'secret' ? null : (message as State)
    },
  )
  await waitUntil('it is subscribed', async () => (await subscribers('live:thing')) === 1)
  for (const message of ['secret', { id: 'a', version: 1 }, 'broken'])
    await redis.publish('live:thing', JSON.stringify(message))
  assert.deepEqual((await updates.next()).value, { id: 'a', version: 1 })
  await assert.rejects(updates.next(), /no such state/)
  await waitUntil('it is not subscribed any more', async () => (await subscribers('live:thing')) === 0)
})

test('who leaves before the subscription is confirmed is not subscribed', async () => {
  const bus = createLiveBus(backing.redisUrl, quiet)
  backing.defer(() => bus.stop())
  const updates = follow(
    bus,
    () => assert.fail('read for nobody'),
    async () => null,
  )
  await updates.return?.()
  await bus.subscribe(['live:other'], { message: assert.fail, gap: assert.fail })
  await waitUntil('it is not subscribed', async () => (await subscribers('live:thing')) === 0)
})

test('a reader that is too slow for its messages reads the present state once instead', async () => {
  const heard: Listener[] = []
  const bus: LiveBus = {
    subscribe: async (_channels, listener) => {
      heard.push(listener)
      return () => undefined
    },
    stop: async () => undefined,
  }
  let reads = 0
  let version = 0
  const gate = Promise.withResolvers<void>()
  const updates = follow(
    bus,
    async () => [{ id: 't', version }],
    async (message) => {
      reads += 1
      await gate.promise
      return message as State
    },
  )
  assert.deepEqual((await updates.next()).value, { id: 't', version: 0 })
  for (let n = 1; n <= 5_000; n += 1) heard[0]?.message({ id: 't', version: (version = n) })
  gate.resolve()
  let last = 0
  while (last < 5_000) last = (await updates.next()).value?.version ?? assert.fail('it ended')
  assert.ok(reads <= 1_001, `${reads} messages were read`)
  await updates.return?.()
})
