import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from 'kysely'
import { DEAD_LETTERS, eventEnvelope, type EventEnvelope, streamOf } from '#schema/events/envelope.ts'
import { type ConsumerOptions, startConsumer } from '#platform/events/consumer.ts'
import { isFirstDelivery } from '#platform/events/inbox.ts'
import { createBlockingRedis, createRedis } from '#platform/live/redis.ts'
import type { SubgraphName } from '#platform/runtime/names.ts'
import { useBacking } from '../support/backing.ts'
import { quiet } from '../support/quiet.ts'
import { waitUntil } from '../support/wait-until.ts'
import { startGate } from './support/gate.ts'
import { openStore, transact } from './support/store.ts'

const backing = await useBacking()
const redis = createRedis(backing.redisUrl, quiet)
backing.defer(() => redis.disconnect())

/** A consumer of the orders subgraph that does not dawdle. */
function consume(source: SubgraphName, handlers: ConsumerOptions['handlers'], options: Partial<ConsumerOptions> = {}) {
  const blocking = createBlockingRedis(backing.redisUrl, quiet)
  backing.defer(() => blocking.disconnect())
  const quick = { retryAfterMs: () => 30, blockMs: 20 }
  return startConsumer({ blocking, redis, source, group: 'orders', handlers, log: quiet, ...quick, ...options })
}

async function publish(source: SubgraphName, subject: string, type = 'thing.changed'): Promise<EventEnvelope> {
  const event = eventEnvelope({ type, subject, data: { subject } }, { source, requestId: 'r-9' })
  await redis.xadd(streamOf(source), '*', 'event', JSON.stringify(event))
  return event
}

const makeGroup = (source: SubgraphName) =>
  redis
    .xgroup('CREATE', streamOf(source), 'orders', '0', 'MKSTREAM')
    .catch((error: Error) => assert.match(error.message, /BUSYGROUP/))

const pending = async (source: SubgraphName) => ((await redis.xpending(streamOf(source), 'orders')) as [number])[0]
const deadLetters = async () => (await redis.xrange(DEAD_LETTERS, '-', '+')).map(([, fields]) => fields)

test('handles each event once, in order, with the id of its request in the log; others are passed over', async () => {
  const handled: string[] = []
  const requestIds: unknown[] = []
  const consumer = consume('users', {
    'thing.changed': async (event, log) => {
      handled.push(event.subject)
      requestIds.push(log.bindings()['requestId'])
    },
  })
  for (const subject of ['a', 'b', 'c']) await publish('users', subject)
  await publish('users', 'd', 'thing.unheard_of')
  await publish('users', 'e')
  await waitUntil('all are handled', () => handled.length === 4)
  await waitUntil('all are acknowledged', async () => (await pending('users')) === 0)
  assert.deepEqual(handled, ['a', 'b', 'c', 'e'])
  assert.deepEqual(new Set(requestIds), new Set(['r-9']))
  await consumer.stop()
})

test('an event that comes twice has its effect once', async () => {
  const database = await openStore(backing.postgresUrl)
  backing.defer(() => database.close())
  let deliveries = 0
  const consumer = consume('products', {
    'thing.changed': async (event) => {
      deliveries += 1
      await transact(database, async (tx) => {
        if (!(await isFirstDelivery(tx, event.id))) return
        await sql`insert into thing (id, version) values (${event.subject}, 1)
          on conflict (id) do update set version = thing.version + 1`.execute(tx.sql)
      })
    },
  })
  const event = await publish('products', 'once')
  await redis.xadd(streamOf('products'), '*', 'event', JSON.stringify(event))
  await waitUntil('it came twice', () => deliveries === 2)
  await waitUntil('both are acknowledged', async () => (await pending('products')) === 0)
  const { rows } = await sql<{ version: number }>`select version from thing where id = 'once'`.execute(database.sql())
  assert.deepEqual(rows, [{ version: 1 }])
  await consumer.stop()
})

test('an effect that fails is not remembered as done', async () => {
  const database = await openStore(backing.postgresUrl)
  backing.defer(() => database.close())
  const firsts: boolean[] = []
  const consumer = consume('payments', {
    'thing.changed': (event) =>
      transact(database, async (tx) => {
        firsts.push(await isFirstDelivery(tx, event.id))
        if (firsts.length === 1) throw new Error('the database is busy')
      }),
  })
  await publish('payments', 'a')
  await waitUntil('it is acknowledged', async () => firsts.length === 2 && (await pending('payments')) === 0)
  assert.deepEqual(firsts, [true, true])
  await consumer.stop()
})

test('after ten failures an event is a dead letter, and holds up nobody meanwhile', async () => {
  await redis.del(DEAD_LETTERS)
  let failures = 0
  const handled: string[] = []
  const consumer = consume('inventory', {
    'thing.changed': async ({ subject }) => {
      if (subject === 'poison') throw new Error(`failure ${(failures += 1)}`)
      handled.push(subject)
    },
  })
  const event = await publish('inventory', 'poison')
  await publish('inventory', 'fine')
  await waitUntil('the other is handled', () => handled.length === 1)
  await waitUntil('it is a dead letter', async () => (await deadLetters()).length === 1)
  assert.equal(failures, 10)
  assert.deepEqual(await deadLetters(), [
    ['source', 'inventory', 'group', 'orders', 'event', JSON.stringify(event), 'error', 'failure 10'],
  ])
  assert.equal(await pending('inventory'), 0)
  await consumer.stop()
})

