import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { createClient } from 'graphql-ws'
import { WebSocket } from 'ws'
import { postGraphQL } from '../support/client.ts'
import { waitUntil } from '../support/wait-until.ts'
import { startGraph } from './fixtures/graph.ts'
import { runRouter } from './fixtures/process.ts'

const folder = await mkdtemp(join(tmpdir(), 'agora-drain-'))
after(() => rm(folder, { recursive: true }))
const graph = await startGraph()
const file = join(folder, 'supergraph.graphql')
await writeFile(file, graph.supergraphSdl)

test('on SIGTERM it is not ready, serves on for a while, finishes what is under way and sends subscribers elsewhere', async () => {
  const router = runRouter(['--supergraph', file, '--port', '0'], { SHUTDOWN_DELAY_MS: '2000' })
  const url = await router.listening()
  const ready = async () => (await fetch(new URL('/ready', url))).status
  await waitUntil('it is ready', async () => (await ready()) === 200)
  const closed = Promise.withResolvers<{ code: number }>()
  const client = createClient({
    url: url.replace('http', 'ws'),
    webSocketImpl: WebSocket,
    retryAttempts: 0,
    on: { closed: (event) => closed.resolve(event as { code: number }) },
  })
  const events = client.iterate<{ priceChanged: { price: number } }>({
    query: 'subscription { priceChanged(id: 1) { price } }',
  })
  await events.next()

  router.child.kill('SIGTERM')
  await waitUntil('it says that it leaves', async () => (await ready()) === 503)
  assert.deepEqual((await postGraphQL(url, { document: '{ product(id: 1) { name } }' })).data, {
    product: { name: 'Headphones' },
  })
  graph.setPrice(55)
  assert.equal((await events.next()).value.data.priceChanged.price, 55)
  const held = graph.catalog.hold()
  const late = postGraphQL(url, { document: 'mutation { rename(id: 1, name: "Headphones") { name } }' })
  await held.called
  await waitUntil('it takes no more', () =>
    fetch(url).then(
      () => false,
      () => true,
    ),
  )
  held.release()
  assert.deepEqual((await late).data, { rename: { name: 'Headphones' } })
  // Going away: clients of graphql-ws connect again, to whoever the balancer has by then.
  assert.equal((await closed.promise).code, 1001)
  await assert.rejects(events.next())
  assert.equal(await router.exited, 0)
})

test('a delay that leaves no time for work under way is refused at the start', async () => {
  const router = runRouter(['--supergraph', file, '--port', '0'], {
    SHUTDOWN_DELAY_MS: '5000',
    SHUTDOWN_GRACE_MS: '5000',
  })
  await once(router.child, 'exit')
  assert.match(router.stderr(), /shutdown\.delayMs: expected less than SHUTDOWN_GRACE_MS \(5000\), got 5000/)
})
