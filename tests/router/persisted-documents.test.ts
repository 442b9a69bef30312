import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import type { GraphQLError } from 'graphql'
import { createClient } from 'graphql-ws'
import { WebSocket } from 'ws'
import { createRedis } from '#platform/live/redis.ts'
import { sha256 } from '../../router/documents/manifest.ts'
import { freshRedis } from '../support/backing.ts'
import { quiet } from '../support/quiet.ts'
import { waitUntil } from '../support/wait-until.ts'
import { startGraph } from './fixtures/graph.ts'
import { startTestRouter, type TestRouter } from './fixtures/router.ts'

const NAME = 'query Name($id: ID!) { product(id: $id) { name } }'
const RENAME = 'mutation Rename { rename(id: 1, name: "new") { name } }'
const PRICE = 'subscription Price($id: ID!) { priceChanged(id: $id) { price } }'
const OTHER = '{ products { id } }'
const variables = { id: 1 }

const folder = await mkdtemp(join(tmpdir(), 'agora-documents-'))
after(() => rm(folder, { recursive: true }))

type Entry = { id: string; name?: string; type: string; body: string }
const entry = (body: string, id = sha256(body)): Entry => ({
  id,
  type: /^(mutation|subscription)/.exec(body)?.[0] ?? 'query',
  body,
})

async function manifestOf(
  operations: unknown[],
  more: object = {},
  file = `${crypto.randomUUID()}.json`,
): Promise<string> {
  const path = join(folder, file)
  await writeFile(path, JSON.stringify({ format: 'apollo-persisted-query-manifest', version: 1, operations, ...more }))
  return path
}

const graph = await startGraph()
const redis = await freshRedis()
after(() => redis.stop())
const manifest = await manifestOf([entry(NAME), entry(RENAME, 'rename-1'), entry(PRICE)])
const startWith = (mode: 'off' | 'log' | 'only', env: Record<string, string> = {}) =>
  startTestRouter(graph.supergraphSdl, env, {
    persistedDocuments: { mode, manifests: [manifest] },
    security: { batchSize: 5 },
  })
const only = await startWith('only')
const log = await startWith('log')
const off = await startWith('off', { REDIS_URL: redis.url })

type Answered = { status: number; data?: unknown; code?: unknown; message?: unknown }

async function read(response: Response): Promise<Answered> {
  const { data, errors } = (await response.json()) as {
    data?: unknown
    errors?: { message: string; extensions: { code: string } }[]
  }
  return {
    status: response.status,
    ...(data !== undefined && { data }),
    ...(errors && { code: errors[0]?.extensions.code, message: errors[0]?.message }),
  }
}

const post = async (router: TestRouter, body: unknown) =>
  read(
    await fetch(router.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }),
  )
const get = async (router: TestRouter, parameters: Record<string, unknown>) => {
  const entries = Object.entries(parameters).map(([name, value]): [string, string] => [
    name,
    typeof value === 'string' ? value : JSON.stringify(value),
  ])
  const search = new URLSearchParams(entries).toString()
  return read(await fetch(`${router.url}?${search}`, { headers: { 'apollo-require-preflight': '1' } }))
}
const byHash = (text: string, hash = sha256(text)) => ({
  extensions: { persistedQuery: { version: 1, sha256Hash: hash } },
})

/** The first answer over a WebSocket, or what the operation was refused with. */
async function overSocket(router: TestRouter, payload: Record<string, unknown>): Promise<unknown> {
  const client = createClient({ url: router.wsUrl, webSocketImpl: WebSocket, retryAttempts: 0 })
  const { promise, resolve } = Promise.withResolvers<unknown>()
  client.subscribe(
    { query: '', ...payload },
    {
      next: ({ data }) => resolve(data),
      error: (errors) => resolve((errors as GraphQLError[])[0]?.extensions['code'] ?? errors),
      complete: () => undefined,
    },
  )
  const first = await promise
  await client.dispose()
  return first
}