test('a malformed event goes to the dead letters at once and blocks nothing', async () => {
  await redis.del(DEAD_LETTERS)
  const handled: string[] = []
  const consumer = consume('carts', { 'thing.changed': async ({ subject }) => void handled.push(subject) })
  const { id: _id, ...nameless } = await publish('carts', 'first')
  const malformed = ['no JSON', '{}', 'null', JSON.stringify(nameless)]
  for (const text of malformed) await redis.xadd(streamOf('carts'), '*', 'event', text)
  await publish('carts', 'last')
  await waitUntil('the last is handled', () => handled.length === 2)
  await waitUntil('all are acknowledged', async () => (await pending('carts')) === 0)
  assert.deepEqual(
    (await deadLetters()).map((fields) => fields[5]),
    malformed,
  )
  await consumer.stop()
})

test('events rest longer and longer between tries', async () => {
  const deliveriesSeen = new Set<number>()
  let tries = 0
  const consumer = consume(
    'users',
    {
      'thing.rests': async () => {
        tries += 1
        if (tries < 3) throw new Error('not yet')
      },
    },
    {
      retryAfterMs: (deliveries) => {
        deliveriesSeen.add(deliveries)
        return deliveries * 20
      },
    },
  )
  await publish('users', 'a', 'thing.rests')
  await waitUntil('the third try succeeds', async () => tries === 3 && (await pending('users')) === 0)
  assert.deepEqual([...deliveriesSeen].toSorted(), [1, 2])
  await consumer.stop()
})

test('goes on after Redis has lost everything', async () => {
  const handled: string[] = []
  const consumer = consume('orders', { 'thing.changed': async ({ subject }) => void handled.push(subject) })
  await publish('orders', 'before')
  await waitUntil('the first is handled', () => handled.includes('before'))
  await redis.flushall()
  await publish('orders', 'after')
  await waitUntil('the one after is handled', () => handled.includes('after'))
  await consumer.stop()
})

test('goes on after Redis was away', async () => {
  const gate = await startGate(backing.redisUrl)
  backing.defer(() => gate.shut())
  const through = { blocking: createBlockingRedis(gate.url, quiet), redis: createRedis(gate.url, quiet) }
  backing.defer(() => Object.values(through).forEach((connection) => connection.disconnect()))
  const handled: string[] = []
  const consumer = consume('products', { 'thing.away': async ({ subject }) => void handled.push(subject) }, through)
  await publish('products', 'before', 'thing.away')
  await waitUntil('the first is handled', () => handled.includes('before'))
  await gate.shut()
  await publish('products', 'meanwhile', 'thing.away')
  await gate.open()
  await waitUntil('the one in between is handled', () => handled.includes('meanwhile'))
  await consumer.stop()
})

test('what a consumer that died had in hand is taken over; what a living one has is not', async () => {
  const stream = streamOf('payments')
  await makeGroup('payments')
  await publish('payments', 'left', 'thing.left')
  await redis.xreadgroup('GROUP', 'orders', 'dead', 'COUNT', 100, 'STREAMS', stream, '>')
  const handled: string[] = []
  const handlers = { 'thing.left': async ({ subject }: EventEnvelope) => void handled.push(subject) }
  const patient = consume('payments', handlers, { retryAfterMs: () => 60_000 })
  await publish('payments', 'fresh', 'thing.left')
  await waitUntil('the new one is handled', () => handled.length === 1)
  assert.deepEqual(handled, ['fresh'])
  await patient.stop()
  assert.equal(await pending('payments'), 1, 'nobody acknowledged what is not theirs')
  const eager = consume('payments', handlers)
  await waitUntil('the one left behind is handled', () => handled.includes('left'))
  await eager.stop()
})

test('takes over many, page by page', async () => {
  const stream = streamOf('inventory')
  await makeGroup('inventory')
  for (let n = 0; n < 120; n += 1) await publish('inventory', `p${n}`, 'thing.paged')
  await redis.xreadgroup('GROUP', 'orders', 'dead', 'COUNT', 1_000, 'STREAMS', stream, '>')
  const handled = new Set<string>()
  const consumer = consume('inventory', { 'thing.paged': async ({ subject }) => void handled.add(subject) })
  await waitUntil('all are handled', () => handled.size === 120)
  await waitUntil('all are acknowledged', async () => (await pending('inventory')) === 0)
  await consumer.stop()
})

test('stopping lets the event under way finish and leaves the group', async () => {
  const begun = Promise.withResolvers<void>()
  const mayEnd = Promise.withResolvers<void>()
  const done: string[] = []
  const consumer = consume('carts', {
    'thing.slow': async () => {
      begun.resolve()
      await mayEnd.promise
      done.push('handled')
    },
  })
  await publish('carts', 'slow', 'thing.slow')
  await begun.promise
  const stopped = consumer.stop().then(() => done.push('stopped'))
  mayEnd.resolve()
  await stopped
  assert.deepEqual(done, ['handled', 'stopped'])
  assert.equal(await pending('carts'), 0)
})
