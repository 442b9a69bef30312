import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { close, listen } from '#platform/runtime/http.ts'
import { watchSubgraphs } from '../../router/readiness.ts'
import { postGraphQL } from '../support/client.ts'
import { quiet } from '../support/quiet.ts'
import { waitUntil } from '../support/wait-until.ts'
import { startGraph } from './fixtures/graph.ts'
import { startTestRouter } from './fixtures/router.ts'

const graph = await startGraph()
const router = await startTestRouter(graph.supergraphSdl)
const ask = (document: string) => postGraphQL(router.url, { document })
const ready = async () => {
  const response = await fetch(`${router.base}/ready`)
  return {
    status: response.status,
    body: (await response.json()) as { status: string; missing: Record<string, string> },
  }
}

/** Runs `work` while `subgraph` is down. */
async function without(
  subgraph: { stop(): Promise<void>; restart(): Promise<void> },
  work: () => Promise<void>,
): Promise<void> {
  await subgraph.stop()
  try {
    await work()
  } finally {
    await subgraph.restart()
  }
}

test('turns ready once every subgraph was', async () => {
  await waitUntil('the router is ready', async () => (await ready()).status === 200)
  assert.deepEqual((await ready()).body, { status: 'ready', missing: {} })
})

test('with a subgraph down answers the rest, and names each empty place with a code and one id', async () => {
  await without(graph.stock, async () => {
    router.lines.length = 0
    const { data, errors, status } = await ask('{ products { name left: stock reviews { text } } }')
    assert.equal(status, 200)
    assert.deepEqual(data.products[0], {
      name: 'Headphones',
      left: null,
      reviews: [{ text: 'good 1' }, { text: 'fair' }],
    })
    assert.deepEqual(
      errors?.map(({ path }) => path),
      [
        ['products', 0, 'left'],
        ['products', 1, 'left'],
      ],
    )
    assert.deepEqual(
      errors?.map(({ extensions }) => [extensions?.['code'], extensions?.['serviceName']]),
      Array(2).fill(['DOWNSTREAM_SERVICE_ERROR', 'stock']),
    )
    const [id, same] = errors?.map(({ extensions }) => extensions?.['errorId']) ?? []
    assert.equal(id, same)
    assert.equal(router.lines.filter(({ errorId }) => errorId === id).length, 1)
    assert.doesNotMatch(JSON.stringify(errors), /127\.0\.0\.1|ECONN|http/)
  })
})

test('with a subgraph down empties its root fields, and lets the null of a non-null one rise', async () => {
  await without(graph.stock, async () => {
    const { data, errors } = await ask('{ warehouses product(id: 1) { name } shelved: product(id: 1) { shelf } }')
    assert.deepEqual(data, { warehouses: null, product: { name: 'Headphones' }, shelved: null })
    assert.deepEqual(errors?.map(({ path }) => path).toSorted(), [['shelved', 'shelf'], ['warehouses']])
  })
})

test('says nothing of an unreachable field that @include leaves out', async () => {
  await without(graph.stock, async () => {
    const { errors } = await postGraphQL(router.url, {
      document: 'query($with: Boolean!) { warehouses product(id: 1) { name stock @include(if: $with) } }',
      variables: { with: false },
    })
    assert.deepEqual(
      errors?.map(({ path }) => path),
      [['warehouses']],
    )
  })
})

test('stays ready with a lost subgraph and names it', async () => {
  const steady = await startTestRouter(graph.supergraphSdl)
  await waitUntil('ready', async () => (await fetch(`${steady.base}/ready`)).status === 200)
  await without(graph.people, async () => {
    const lost = async () =>
      ((await (await fetch(`${steady.base}/ready`)).json()) as { missing: Record<string, string> }).missing
    await waitUntil('the loss is seen', async () => Object.keys(await lost()).includes('people'))
    assert.equal((await fetch(`${steady.base}/ready`)).status, 200)
    assert.match((await lost())['people'] ?? '', /does not answer/)
  })
})

test('is not ready before every subgraph was, and says which is missing', async () => {
  await without(graph.people, async () => {
    const early = await startTestRouter(graph.supergraphSdl)
    const answer = async () =>
      (await (await fetch(`${early.base}/ready`)).json()) as { status: string; missing: Record<string, string> }
    await waitUntil('two of three are there', async () => Object.keys((await answer()).missing).length === 1)
    assert.equal((await fetch(`${early.base}/ready`)).status, 503)
    assert.deepEqual(Object.keys((await answer()).missing), ['people'])
  })
})

test('gives an answer in time when a subgraph does not', async () => {
  const { createServer } = await import('node:net')
  const silent = createServer(() => undefined).listen(0, '127.0.0.1')
  await new Promise((resolve) => silent.once('listening', resolve))
  const address = silent.address() as { port: number }
  const waiting = await startTestRouter(
    graph.supergraphSdl.replace(graph.stock.url, `http://127.0.0.1:${address.port}/graphql`),
    { REQUEST_TIMEOUT_MS: '2000' },
  )
  const { data, errors } = await postGraphQL(waiting.url, { document: '{ product(id: 1) { name stock } }' })
  assert.deepEqual(data, { product: { name: 'Headphones', stock: null } })
  assert.equal(errors?.[0]?.extensions?.['code'], 'DOWNSTREAM_SERVICE_ERROR')
  await waiting.stop()
  silent.close()
})

