import assert from 'node:assert/strict'
import { test } from 'node:test'
import { migration } from '#platform/db/migrate.ts'
import { defineSubgraph } from '#platform/graphql/define-subgraph.ts'
import { migrateOnly } from '#platform/graphql/migrate-only.ts'
import { answerJson } from '#platform/runtime/http.ts'
import { quiet } from '../support/quiet.ts'
import { useBacking } from '../support/backing.ts'
import { waitUntil } from '../support/wait-until.ts'
import { startGate } from './support/gate.ts'
import { ordersDouble, startDouble } from './support/orders-double.ts'
import { openStore } from './support/store.ts'

const backing = await useBacking()
const readiness = async (url: string) => {
  const response = await fetch(new URL('/ready', url))
  const { missing } = (await response.json()) as { missing: Record<string, string> }
  return { status: response.status, missing }
}
const isReady = (url: string) => waitUntil('it is ready', async () => (await readiness(url)).status === 200)

test('starts without PostgreSQL and Redis, says so, and serves once they come', async () => {
  const gates = { postgresUrl: await startGate(backing.postgresUrl), redisUrl: await startGate(backing.redisUrl) }
  for (const gate of Object.values(gates)) {
    backing.defer(() => gate.shut())
    await gate.shut()
  }
  const shop = await startDouble({ ...backing, postgresUrl: gates.postgresUrl.url, redisUrl: gates.redisUrl.url })
  const { url } = shop.running
  await waitUntil('it has tried', async () => (await readiness(url)).missing['postgres'] !== 'starting')
  const { status, missing } = await readiness(url)
  assert.deepEqual([status, Object.keys(missing).toSorted()], [503, ['graph', 'postgres', 'redis']])
  assert.equal((await fetch(new URL('/health', url))).status, 200)
  const early = await shop.call('{ __typename }')
  assert.deepEqual([early.status, early.errors?.[0]?.extensions], [503, { code: 'DOWNSTREAM_SERVICE_ERROR' }])

  await gates.postgresUrl.open()
  await waitUntil('only Redis is missing', async () => Object.keys((await readiness(url)).missing).join() === 'redis')
  await gates.redisUrl.open()
  await isReady(url)
  assert.deepEqual((await shop.call('{ __typename }')).data, { __typename: 'Query' })

  await gates.postgresUrl.shut()
  await gates.redisUrl.shut()
  await waitUntil('both are missed', async () => Object.keys((await readiness(url)).missing).length === 2)
  await gates.postgresUrl.open()
  await gates.redisUrl.open()
  await isReady(url)
  const user = shop.user()
  assert.equal((await shop.call('{ orderByNumber(number: "1") { id } }', user)).errors, undefined)
})

test('stopping while it still waits for PostgreSQL ends the waiting', async () => {
  const gate = await startGate(backing.postgresUrl)
  await gate.shut()
  const shop = await startDouble({ ...backing, postgresUrl: gate.url })
  await waitUntil('it has tried', () => shop.lines().some(({ msg }) => msg.startsWith('PostgreSQL is away')))
  await shop.stop()
  await assert.rejects(shop.running.ready, /stopping/)
  assert.ok(shop.lines().every(({ level }) => level !== 'fatal'))
})

test('a start that fails says why, stays not ready, and leaves no connection once stopped', async () => {
  const gate = await startGate(backing.postgresUrl)
  const redisGate = await startGate(backing.redisUrl)
  backing.defer(() => Promise.all([gate.shut(), redisGate.shut()]))
  const failing = { services: () => Promise.reject(new Error('no such file')) }
  const shop = await startDouble({ ...backing, postgresUrl: gate.url, redisUrl: redisGate.url }, { parts: failing })
  await assert.rejects(shop.running.ready, /no such file/)
  const { status, missing } = await readiness(shop.running.url)
  assert.deepEqual([status, missing['graph']], [503, 'no such file'])
  assert.ok(shop.lines().some(({ level, msg }) => level === 'fatal' && msg === 'could not start'))
  await shop.stop()
  await waitUntil('all connections are closed', () => gate.connections() + redisGate.connections() === 0)
})

test('a migration that can’t run is no outage: it fails at once', async () => {
  const broken = { entities: [], migrations: [migration('2026-11-20-broken', 'create nonsense')] }
  const shop = await startDouble(backing, { parts: { persistence: broken } })
  await assert.rejects(shop.running.ready)
  await shop.stop()
})

