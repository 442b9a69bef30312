import assert from 'node:assert/strict'
import { request as httpRequest } from 'node:http'
import { test } from 'node:test'
import { postGraphQL } from '../support/client.ts'
import { waitUntil } from '../support/wait-until.ts'
import { startGraph } from './fixtures/graph.ts'
import { serveTokens, startTestRouter } from './fixtures/router.ts'

const graph = await startGraph()
const tokens = await serveTokens()
const router = await startTestRouter(graph.supergraphSdl, { JWKS_URL: tokens.jwksUrl })

const post = (body: string, headers: Record<string, string> = { 'content-type': 'application/json' }) =>
  fetch(router.url, { method: 'POST', headers, body })
const codeOf = async (response: Response) =>
  ((await response.json()) as { errors: { extensions: { code: string } }[] }).errors[0]?.extensions.code

test('answers a query that three subgraphs share', async () => {
  const { data, errors } = await postGraphQL(router.url, {
    document: '{ product(id: 1) { name stock reviews { text author { name } } } }',
  })
  assert.equal(errors, undefined)
  assert.deepEqual(data, {
    product: {
      name: 'Headphones',
      stock: 10,
      reviews: [
        { text: 'good 1', author: { name: 'name of u1' } },
        { text: 'fair', author: null },
      ],
    },
  })
})

test('answers a query by GET, and no mutation', async () => {
  const get = (query: string) =>
    fetch(`${router.url}?query=${encodeURIComponent(query)}`, { headers: { 'apollo-require-preflight': '1' } })
  assert.deepEqual(await (await get('{ product(id: 2) { name } }')).json(), { data: { product: { name: 'Watch' } } })
  assert.equal((await get('mutation { rename(id: 1, name: "x") { id } }')).status, 405)
})

test('blocks what a foreign page could send without a preflight', async () => {
  const blocked = await fetch(`${router.url}?query={__typename}`)
  assert.equal(blocked.status, 400)
  assert.match(await blocked.text(), /CSRF/)
  assert.equal((await post('{"query":"{__typename}"}', { 'content-type': 'text/plain' })).status, 400)
})

test('refuses malformed JSON with 400 and says so', async () => {
  const response = await post('{"query":')
  assert.equal(response.status, 400)
  assert.match(await response.text(), /body: expected JSON/)
})

test('refuses a body of more than a megabyte with 413', async () => {
  const response = await post(JSON.stringify({ query: `{ __typename } # ${'x'.repeat(1_000_000)}` }))
  assert.equal(response.status, 413)
  assert.equal(await codeOf(response), 'BAD_REQUEST')
})

test('refuses a bad variable with 400 and BAD_USER_INPUT', async () => {
  const { status, errors } = await postGraphQL(router.url, {
    document: 'query($id: ID!) { product(id: $id) { id } }',
    variables: { id: {} },
  })
  assert.equal(status, 400)
  assert.equal(errors?.[0]?.extensions?.['code'], 'BAD_USER_INPUT')
})

test('fills in the default of a variable, in a condition too', async () => {
  const document = 'query($id: ID! = 2, $with: Boolean = false) { product(id: $id) { id name @include(if: $with) } }'
  assert.deepEqual((await postGraphQL(router.url, { document })).data, { product: { id: '2' } })
})

test('answers introspection beside data, with fields that the planner does not know and with variables', async () => {
  const document = `query ($type: String!, $old: Boolean) {
    __type(name: $type) { isOneOf ...T } product(id: 1) { id } __schema { queryType { ...T } }
  } fragment T on __Type { name fields(includeDeprecated: $old) { name } }`
  const { data, errors } = await postGraphQL(router.url, { document, variables: { type: 'Review', old: true } })
  assert.equal(errors, undefined)
  const type = { isOneOf: null, name: 'Review', fields: [{ name: 'text' }, { name: 'author' }] }
  assert.deepEqual([data.__type, data.product], [type, { id: '1' }])
  assert.equal(data.__schema.queryType.name, 'Query')
})

test('tells where subscriptions are served', async () => {
  const { status, errors } = await postGraphQL(router.url, { document: 'subscription { priceChanged(id: 1) { id } }' })
  assert.equal(status, 400)
  assert.match(errors?.[0]?.message ?? '', /WebSocket/)
})

