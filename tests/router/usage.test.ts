import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { readConfig } from '#platform/runtime/config.ts'
import { startRouter } from '../../router/start-router.ts'
import { dayOf, openUsageStore, type UsageEntry } from '../../router/usage/usage-store.ts'
import { freshRedis } from '../support/backing.ts'
import { postGraphQL, subscribeGraphQL } from '../support/client.ts'
import { quiet } from '../support/quiet.ts'
import { startGraph } from './fixtures/graph.ts'

const graph = await startGraph()

const folder = await mkdtemp(join(tmpdir(), 'agora-usage-'))
after(() => rm(folder, { recursive: true }))

const startRecording = (log: string) =>
  startRouter({
    config: readConfig({ NODE_ENV: 'test' }),
    supergraphSdl: graph.supergraphSdl,
    log: quiet,
    options: { usage: { log } },
    port: 0,
  })

async function recorded(location: string): Promise<UsageEntry[]> {
  const store = openUsageStore(location, quiet)
  const entries = await store.read()
  await store.stop()
  return entries
}

const countOf = (entries: readonly UsageEntry[], client: string, coordinate: string): number | undefined =>
  entries.find((entry) => entry.client === client && entry.coordinate === coordinate)?.count

test('which client asks for which field is in the folder once the router has stopped, and no value is', async () => {
  const router = await startRecording(folder)
  const ask = (document: string, client: string) =>
    postGraphQL(router.url, {
      document,
      headers: { 'apollographql-client-name': client, 'apollographql-client-version': '1.2' },
    })
  for (let time = 0; time < 3; time += 1) await ask('{ product(id: "secret-1") { name } }', 'ios')
  await ask('{ product(id: "secret-1") { id } }', 'web')
  await postGraphQL(router.url, { document: '{ warehouses }' })
  await router.stop()
  const entries = await recorded(folder)
  assert.equal(countOf(entries, 'ios', 'Product.name'), 3)
  assert.equal(countOf(entries, 'web', 'Product.id'), 1)
  assert.equal(countOf(entries, 'web', 'Product.name'), undefined)
  assert.equal(countOf(entries, 'unknown', 'Query.warehouses'), 1)
  assert.ok(entries.every(({ day, version }) => day === dayOf(Date.now()) && ['1.2', 'unknown'].includes(version)))
  assert.doesNotMatch(JSON.stringify(entries), /secret/)
})

test('what two routers count in one Redis adds up, subscriptions among it', async () => {
  const redis = await freshRedis()
  after(() => redis.stop())
  const routers = await Promise.all([startRecording(redis.url), startRecording(redis.url)])
  for (const router of routers) await postGraphQL(router.url, { document: '{ product(id: "1") { name } }' })
  const events = subscribeGraphQL(routers[0]?.url ?? '', {
    document: 'subscription { priceChanged(id: "1") { price } }',
  })
  await events.next()
  await events.return?.()
  await Promise.all(routers.map((router) => router.stop()))
  const entries = await recorded(redis.url)
  assert.equal(countOf(entries, 'unknown', 'Product.name'), 2)
  assert.equal(countOf(entries, 'unknown', 'Subscription.priceChanged'), 1)
})
