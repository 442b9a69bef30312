import assert from 'node:assert/strict'
import { test } from 'node:test'
import { buildSubgraphSchema } from '@apollo/subgraph'
import { graphql, parse } from 'graphql'
import { after } from 'node:test'
import { readConfig } from '#platform/runtime/config.ts'
import { answerJson, close, listen, readBody } from '#platform/runtime/http.ts'
import { strictest } from '../../router/headers/cache-control.ts'
import { readRouterOptions, type RouterOptionsInput } from '../../router/options/router-options.ts'
import { postGraphQL, subscribeGraphQL } from '../support/client.ts'
import { waitUntil } from '../support/wait-until.ts'
import { compose, startGraph } from './fixtures/graph.ts'
import { LINK } from './fixtures/subgraph.ts'
import { serveTokens, startTestRouter } from './fixtures/router.ts'

type Rules = NonNullable<RouterOptionsInput['headers']>

const graph = await startGraph()
const tokens = await serveTokens()
const router = await startTestRouter(
  graph.supergraphSdl,
  { JWKS_URL: tokens.jwksUrl },
  {
    headers: {
      request: [
        { propagate: 'X-Tenant' },
        { propagate: 'x-flavour', as: 'x-taste', default: 'plain', subgraphs: ['people'] },
        { propagate: /^x-debug-/ },
        { insert: 'x-gateway', value: 'agora' },
        { insert: 'x-user', claim: 'sub' },
        { remove: 'x-currency', subgraphs: ['people'] },
        { remove: /^authorization$/, subgraphs: ['people'] },
      ],
    },
  },
)

/** The headers that a subgraph got with its last call. */
const sentTo = (name: 'people' | 'catalog') => graph[name].calls.at(-1)?.headers ?? {}
const ACROSS = '{ product(id: 1) { name reviews { text } } }'
const ask = (headers: Record<string, string> = {}, token?: string) =>
  postGraphQL(router.url, { document: ACROSS, headers, token })

test('sends on what the rules name, renamed and by default, to all subgraphs or to those that they name', async () => {
  await ask({ 'x-tenant': 't1', 'x-flavour': 'sweet', 'x-debug-level': '3', 'x-other': 'no', 'x-currency': 'EUR' })
  const { 'x-tenant': tenant, 'x-debug-level': debug, 'x-other': other, 'x-currency': currency } = sentTo('catalog')
  assert.deepEqual(
    [tenant, debug, other, currency, sentTo('catalog')['x-taste']],
    ['t1', '3', undefined, 'EUR', undefined],
  )
  const people = sentTo('people')
  assert.deepEqual(
    [people['x-tenant'], people['x-taste'], people['x-flavour'], people['x-currency']],
    ['t1', 'sweet', undefined, undefined],
  )
  await ask()
  assert.equal(sentTo('people')['x-taste'], 'plain')
})

test('inserts a value, and a claim of the verified token; a client can set neither', async () => {
  const token = tokens.token()
  await ask({ 'x-user': 'admin', 'x-gateway': 'mine' }, token)
  assert.deepEqual([sentTo('catalog')['x-gateway'], sentTo('catalog')['x-user']], ['agora', 'u1'])
  assert.deepEqual(
    [sentTo('catalog')['authorization'], sentTo('people')['authorization']],
    [`Bearer ${token}`, undefined],
  )
  await ask({ 'x-user': 'admin' })
  assert.equal(sentTo('catalog')['x-user'], undefined)
})

test('goes on through sockets: what connection_init carries, to the source of a subscription too', async () => {
  const events = subscribeGraphQL(router.wsUrl, {
    document: 'subscription { priceChanged(id: 1) { price reviews { text } } }',
    headers: { 'X-Tenant': 't2', 'x-flavour': 'salty', 'x-debug-evil': 'a\r\nx-user: admin' },
  })
  await events.next()
  await events.return?.()
  assert.equal(graph.catalog.connections.at(-1)?.['x-tenant'], 't2')
  assert.equal(graph.catalog.connections.at(-1)?.['x-gateway'], 'agora')
  assert.deepEqual([sentTo('people')['x-tenant'], sentTo('people')['x-taste']], ['t2', 'salty'])
  assert.equal(sentTo('people')['x-debug-evil'], undefined)
})