test("passes on an error of the closed list with the client's path", async () => {
  const { errors } = await ask('{ oops: broken(code: "NOT_FOUND", message: "no such thing") }')
  assert.deepEqual(errors, [{ message: 'no such thing', path: ['oops'], extensions: { code: 'NOT_FOUND' } }])
})

test('masks what a subgraph did not mean for clients, and logs it once under the id that it gives', async () => {
  for (const code of ['"INTERNAL_SERVER_ERROR"', '"E_WHATEVER"', 'null']) {
    router.lines.length = 0
    const { data, errors } = await ask(`{ broken(code: ${code}, message: "at http://10.0.0.1:5432") }`)
    assert.deepEqual(data, { broken: null })
    const [error] = errors ?? []
    assert.equal(
      error?.extensions?.['code'],
      code === '"INTERNAL_SERVER_ERROR"' ? 'INTERNAL_SERVER_ERROR' : 'DOWNSTREAM_SERVICE_ERROR',
    )
    assert.deepEqual(error?.path, ['broken'])
    assert.doesNotMatch(JSON.stringify(errors), /10\.0\.0\.1|secret|stacktrace/)
    const logged = router.lines.filter(({ errorId }) => errorId === error?.extensions?.['errorId'])
    assert.equal(logged.length, 1)
    assert.match(JSON.stringify(logged), /10\.0\.0\.1/)
  }
})

test('shows a value that breaks the schema as an error with its path, not as an extension', async () => {
  graph.catalog.answerWith({
    status: 200,
    body: JSON.stringify({ data: { products: [{ name: null }], product: { price: 'many' } } }),
  })
  const { data, errors, extensions } = await ask('{ products { name } product(id: 1) { price } }')
  graph.catalog.answerWith(undefined)
  assert.equal(data, null)
  assert.equal(extensions, undefined)
  assert.ok(errors?.some(({ path }) => path?.join('.') === 'products.0.name'))
})

test('takes an answer that is not GraphQL for a failure, whatever its status, and GraphQL for an answer', async () => {
  for (const answer of [
    { status: 502, body: '<html>bad gateway at 10.0.0.1' },
    { status: 200, body: '[]' },
    { status: 200, body: '{}' },
  ]) {
    graph.catalog.answerWith(answer)
    const { data, errors } = await ask('{ mine: product(id: 1) { name } }')
    assert.deepEqual(
      [data, errors?.[0]?.path, errors?.[0]?.extensions?.['code']],
      [{ mine: null }, ['mine'], 'DOWNSTREAM_SERVICE_ERROR'],
    )
    assert.doesNotMatch(JSON.stringify(errors), /10\.0\.0\.1/)
  }
  graph.catalog.answerWith({
    status: 401,
    body: JSON.stringify({ errors: [{ message: 'who?', extensions: { code: 'UNAUTHENTICATED' } }] }),
  })
  const { errors } = await ask('{ product(id: 1) { name } }')
  graph.catalog.answerWith(undefined)
  assert.equal(errors?.[0]?.extensions?.['code'], 'UNAUTHENTICATED')
})

test('serves our supergraph with every subgraph down: each root field is null with its error', async () => {
  const sdl = await readFile(new URL('../../schema/supergraph.graphql', import.meta.url), 'utf8')
  const down = Object.fromEntries(
    ['USERS', 'PRODUCTS', 'INVENTORY', 'CARTS', 'ORDERS', 'PAYMENTS'].map((name) => [
      `${name}_URL`,
      'http://127.0.0.1:1/graphql',
    ]),
  )
  const ours = await startTestRouter(sdl, down)
  const { data, errors } = await postGraphQL(ours.url, {
    document: '{ __typename products(first: 2) { nodes { id } } categories { id } orders { nodes { id } } }',
  })
  assert.deepEqual(errors?.map(({ path, extensions }) => [path?.join('.'), extensions?.['code']]).toSorted(), [
    ['categories', 'DOWNSTREAM_SERVICE_ERROR'],
    ['orders', 'UNAUTHORIZED_FIELD_OR_TYPE'],
    ['products', 'DOWNSTREAM_SERVICE_ERROR'],
  ])
  assert.ok(data === null || data.products === null)
})

test('is not ready while it drains', async () => {
  const readiness = watchSubgraphs([], quiet)
  const { server, url } = await listen(
    { paths: { '/ready': readiness.answer }, otherwise: readiness.answer },
    { host: '127.0.0.1', port: 0 },
  )
  assert.equal((await fetch(`${url}/ready`)).status, 200)
  readiness.drain()
  const draining = await fetch(`${url}/ready`)
  assert.deepEqual([draining.status, await draining.json()], [503, { status: 'draining', missing: {} }])
  await readiness.stop()
  await close(server)
})

test('aborts what it asks of subgraphs when the client leaves', async () => {
  const held = graph.stock.hold()
  const leaving = new AbortController()
  router.lines.length = 0
  const asked = fetch(router.url, {
    method: 'POST',
    signal: leaving.signal,
    headers: { 'content-type': 'application/json' },
    body: '{"query":"{ warehouses }"}',
  })
  await held.called
  leaving.abort()
  await assert.rejects(asked)
  await waitUntil('the call was given up', () =>
    router.lines.some(({ msg }) => msg === 'a subgraph could not be asked'),
  )
  assert.equal(router.lines.find(({ msg }) => msg === 'a subgraph could not be asked')?.['level'], 'info')
  held.release()
})
