import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { Agent, type IncomingMessage, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { createClient } from 'graphql-ws'
import { WebSocket } from 'ws'
import { revokeSessions } from '#platform/auth/revocations.ts'
import { createRedis } from '#platform/live/redis.ts'
import { sha256 } from '../../router/documents/manifest.ts'
import { freshRedis } from '../support/backing.ts'
import { subscribeGraphQL } from '../support/client.ts'
import { quiet } from '../support/quiet.ts'
import { readMetrics } from '../support/metrics.ts'
import { waitUntil } from '../support/wait-until.ts'
import { startGraph } from './fixtures/graph.ts'
import { runRouter } from './fixtures/process.ts'
import { serveTokens } from './fixtures/router.ts'

const folder = await mkdtemp(join(tmpdir(), 'agora-cluster-'))
after(() => rm(folder, { recursive: true }))
const graph = await startGraph()
const file = join(folder, 'supergraph.graphql')
await writeFile(file, graph.supergraphSdl)

const [redis, tokens] = [await freshRedis(), await serveTokens()]
after(() => redis.stop())
const NAME = 'query Name { product(id: 1) { name } }'
const manifest = join(folder, 'manifest.json')
const writeManifest = (...bodies: string[]) => {
  const operations = bodies.map((body) => ({ id: sha256(body), name: 'Name', type: 'query', body }))
  return writeFile(manifest, JSON.stringify({ format: 'apollo-persisted-query-manifest', version: 1, operations }))
}
await writeManifest(NAME)

const COST_A_MINUTE = 200
const router = runRouter(['--supergraph', file, '--port', '0'], {
  CLUSTER: '2',
  REDIS_URL: redis.url,
  JWKS_URL: tokens.jwksUrl,
  RATE_LIMIT: String(COST_A_MINUTE),
  PERSISTED_DOCUMENTS_MANIFESTS: manifest,
})
const url = await router.listening(2)
const pids = () => router.lines.filter(({ msg }) => msg === 'router is listening').map(({ pid }) => Number(pid))
const ANSWERED = 'agora_router_http_requests_total{status="200"}'

/** Asks over a connection of its own, as another client would: connections go to the workers in turn. */
function ask(): Promise<number | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<number | undefined>()
  const asked = request(url, { method: 'POST', agent: false, headers: { 'content-type': 'application/json' } })
  asked.once('error', reject).once('response', (response) => {
    response.resume().once('close', () => resolve(response.statusCode))
  })
  asked.end('{"query":"{ product(id: 1) { name } }"}')
  return promise
}

type Told = { status: number | undefined; data?: unknown; code?: unknown }

/** A connection that stays with its worker. */
function connect(): (body: object, headers?: Record<string, string>) => Promise<Told> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  after(() => agent.destroy())
  return async (body, headers) => {
    const { promise, resolve, reject } = Promise.withResolvers<Told>()
    const asked = request(url, { method: 'POST', agent, headers: { 'content-type': 'application/json', ...headers } })
    asked.once('error', reject).once('response', (response) => resolve(read(response)))
    asked.end(JSON.stringify(body))
    return promise
  }
}

async function read(response: IncomingMessage): Promise<Told> {
  const { data, errors } = JSON.parse(Buffer.concat(await response.toArray()).toString())
  const code: unknown = errors?.[0]?.extensions.code
  return { status: response.statusCode, ...(data && { data }), ...(code !== undefined && { code }) }
}

/** Two connections to different workers: each plans the same for itself. */
async function connectToBoth() {
  const planned = async () => (await readMetrics(url))('agora_router_plans_total{result="planned"}') ?? 0
  const query = `{ product(id: 1) { pair${(pairs += 1)}: id } }`
  const first = connect()
  await first({ query })
  for (let tries = 0; tries < 20; tries += 1) {
    const [before, other] = [await planned(), connect()]
    await other({ query })
    if ((await planned()) > before) return [first, other] as const
  }
  throw new Error('expected connections to go to both workers')
}

let pairs = 0

/** A client of graphql-ws that holds a connection, and how it was closed. */
function openSocket() {
  const [opened, closed] = [Promise.withResolvers<void>(), Promise.withResolvers<{ code: number }>()]
  createClient({
    url: url.replace('http', 'ws'),
    webSocketImpl: WebSocket,
    lazy: false,
    retryAttempts: 0,
    onNonLazyError: () => undefined,
    on: { connected: () => opened.resolve(), closed: (event) => closed.resolve(event as { code: number }) },
  })
  return { opened: opened.promise, closed: closed.promise }
}

const PRICE = { document: 'subscription { priceChanged(id: 1) { price } }' }

test('several processes share the port, and each shows the metrics of all', async () => {
  assert.deepEqual(await Promise.all([1, 2, 3, 4].map(ask)), [200, 200, 200, 200])
  await waitUntil('all are counted', async () => (await readMetrics(url))(ANSWERED) === 4)
  assert.equal(new Set(pids()).size, 2)
})