test('requests that differ in a header that goes on share no call, even to a subgraph that does not get it', async () => {
  const { called, release } = graph.people.hold()
  graph.people.calls.length = 0
  const document = '{ user(id: "x") { name } }'
  const asked = ['a', 'a', 'b'].map((flavour) =>
    postGraphQL(router.url, { document, headers: { 'x-flavour': flavour } }),
  )
  await called
  await waitUntil('both kinds have come', () => graph.people.calls.length === 2)
  release()
  await Promise.all(asked)
  assert.equal(graph.people.calls.length, 2)
})

test('refuses rules that make no sense, and headers that belong to the connection', async () => {
  const refuses = (headers: unknown, reason: RegExp) =>
    assert.rejects(readRouterOptions(readConfig({}), { headers: headers as Rules }), reason)
  for (const name of ['Host', 'connection', 'content-length', 'x-client-address', 'sec-websocket-key', 'a b'])
    await refuses({ request: [{ propagate: name }] }, /headers\.request\.0/)
  await refuses({ request: [{ insert: 'x-a', value: 'a\nb' }] }, /headers\.request\.0/)
  await refuses({ request: [{ forward: 'x-a' }] }, /headers\.request\.0: expected \{ propagate \}/)
  await refuses({ response: { propagate: [{ name: 'transfer-encoding' }] } }, /headers\.response\.propagate\.0/)
})

test('names of subgraphs that are none are warned of', async () => {
  const odd = await startTestRouter(
    graph.supergraphSdl,
    {},
    { headers: { request: [{ remove: 'x-currency', subgraphs: ['nobody'] }] } },
  )
  assert.ok(odd.lines.some(({ unknown }) => JSON.stringify(unknown) === '["nobody"]'))
})

type Told = Record<string, string | string[]>

/** Two subgraphs that answer with whatever headers a test wants. */
async function startTelling() {
  const told: Record<string, Told> = { one: {}, two: {} }
  let asked = 0
  const parts = await Promise.all(
    Object.keys(told).map(async (name) => {
      const sdl = `${LINK} type Query { ${name}: String fail${name}: String } type Mutation { set${name}: String }`
      const schema = buildSubgraphSchema(parse(sdl))
      const { server, url } = await listen(
        {
          paths: {},
          otherwise: async (request, response) => {
            const { query } = JSON.parse(await readBody(request))
            // Whether they are ready is asked, too.
            if (query === '{one}') asked += 1
            for (const [header, value] of Object.entries(told[name] ?? {})) response.setHeader(header, value)
            const rootValue = {
              [name]: name,
              [`set${name}`]: name,
              [`fail${name}`]: () => {
                throw new Error('failed')
              },
            }
            answerJson(response, 200, await graphql({ schema, source: query, rootValue }))
          },
        },
        { host: '127.0.0.1', port: 0 },
      )
      after(() => close(server))
      return { name, url, sdl }
    }),
  )
  return { told, supergraphSdl: compose(parts), asked: () => asked }
}

const telling = await startTelling()
const listening = await startTestRouter(
  telling.supergraphSdl,
  { JWKS_URL: tokens.jwksUrl },
  {
    headers: {
      response: {
        propagate: [
          { name: 'set-cookie' },
          { name: 'x-served-by', as: 'x-shop' },
          { name: 'x-secret', subgraphs: ['two'] },
        ],
        cacheControl: true,
      },
    },
  },
)
const hear = (document: string, told: { one?: Told; two?: Told } = {}, token?: string) => {
  telling.told['one'] = told.one ?? {}
  telling.told['two'] = told.two ?? {}
  return postGraphQL(listening.url, { document, token })
}