test('gives every request an id, the given one where it is sane', async () => {
  const own = await post('{"query":"{__typename}"}')
  assert.match(own.headers.get('x-request-id') ?? '', /^[0-9a-f-]{36}$/)
  const given = await post('{"query":"{__typename}"}', { 'content-type': 'application/json', 'x-request-id': 'abc-1' })
  assert.equal(given.headers.get('x-request-id'), 'abc-1')
  const odd = await post('{"query":"{__typename}"}', { 'content-type': 'application/json', 'x-request-id': 'a b' })
  assert.notEqual(odd.headers.get('x-request-id'), 'a b')
})

test('forwards token, currency, request id and trace to the subgraphs, and nothing else of the client', async () => {
  const token = tokens.token()
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
  const headers = {
    'x-currency': 'EUR',
    'x-request-id': 'r-1',
    traceparent,
    cookie: 'a=b',
    'x-client-address': '6.6.6.6',
  }
  const { data } = await postGraphQL(router.url, { document: '{ headers }', token, headers })
  const seen = new Map(
    (data.headers as string[]).map((line): [string, string] => [
      line.split(': ')[0] ?? '',
      line.split(': ').slice(1).join(': '),
    ]),
  )
  assert.equal(seen.get('authorization'), `Bearer ${token}`)
  assert.equal(seen.get('x-currency'), 'EUR')
  assert.equal(seen.get('x-request-id'), 'r-1')
  assert.equal(seen.get('traceparent'), traceparent)
  assert.equal(seen.has('x-client-address'), false)
  assert.equal(seen.has('cookie'), false)
})

test("tells the client's own address with mutations, whatever the client says", async () => {
  const document = 'mutation { rename(id: 1, name: "Headphones") { name } }'
  await postGraphQL(router.url, { document, headers: { 'x-client-address': '6.6.6.6' } })
  assert.equal(graph.catalog.calls.at(-1)?.headers['x-client-address'], '127.0.0.1')
})

test('answers 401 and UNAUTHENTICATED to a token that does not hold', async () => {
  for (const token of [tokens.forged(), 'nonsense', tokens.token({ ttlS: -60 })]) {
    const { status, errors } = await postGraphQL(router.url, { document: '{ __typename }', token })
    assert.equal(status, 401)
    assert.equal(errors?.[0]?.extensions?.['code'], 'UNAUTHENTICATED')
  }
  const basic = await postGraphQL(router.url, { document: '{ __typename }', headers: { authorization: 'Basic abc' } })
  assert.equal(basic.status, 401)
})

test("answers 503, not 401, while the keys can't be read", async () => {
  const keyless = await startTestRouter(graph.supergraphSdl, { JWKS_URL: 'http://127.0.0.1:1/jwks.json' })
  const { status, errors } = await postGraphQL(keyless.url, { document: '{ __typename }', token: tokens.token() })
  assert.equal(status, 503)
  assert.equal(errors?.[0]?.extensions?.['code'], 'DOWNSTREAM_SERVICE_ERROR')
})

test('is alive at /health', async () => {
  assert.equal((await fetch(`${router.base}/health`)).status, 200)
  assert.equal((await fetch(`${router.base}/nowhere`)).status, 404)
})

test('finishes the request under way before it stops, and takes no new one', async () => {
  const leaving = await startTestRouter(graph.supergraphSdl)
  const { hostname, port } = new URL(leaving.url)
  const { promise, resolve } = Promise.withResolvers<string>()
  const request = httpRequest(
    { hostname, port, path: '/graphql', method: 'POST', headers: { 'content-type': 'application/json' } },
    (response) => {
      response.setEncoding('utf8').on('data', resolve)
    },
  )
  request.write('{"query":')
  await waitUntil('the router has the request', async () => (await fetch(`${leaving.base}/health`)).ok)
  const stopped = leaving.stop()
  request.end('"{ product(id: 1) { name } }"}')
  assert.deepEqual(JSON.parse(await promise), { data: { product: { name: 'Headphones' } } })
  await stopped
  await assert.rejects(fetch(`${leaving.base}/health`))
})