test('each serves the documents of the manifest, and those of a new one', async () => {
  const both = await connectToBoth()
  for (const send of both)
    assert.deepEqual(await send({ documentId: sha256(NAME) }), {
      status: 200,
      data: { product: { name: 'Headphones' } },
    })
  const price = 'query Price { product(id: 1) { price } }'
  await writeManifest(NAME, price)
  for (const send of both)
    await waitUntil('it has read the new one', async () => (await send({ documentId: sha256(price) })).status === 200)
})

test('a document that was registered with one is known to all', async () => {
  const [one, other] = await connectToBoth()
  const query = '{ product(id: 2) { name } }'
  const extensions = { persistedQuery: { version: 1, sha256Hash: sha256(query) } }
  assert.equal((await one({ extensions })).code, 'PERSISTED_QUERY_NOT_FOUND')
  const answer = { status: 200, data: { product: { name: 'Watch' } } }
  assert.deepEqual(await one({ query, extensions }), answer)
  await waitUntil('it is in Redis', async () => (await other({ extensions })).code === undefined)
  assert.deepEqual(await other({ extensions }), answer)
})

test('a session that ends takes its subscriptions with it, in every process', async () => {
  const token = tokens.token({ sessionId: 'leaving' })
  const streams = []
  // Equal ones in one process would be one subscription at the subgraph.
  while (graph.subscribers() < 2 && streams.length < 20) {
    const events = subscribeGraphQL(url, { ...PRICE, token })
    streams.push(events)
    assert.equal((await events.next()).value.data.priceChanged.price, 100)
  }
  const staying = subscribeGraphQL(url, { ...PRICE, token: tokens.token({ sessionId: 'staying' }) })
  await staying.next()
  const connection = createRedis(redis.url, quiet)
  after(() => connection.disconnect())
  await revokeSessions(connection, ['leaving'], Date.now() + 60_000)
  for (const events of streams) assert.equal((await events.next()).value.errors[0].extensions.code, 'UNAUTHENTICATED')
  graph.setPrice(120)
  assert.equal((await staying.next()).value.data.priceChanged.price, 120)
  await staying.return?.()
  for (const send of await connectToBoth())
    assert.equal((await send({ query: NAME }, { authorization: `Bearer ${token}` })).status, 401)
})

test('what a caller spends with one is spent with all', async () => {
  const [one, other] = await connectToBoth()
  const authorization = `Bearer ${tokens.token({ sessionId: 'buying' })}`
  const fields = Array.from({ length: COST_A_MINUTE - 50 }, (_field, index) => `n${index}: name`)
  const isRefused = async (send: typeof one) => (await send({ query: NAME }, { authorization })).status === 429
  assert.equal((await one({ query: `{ products { ${fields.join(' ')} } }` }, { authorization })).status, 200)
  await waitUntil('nothing is left with the one', () => isRefused(one))
  await waitUntil('the other has heard', () => isRefused(other))
  assert.equal((await other({ query: NAME })).status, 200)
})

test('a worker that dies is replaced, and the others serve meanwhile', async () => {
  const [first = 0] = pids()
  process.kill(first, 'SIGKILL')
  await waitUntil('the death was noticed', () =>
    router.lines.some(({ pid, signal }) => pid === first && signal === 'SIGKILL'),
  )
  assert.equal(await ask(), 200)
  await router.listening(3)
  assert.deepEqual(await Promise.all([1, 2, 3, 4].map(ask)), [200, 200, 200, 200])
  assert.equal(new Set(pids()).size, 3)
})

test('SIGTERM ends all of them, gracefully', async () => {
  const held = graph.catalog.hold()
  const waiting = ask()
  await held.called
  const sockets = [openSocket(), openSocket(), openSocket(), openSocket()]
  for (const { opened } of sockets) await opened
  router.child.kill('SIGTERM')
  // A connection that the primary took as its last worker closed is Node's to forget: it is neither served nor refused until all of
  // it ends, which waits for what is held here.
  await waitUntil('it takes no more', () =>
    fetch(url, { signal: AbortSignal.timeout(1_000) }).then(
      () => false,
      () => true,
    ),
  )
  held.release()
  assert.equal(await waiting, 200)
  for (const { closed } of sockets) assert.equal((await closed).code, 1001)
  assert.equal(await router.exited, 0)
  assert.equal(router.stderr(), '')
})

test('what keeps a worker from starting is told once, and ends all of it', async () => {
  const failing = runRouter(['--supergraph', join(folder, 'missing.graphql'), '--port', '0'], { CLUSTER: '3' })
  assert.equal(await failing.exited, 1)
  assert.match(failing.stderr(), /^router: --supergraph: .*missing\.graphql can't be read.*\n$/)
})

test('no worker outlives a primary that is killed', async () => {
  const killed = runRouter(['--supergraph', file, '--port', '0'], { CLUSTER: '2' })
  const itsUrl = await killed.listening(2)
  killed.child.kill('SIGKILL')
  await killed.exited
  await assert.rejects(fetch(itsUrl))
})
