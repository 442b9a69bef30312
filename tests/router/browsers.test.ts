import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { WebSocket } from 'ws'
import { readConfig } from '#platform/runtime/config.ts'
import { readRouterOptions, type RouterOptionsInput } from '../../router/options/router-options.ts'
import { postGraphQL, subscribeGraphQL } from '../support/client.ts'
import { startGraph } from './fixtures/graph.ts'
import { startTestRouter, type TestRouter } from './fixtures/router.ts'

const SHOP = 'https://shop.example.com'
const graph = await startGraph()
const listed = await startTestRouter(
  graph.supergraphSdl,
  {},
  { cors: { origins: [SHOP], credentials: true, maxAgeS: 60 }, security: { batchSize: 2 } },
)
const production = await startTestRouter(graph.supergraphSdl, { NODE_ENV: 'production' })
const development = await startTestRouter(graph.supergraphSdl, { NODE_ENV: 'development', INTROSPECTION: 'off' })
const open = await startTestRouter(graph.supergraphSdl, { CORS_ORIGINS: '*' })

const ask = (router: TestRouter, headers: Record<string, string> = {}, body: unknown = { query: '{ __typename }' }) =>
  fetch(router.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
const preflight = (router: TestRouter, origin: string) =>
  fetch(router.url, {
    method: 'OPTIONS',
    headers: {
      origin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'content-type, x-currency',
    },
  })
const allowedBy = ({ headers }: Response) => headers.get('access-control-allow-origin')

/** The status that a socket's handshake is answered with: 101 where it opens. */
async function handshake(router: TestRouter, origin: string | undefined): Promise<number> {
  const socket = new WebSocket(router.wsUrl, 'graphql-transport-ws', origin === undefined ? {} : { origin })
  const opened = once(socket, 'open').then(() => 101)
  const refused = once(socket, 'unexpected-response').then(([, response]) => response.statusCode as number)
  socket.on('error', () => undefined)
  const status = await Promise.race([opened, refused])
  socket.terminate()
  return status
}

test('a preflight tells a listed page what it may do, and for how long to remember that', async () => {
  const answer = await preflight(listed, SHOP)
  assert.equal(answer.status, 204)
  const { headers } = answer
  assert.deepEqual(
    ['origin', 'credentials', 'methods', 'headers'].map((name) => headers.get(`access-control-allow-${name}`)),
    [SHOP, 'true', 'GET, POST, PUT, DELETE', 'content-type, x-currency'],
  )
  assert.equal(headers.get('access-control-max-age'), '60')
  assert.equal(headers.get('vary'), 'Origin')
})

test('a page that is not listed is told nothing, by near misses too', async () => {
  for (const origin of [
    'https://evil.example.com',
    'https://shop.example.com.evil.com',
    'http://shop.example.com',
    'https://shop.example.com:444',
    'null',
  ]) {
    const answer = await preflight(listed, origin)
    assert.deepEqual([answer.status, allowedBy(answer)], [204, null], origin)
    assert.equal(allowedBy(await ask(listed, { origin })), null, origin)
  }
})

test('an answer itself says who may read it, and which headers; caches are told that it depends on who asks', async () => {
  const { headers } = await ask(listed, { origin: SHOP })
  assert.equal(headers.get('access-control-allow-origin'), SHOP)
  assert.match(headers.get('access-control-expose-headers') ?? '', /x-request-id/)
  assert.equal(headers.get('vary'), 'Origin')
  assert.equal((await ask(listed)).headers.get('vary'), 'Origin')
})

test('without a list no page may in production, and those of this computer in development', async () => {
  for (const origin of ['http://localhost:5173', 'http://127.0.0.1:3000', 'http://[::1]:80']) {
    assert.equal(allowedBy(await ask(production, { origin })), null)
    assert.equal(allowedBy(await ask(development, { origin })), origin)
  }
  assert.equal(allowedBy(await ask(development, { origin: 'http://localhost.evil.com' })), null)
})

test('* lets every page read, never with its cookies', async () => {
  const { headers } = await ask(open, { origin: 'https://any.example.com' })
  assert.equal(headers.get('access-control-allow-origin'), '*')
  assert.equal(headers.get('access-control-allow-credentials'), null)
  assert.equal(await handshake(open, 'https://any.example.com'), 101)
})

test('pages elsewhere can’t read what is not the graph', async () => {
  assert.equal(allowedBy(await fetch(`${open.base}/metrics`, { headers: { origin: SHOP } })), null)
})

test('a WebSocket opens for listed pages, for pages of its own, and for clients that are no browsers', async () => {
  const own = new URL(listed.url).origin
  for (const origin of [SHOP, own, undefined]) assert.equal(await handshake(listed, origin), 101)
  for (const origin of ['https://evil.example.com', 'null', 'nonsense'])
    assert.equal(await handshake(listed, origin), 403)
  assert.equal(await handshake(production, 'http://localhost:5173'), 403)
})

test('refuses origins that are none, and cookies for every page on the web', async () => {
  const read = (options: RouterOptionsInput) => readRouterOptions(readConfig({}), options)
  for (const origin of ['https://shop.example.com/', 'shop.example.com', '*.example.com', 'https://a.com/b'])
    await assert.rejects(read({ cors: { origins: [origin] } }), /cors\.origins.*: /)
  await assert.rejects(read({ cors: { origins: '*', credentials: true } }), /cors\.credentials: expected a list/)
})

test('every answer tells browsers to take it for what it is, to run nothing of it, and not to say where they were', async () => {
  for (const path of ['/graphql', '/health', '/nowhere']) {
    const { headers } = await fetch(`${production.base}${path}`)
    assert.equal(headers.get('x-content-type-options'), 'nosniff')
    assert.equal(headers.get('referrer-policy'), 'no-referrer')
    assert.equal(headers.get('content-security-policy'), "default-src 'none'; frame-ancestors 'none'")
    assert.equal(headers.get('cache-control'), 'no-store')
    assert.equal(headers.get('strict-transport-security'), null)
  }
  const secure = await ask(production, { 'x-forwarded-proto': 'https' })
  assert.equal(secure.headers.get('strict-transport-security'), 'max-age=15552000')
})

test('what a page could send without a preflight is refused, whatever its origin', async () => {
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data'])
    assert.equal((await ask(listed, { 'content-type': type, origin: SHOP })).status, 400)
  assert.equal((await fetch(`${listed.url}?query={__typename}`, { headers: { origin: SHOP } })).status, 400)
})

const SCHEMA = '{ __schema { queryType { name } } }'

test('clients may not ask for the schema in production, nor where it is switched off, over HTTP and sockets', async () => {
  for (const router of [production, development]) {
    const { errors } = await postGraphQL(router.url, { document: SCHEMA })
    assert.equal(errors?.[0]?.extensions?.['code'], 'GRAPHQL_VALIDATION_FAILED')
    assert.match(errors?.[0]?.message ?? '', /introspection has been disabled/)
    await assert.rejects(
      subscribeGraphQL(router.wsUrl, { document: SCHEMA }).next(),
      (refusal: { message: string }[]) => /introspection has been disabled/.test(refusal[0]?.message ?? ''),
    )
    const misspelt = { document: '{ product(id: 1) { nam } }' }
    const told = await postGraphQL(router.url, misspelt)
    assert.equal(told.errors?.[0]?.message, 'Cannot query field "nam" on type "Product".')
    await assert.rejects(
      subscribeGraphQL(router.wsUrl, misspelt).next(),
      (refusal: { message: string }[]) => refusal[0]?.message === 'Cannot query field "nam" on type "Product".',
    )
  }
  const { data } = await postGraphQL(listed.url, { document: SCHEMA })
  assert.equal(data.__schema.queryType.name, 'Query')
})

test('takes no arrays of operations unless asked, and then no longer ones than asked', async () => {
  const operation = { query: '{ product(id: 1) { name } }' }
  assert.equal((await ask(production, {}, [operation])).status, 400)
  const two = await ask(listed, {}, [operation, operation])
  assert.deepEqual(
    await two.json(),
    Array.from({ length: 2 }, () => ({ data: { product: { name: 'Headphones' } } })),
  )
  const three = await ask(listed, {}, [operation, operation, operation])
  assert.equal(three.status, 400)
  assert.match(await three.text(), /expected at most 2 operations.*BAD_REQUEST/)
})
