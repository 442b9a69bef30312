import assert from 'node:assert/strict'
import { test } from 'node:test'
import { postGraphQL } from '../support/client.ts'
import { startGraph } from './fixtures/graph.ts'
import { startTestRouter } from './fixtures/router.ts'

const graph = await startGraph()
const router = await startTestRouter(graph.supergraphSdl)

/** Everything of an answer that a client can see, but the ids of the request and of a fault. */
async function ask(body: unknown, headers: Record<string, string> = {}, path = '') {
  const response = await fetch(router.url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
  const { date: _date, 'x-request-id': _id, ...rest } = Object.fromEntries(response.headers)
  const text = (await response.text()).replaceAll(/"errorId":"[^"]+"/g, '')
  return { status: response.status, headers: rest, text }
}

test('a request that was seen before is answered as it was the first time, whatever is asked and accepted', async () => {
  const query = 'query One($yes: Boolean! = true) { products { name @include(if: $yes) } } query Two { warehouses }'
  const bodies = [
    { query, operationName: 'One' },
    { query, operationName: 'One', variables: { yes: false } },
    { query, operationName: 'Two', variables: null },
    { query, operationName: 'Three' },
    { query },
    { query, operationName: 'One', variables: { yes: 'no' } },
    { query, operationName: 'One', variables: [] },
    { query, operationName: 3 },
    { query, operationName: 'One', extensions: { persistedQuery: { version: 1, sha256Hash: 'x' } } },
    [{ query, operationName: 'One' }],
    '{"query": ',
  ]
  const headers: Record<string, string>[] = [
    {},
    { accept: 'application/graphql-response+json' },
    { accept: 'application/json;q=0.5, application/graphql-response+json' },
    { accept: 'text/html' },
    { 'content-type': 'text/plain' },
    { 'content-type': 'application/json; charset=utf-8' },
  ]
  for (const sent of headers) {
    const first = await Promise.all(bodies.map((body) => ask(body, sent)))
    const again = await Promise.all(bodies.map((body) => ask(body, sent)))
    assert.deepEqual(again, first)
  }
})

test('what failed is told, once executed, as Apollo Server tells it', async () => {
  const document = '{ products { name left: stock } }'
  await postGraphQL(router.url, { document })
  await graph.stock.stop()
  try {
    router.lines.length = 0
    const { data, errors, status } = await postGraphQL(router.url, { document })
    assert.deepEqual([status, data.products[0]], [200, { name: 'Headphones', left: null }])
    assert.equal(errors?.[0]?.extensions?.['code'], 'DOWNSTREAM_SERVICE_ERROR')
    assert.equal(router.lines.filter(({ level }) => level === 'error').length, 1)
  } finally {
    await graph.stock.restart()
  }
})