test('a graceful stop finishes the request under way, and takes no other', async () => {
  const gate = await startGate(backing.postgresUrl)
  const redisGate = await startGate(backing.redisUrl)
  backing.defer(() => Promise.all([gate.shut(), redisGate.shut()]))
  const begun = Promise.withResolvers<void>()
  const mayEnd = Promise.withResolvers<void>()
  const slow = {
    Query: {
      order: async (_: unknown, { id }: { id: string }, context: { transaction: (work: unknown) => Promise<void> }) => {
        begun.resolve()
        await mayEnd.promise
        // The database, the relay and Redis must still be there.
        await context.transaction(async (tx: { stageEvent(event: object): void }) => {
          tx.stageEvent({ type: 'order.asked', subject: id, data: {} })
        })
        return { id }
      },
    },
  }
  const shop = await startDouble(
    { ...backing, postgresUrl: gate.url, redisUrl: redisGate.url },
    { parts: { resolvers: slow } },
  )
  await shop.running.ready
  const updates = shop.subscribe('subscription { orderChanged(orderId: "x") { id } }', shop.user().tokenFor('orders'))
  const answer = shop.call('{ order(id: "a") { id } }', shop.user())
  await begun.promise
  const done: string[] = []
  const stopped = shop.stop().then(() => done.push('stopped'))
  await waitUntil('it refuses connections', () =>
    fetch(shop.running.url).then(
      () => false,
      () => true,
    ),
  )
  mayEnd.resolve()
  assert.deepEqual((await answer).data, { order: { id: 'a' } })
  done.push('answered')
  await stopped
  assert.deepEqual(done, ['answered', 'stopped'])
  await updates.return?.()
  await waitUntil('all connections are closed', () => gate.connections() + redisGate.connections() === 0)
  assert.deepEqual(
    shop.lines().filter(({ level }) => level === 'error' || level === 'fatal'),
    [],
  )
})

test('a subgraph without persistence has neither database nor jobs, and says so when it is asked for one', async () => {
  const routes = {
    '/own': (_request: unknown, response: Parameters<typeof answerJson>[0]) => answerJson(response, 200, { own: true }),
  }
  const { persistence: _none, ...parts } = ordersDouble().definition
  const shop = await startDouble(backing, {
    parts: { ...parts, persistence: undefined, routes: () => routes } as never,
  })
  const runtime = await shop.running.ready
  assert.throws(() => runtime.database, /orders to define its persistence/)
  assert.throws(() => runtime.transaction('r', async () => undefined), /define its persistence/)
  assert.deepEqual(await (await fetch(new URL('/own', shop.running.url))).json(), { own: true })
  await migrateOnly(defineSubgraph({ ...parts, name: 'orders' }), { postgresUrl: backing.postgresUrl, log: quiet })
  await shop.stop()
})

test('listens to other subgraphs’ events', async () => {
  const heard: string[] = []
  const consumes = () => ({
    users: { 'user.registered': async ({ subject }: { subject: string }) => void heard.push(subject) },
  })
  const shop = await startDouble(backing, { parts: { consumes } })
  const { redis } = await shop.running.ready
  const event = {
    specversion: '1.0',
    id: '0193f0a0-0000-7000-8000-000000000000',
    source: '/subgraphs/users',
    type: 'user.registered',
    subject: 'u1',
    time: new Date().toISOString(),
    datacontenttype: 'application/json',
    requestid: 'r',
    data: {},
  }
  await redis.xadd('events:users', '*', 'event', JSON.stringify(event))
  await waitUntil('it is heard', () => heard[0] === 'u1')
  await shop.stop()
})

test('migrating alone brings the database up to date and leaves', async () => {
  await migrateOnly(ordersDouble({ name: 'payments' }), { postgresUrl: backing.postgresUrl, log: quiet })
  const database = await openStore(backing.postgresUrl, { name: 'payments' })
  await database.jobPool.query('select id, version from thing')
  await database.close()
})

test('while the keys of tokens can’t be had, a token is no bad one', async () => {
  const shop = await startDouble(backing, { env: { JWKS_URL: 'http://127.0.0.1:1/jwks.json' } })
  await shop.running.ready
  const answer = await shop.call('{ __typename }', shop.user())
  assert.deepEqual([answer.status, answer.errors?.[0]?.extensions?.['code']], [503, 'DOWNSTREAM_SERVICE_ERROR'])
  assert.equal((await shop.call('{ __typename }')).errors, undefined)
  const service = await shop.call('{ __typename }', shop.service('payments'))
  assert.equal(service.errors, undefined, 'a service token needs no key of the users subgraph')
  const updates = shop.subscribe('subscription { orderChanged(orderId: "x") { id } }', shop.user().tokenFor('orders'))
  await assert.rejects(updates.next(), (errors) => {
    assert.match(JSON.stringify(errors), /DOWNSTREAM_SERVICE_ERROR/)
    return true
  })
  await shop.stop()
})
