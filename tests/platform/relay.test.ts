import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from 'kysely'
import { eventEnvelopeSchema, streamOf } from '#schema/events/envelope.ts'
import { startRelay } from '#platform/events/relay.ts'
import { createBlockingRedis, createRedis } from '#platform/live/redis.ts'
import type { Logger } from '#platform/runtime/logger.ts'
import { useBacking } from '../support/backing.ts'
import { quiet } from '../support/quiet.ts'
import { waitUntil } from '../support/wait-until.ts'
import { capturedLog } from './support/captured-log.ts'
import { startGate } from './support/gate.ts'
import { openStore, transact } from './support/store.ts'

const backing = await useBacking()
const database = await openStore(backing.postgresUrl)
backing.defer(() => database.close())
const redis = createRedis(backing.redisUrl, quiet)
backing.defer(() => redis.disconnect())

/** One change of `subject`: its next version, and the event that tells of it. */
const change = (subject: string, then: () => void = () => undefined) =>
  transact(
    database,
    async (tx) => {
      const { rows } = await sql<{ version: number }>`
        insert into thing (id, version) values (${subject}, 1)
        on conflict (id) do update set version = thing.version + 1 returning version`.execute(tx.sql)
      tx.stageEvent({ type: 'thing.changed', subject, data: { version: rows[0]?.version } })
    },
    then,
  )

const published = async (subgraph: string) => {
  const entries = await redis.xrange(streamOf(subgraph), '-', '+')
  return entries.map(([, fields]) => eventEnvelopeSchema.parse(JSON.parse(fields[1] ?? '')))
}
const waiting = async () => (await sql`select id from outbox`.execute(database.sql())).rows.length
const relayTo = (subgraph: string, to = redis, log: Logger = quiet) =>
  startRelay({ database, redis: to, subgraph, log })

test('publishes each entity’s events in the order of its versions, whoever relays them', async () => {
  const relays = [relayTo('first'), relayTo('first'), relayTo('first')]
  const wake = () => relays.forEach((relay) => relay.wake())
  const subjects = ['a', 'b', 'c']
  await Promise.all(Array.from({ length: 60 }, (_, n) => change(subjects[n % 3] ?? '', wake)))
  await waitUntil('the outbox is empty', async () => (await waiting()) === 0)
  const events = await published('first')
  assert.equal(events.length, 60, 'none twice while nothing fails, none lost')
  for (const subject of subjects) {
    const versions = events.filter((event) => event.subject === subject).map(({ data }) => data['version'])
    assert.deepEqual(
      versions,
      Array.from({ length: 20 }, (_, n) => n + 1),
    )
  }
  assert.equal(new Set(events.map(({ id }) => id)).size, 60)
  await Promise.all(relays.map((relay) => relay.stop()))
})

test('an event carries the id of the request that made it, and its source', async () => {
  const relay = relayTo('second')
  await change('x', relay.wake)
  await waitUntil('it is there', async () => (await published('second')).length === 1)
  const [event] = await published('second')
  assert.deepEqual([event?.requestid, event?.source, event?.type], ['r-1', '/subgraphs/inventory', 'thing.changed'])
  await relay.stop()
})

test('waits while Redis is away, says so once, and loses nothing', async () => {
  const gate = await startGate(backing.redisUrl)
  backing.defer(() => gate.shut())
  const { log, lines } = capturedLog()
  const through = createRedis(gate.url, quiet)
  backing.defer(() => through.disconnect())
  const relay = relayTo('third', through, log)
  await gate.shut()
  for (let n = 0; n < 5; n += 1) await change('away', relay.wake)
  const warnings = () => lines().filter(({ msg }) => msg.startsWith('events wait')).length
  await waitUntil('the relay has noticed', () => warnings() > 0)
  assert.equal(await waiting(), 5)
  await gate.open()
  await waitUntil('the outbox is empty', async () => (await waiting()) === 0)
  const versions = (await published('third')).map(({ data }) => data['version'])
  assert.deepEqual([...new Set(versions)], [1, 2, 3, 4, 5])
  await waitUntil('it says that it goes on', () => lines().some(({ msg }) => msg === 'the outbox is relayed again'))
  assert.equal(warnings(), 1)
  await relay.stop()
})

test('what a stopped relay left behind is published by the next one', async () => {
  const relay = relayTo('fourth')
  await relay.stop()
  await change('left', relay.wake)
  assert.equal(await waiting(), 1)
  const next = relayTo('fourth')
  await waitUntil('it is there', async () => (await published('fourth')).length === 1)
  await next.stop()
})

test('a live message goes to its channel', async () => {
  const subscriber = createBlockingRedis(backing.redisUrl, quiet)
  backing.defer(() => subscriber.disconnect())
  const { promise, resolve } = Promise.withResolvers<string[]>()
  subscriber.on('message', (...heard: string[]) => resolve(heard))
  await subscriber.subscribe('live:thing:a')
  const relay = relayTo('fifth')
  await transact(database, async (tx) => tx.stageLive('live:thing:a', { version: 3 }), relay.wake)
  assert.deepEqual(await promise, ['live:thing:a', '{"version":3}'])
  await relay.stop()
})