test('brings back the headers that the rules name: cookies each, others together, of the subgraphs that they name', async () => {
  const { headers } = await hear('{ one two }', {
    one: { 'set-cookie': ['a=1', 'b=2; HttpOnly'], 'x-served-by': 'x', 'x-secret': 'no', 'x-more': 'no' },
    two: { 'set-cookie': 'c=3', 'x-served-by': 'y', 'x-secret': 'yes' },
  })
  assert.deepEqual(headers?.getSetCookie().toSorted(), ['a=1', 'b=2; HttpOnly', 'c=3'])
  assert.deepEqual(headers?.get('x-shop')?.split(', ').toSorted(), ['x', 'y'])
  assert.deepEqual([headers?.get('x-secret'), headers?.get('x-more')], ['yes', null])
})

test('without rules nothing comes back', async () => {
  const silent = await startTestRouter(telling.supergraphSdl)
  telling.told['one'] = { 'set-cookie': 'a=1', 'cache-control': 'max-age=60' }
  const { headers } = await postGraphQL(silent.url, { document: '{ one }' })
  assert.deepEqual([headers?.getSetCookie(), headers?.get('cache-control')], [[], 'no-store'])
})

test("a subgraph's cookies are never another client's: its calls are not shared", async () => {
  const before = telling.asked()
  await Promise.all(Array.from({ length: 5 }, () => hear('{ one }')))
  assert.equal(telling.asked() - before, 5)
})

test('merges Cache-Control to the strictest of the subgraphs that were asked', async () => {
  const merged = async (one: string, two: string, token?: string) =>
    (await hear('{ one two }', { one: { 'cache-control': one }, two: { 'cache-control': two } }, token)).headers?.get(
      'cache-control',
    )
  assert.equal(await merged('public, max-age=60', 'max-age=30'), 'public, max-age=30')
  assert.equal(await merged('max-age=60', 'private, max-age=90'), 'private, max-age=60')
  assert.equal(await merged('max-age=60', 'max-age=90', tokens.token()), 'private, max-age=60')
  assert.equal(await merged('max-age=60', 'no-store'), 'no-store')
  const notKept = await hear('{ one }', { one: { 'cache-control': 'no-store' } })
  assert.equal(notKept.headers?.get('vary'), 'Origin', 'what nobody keeps, nobody has to tell apart')
  const alone = await hear('{ one }', { one: { 'cache-control': 'max-age=5' }, two: { 'cache-control': 'no-store' } })
  assert.equal(alone.headers?.get('cache-control'), 'public, max-age=5')
  assert.match(alone.headers?.get('vary') ?? '', /authorization, x-currency/)
})

test('lets nobody keep an answer of which a part says nothing, failed, or changed something', async () => {
  const kept = { one: { 'cache-control': 'max-age=60' }, two: { 'cache-control': 'max-age=60' } }
  const cacheControl = async (document: string, told: Parameters<typeof hear>[1]) =>
    (await hear(document, told)).headers?.get('cache-control')
  assert.equal(await cacheControl('{ one two }', { one: kept.one }), 'no-store')
  assert.equal(await cacheControl('{ one failtwo }', kept), 'no-store')
  assert.equal(await cacheControl('mutation { setone }', kept), 'no-store')
  assert.equal(await cacheControl('{ nothing }', kept), 'no-store')
})

test('reads Cache-Control as the specification writes it', () => {
  assert.equal(strictest(['Max-Age=10 , S-MaxAge="20"', 'max-age=15'], false), 'public, max-age=10, s-maxage=15')
  assert.equal(strictest(['s-maxage=20'], false), 'public, max-age=0, s-maxage=20')
  assert.equal(
    strictest(['max-age=20, no-cache', 'max-age=1, must-revalidate'], true),
    'private, max-age=1, no-cache, must-revalidate',
  )
  for (const nothing of ['max-age=x', 'public', '', undefined])
    assert.equal(strictest([nothing, 'max-age=1'], false), 'no-store')
})