/** The first answer in an event stream, or what the request was refused with. */
async function inStream(router: TestRouter, body: Record<string, unknown>): Promise<unknown> {
  const response = await fetch(router.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
    body: JSON.stringify(body),
  })
  if (response.headers.get('content-type')?.includes('json')) return (await read(response)).code
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  while (!/^data: \{/m.test(text)) text += (await reader?.read())?.value ?? ''
  await reader?.cancel()
  return JSON.parse(/^data: (\{.*)$/m.exec(text)?.[1] ?? '').data
}

const NAMED = { status: 200, data: { product: { name: 'Headphones' } } }

test('serves the documents of the manifest by their ids, as both protocols name them, by POST and GET', async () => {
  for (const router of [only, log, off]) {
    const ways = [{ documentId: sha256(NAME) }, { documentId: `sha256:${sha256(NAME)}` }, byHash(NAME)]
    for (const way of [...ways, { query: NAME }, { query: NAME, ...byHash(NAME) }]) {
      assert.deepEqual(await post(router, { ...way, variables }), NAMED, JSON.stringify(way))
      assert.deepEqual(await get(router, { ...way, variables }), NAMED, JSON.stringify(way))
    }
  }
  const rename = { status: 200, data: { rename: { name: 'new' } } }
  assert.deepEqual(await post(only, { documentId: 'rename-1', operationName: 'Rename' }), rename)
  assert.equal((await get(only, { documentId: 'rename-1' })).status, 405)
})

test('does the same over WebSockets and in event streams, for subscriptions too', async () => {
  const priceChanged = { priceChanged: { price: 100 } }
  for (const ask of [overSocket, inStream]) {
    for (const way of [{ documentId: sha256(PRICE) }, byHash(PRICE), { query: PRICE }])
      assert.deepEqual(await ask(only, { ...way, variables }), priceChanged, JSON.stringify(way))
    assert.deepEqual(await ask(only, { documentId: sha256(NAME), variables }), NAMED.data)
    assert.equal(await ask(only, { query: OTHER }), 'QUERY_NOT_IN_SAFELIST')
    assert.equal(await ask(only, { documentId: 'nobody' }), 'PERSISTED_QUERY_NOT_IN_LIST')
    assert.equal(await ask(off, byHash('{ __typename }')), 'PERSISTED_QUERY_NOT_FOUND')
  }
})

test('in mode only refuses every other document, id and hash, by POST, GET and in an array', async () => {
  const unlisted = { query: OTHER }
  for (const refused of [
    await post(only, unlisted),
    await get(only, unlisted),
    await post(only, [{ query: NAME, variables }, unlisted]),
  ])
    assert.deepEqual([refused.status, refused.code, refused.data], [400, 'QUERY_NOT_IN_SAFELIST', undefined])
  for (const unknown of [{ documentId: 'nobody' }, byHash(OTHER), { query: OTHER, ...byHash(OTHER) }]) {
    assert.equal((await post(only, unknown)).code, 'PERSISTED_QUERY_NOT_IN_LIST')
    assert.equal((await get(only, unknown)).code, 'PERSISTED_QUERY_NOT_IN_LIST')
  }
  // Nothing of that was registered, and a document that merely resembles a listed one is another.
  assert.equal((await post(only, byHash(OTHER))).code, 'PERSISTED_QUERY_NOT_IN_LIST')
  assert.equal((await post(only, { query: `${NAME} `, variables })).code, 'QUERY_NOT_IN_SAFELIST')
  const { message } = await post(only, { query: OTHER })
  assert.equal(message, 'query: expected a document of the manifest: this router serves no other')
})

test('in mode log serves every document, and writes down once which are not listed', async () => {
  for (let time = 0; time < 2; time += 1) assert.equal((await post(log, { query: OTHER })).status, 200)
  const noted = log.lines.filter(({ msg }) => msg === 'a document that is not in the manifest was served')
  assert.deepEqual(
    noted.map(({ id }) => id),
    [sha256(OTHER)],
  )
})

test('registers documents by Apollo’s protocol: not found, then sent along, then by its hash alone', async () => {
  const text = '{ product(id: 2) { name } }'
  const watch = { status: 200, data: { product: { name: 'Watch' } } }
  for (const send of [post, get]) {
    const own = `${text} # ${send === post ? 'post' : 'get'}`
    assert.deepEqual(await send(off, byHash(own)), {
      status: 200,
      code: 'PERSISTED_QUERY_NOT_FOUND',
      message: 'PersistedQueryNotFound',
    })
    assert.deepEqual(await send(off, { query: own, ...byHash(own) }), watch)
    assert.deepEqual(await send(off, byHash(own)), watch)
  }
})

test('other routers know what was registered at one, through Redis', async () => {
  const text = '{ product(id: 2) { name price } }'
  const connection = createRedis(redis.url, quiet)
  const second = await startWith('off', { REDIS_URL: redis.url })
  await post(off, { query: text, ...byHash(text) })
  await waitUntil('it is in Redis', async () => (await connection.exists(`router:documents:${sha256(text)}`)) === 1)
  assert.ok((await connection.ttl(`router:documents:${sha256(text)}`)) > 0)
  assert.deepEqual(await post(second, byHash(text)), { status: 200, data: { product: { name: 'Watch', price: 200 } } })
  connection.disconnect()
})

test('keeps no document under a hash that is not its own, and none that the graph does not allow', async () => {
  const wrong = await post(off, { query: OTHER, ...byHash(NAME, sha256('else')) })
  assert.deepEqual([wrong.status, wrong.code], [400, 'BAD_REQUEST'])
  const forbidden = '{ nothing }'
  assert.equal((await post(off, { query: forbidden, ...byHash(forbidden) })).code, 'GRAPHQL_VALIDATION_FAILED')
  assert.equal((await post(off, byHash(forbidden))).code, 'PERSISTED_QUERY_NOT_FOUND')
  const mismatch = await post(off, { query: OTHER, documentId: sha256(NAME) })
  assert.deepEqual([mismatch.status, mismatch.code], [400, 'BAD_REQUEST'])
  for (const malformed of [{ documentId: 7 }, { extensions: { persistedQuery: { version: 2, sha256Hash: 'x' } } }])
    assert.equal((await post(off, malformed)).code, 'BAD_REQUEST')
})

test('says so where nobody may register documents', async () => {
  const closed = await startTestRouter(graph.supergraphSdl, { AUTOMATIC_PERSISTED_QUERIES: 'off' })
  assert.deepEqual(await post(closed, byHash(OTHER)), {
    status: 200,
    code: 'PERSISTED_QUERY_NOT_SUPPORTED',
    message: 'PersistedQueryNotSupported',
  })
  assert.equal((await post(closed, { query: OTHER, ...byHash(OTHER) })).status, 200)
})

test('a broken manifest stops the start with a sentence', async () => {
  const starting = async (file: string) =>
    startTestRouter(graph.supergraphSdl, { PERSISTED_DOCUMENTS: 'only', PERSISTED_DOCUMENTS_MANIFESTS: file })
  const text = async (content: string) => {
    const file = join(folder, `${crypto.randomUUID()}.json`)
    await writeFile(file, content)
    return file
  }
  const broken: [string, RegExp][] = [
    [join(folder, 'missing.json'), /missing\.json: expected a manifest of persisted documents: ENOENT/],
    [await text('{'), /expected a manifest of persisted documents/],
    [await manifestOf([], { version: 2 }), /version: /],
    [await manifestOf([{ id: 'a' }]), /operations\.0\.type: /],
    [await manifestOf([entry(NAME, sha256(OTHER))]), /expected the SHA-256 of its body/],
    [await manifestOf([entry(NAME, 'a'), entry(OTHER, 'a')]), /another document has the same id/],
    [await manifestOf([entry('{ nothing }')]), /the graph does not allow it: Cannot query field "nothing"/],
    [await manifestOf([entry('query {')]), /expected a GraphQL document/],
    [await manifestOf([{ ...entry(NAME), type: 'mutation' }]), /expected one mutation/],
  ]
  for (const [file, sentence] of broken) await assert.rejects(starting(file), sentence)
  await assert.rejects(
    startTestRouter(graph.supergraphSdl, { PERSISTED_DOCUMENTS: 'log' }),
    /manifests: expected a manifest/,
  )
})

test('reads the manifests again with a new supergraph and by itself; a broken one changes nothing', async () => {
  const file = await manifestOf([entry(NAME)])
  const changing = await startTestRouter(
    graph.supergraphSdl,
    {},
    { persistedDocuments: { mode: 'only', manifests: [file] } },
  )
  assert.deepEqual(changing.manifests, [file])
  const isServed = async (text: string) => (await post(changing, { query: text, variables })).status === 200
  const write = (...texts: string[]) =>
    manifestOf(
      texts.map((text) => entry(text)),
      {},
      file.slice(folder.length + 1),
    )
  await write(OTHER)
  await changing.reloadDocuments()
  assert.deepEqual([await isServed(NAME), await isServed(OTHER)], [false, true])
  await writeFile(file, 'broken')
  await assert.rejects(changing.reloadDocuments(), /expected a manifest/)
  const renamed = graph.supergraphSdl.replaceAll('warehouses', 'depots')
  assert.equal(await changing.reload(renamed), false)
  assert.equal(await isServed(OTHER), true)
  await write('{ depots }')
  assert.equal(await changing.reload(renamed), true)
  assert.deepEqual([await isServed(OTHER), await isServed('{ depots }')], [false, true])
})
