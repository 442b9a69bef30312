import assert from 'node:assert/strict'
import { test } from 'node:test'
import { waitUntil } from '../support/wait-until.ts'
import { startGraph } from './fixtures/graph.ts'
import { startTestRouter } from './fixtures/router.ts'

const graph = await startGraph()
// No heartbeat comes between what is compared.
const router = await startTestRouter(graph.supergraphSdl, { SUBSCRIPTION_HEARTBEAT_MS: '600000' })
const PRICE = 'subscription { priceChanged(id: 1) { price } }'
const TOKEN = 'x-graphql-event-stream-token'

const nobodyListens = () => waitUntil('the sources are free', () => graph.subscribers() === 0)

type Asked = { method?: string; headers?: Record<string, string>; body?: unknown; search?: string }

const ask = ({ method = 'POST', headers = {}, body, search = '' }: Asked, signal?: AbortSignal) =>
  fetch(`${router.url}${search}`, {
    method,
    headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    ...(signal && { signal }),
  })

/** A streamed answer, read as it comes. */
async function open(asked: Asked) {
  const leaving = new AbortController()
  const response = await ask(asked, leaving.signal)
  assert.equal(response.status, 200)
  const reader = (response.body ?? assert.fail('expected a body')).pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  return {
    headers: response.headers,
    /** All that has come, once it holds what is waited for. */
    until: async (end: string) => {
      while (!text.includes(end)) {
        const { value, done } = await reader.read()
        assert.equal(done, false, `the stream has ended with ${text}`)
        text += value
      }
      const read = text
      text = ''
      return read
    },
    leave: () => leaving.abort(),
  }
}

test('multipart: takes every spelling of Accept, and the boundary follows each part at once', async () => {
  for (const accept of [
    'multipart/mixed;subscriptionSpec=1.0, application/json',
    'multipart/mixed; subscriptionSpec="1.0"',
    'multipart/mixed;boundary="graphql";subscriptionSpec=1.0,application/json',
    'Multipart/Mixed; boundary=graphql; subscriptionspec=1.0',
  ]) {
    graph.setPrice(1)
    const stream = await open({ headers: { accept }, body: { query: PRICE } })
    assert.equal(stream.headers.get('content-type'), 'multipart/mixed; boundary="graphql"; subscriptionSpec=1.0')
    const part = (price: number) =>
      `\r\ncontent-type: application/json\r\n\r\n{"payload":{"data":{"priceChanged":{"price":${price}}}}}\r\n--graphql`
    assert.equal(await stream.until('}\r\n--graphql'), `\r\n--graphql${part(1)}`)
    graph.setPrice(2)
    assert.equal(await stream.until('}\r\n--graphql'), part(2))
    stream.leave()
    await nobodyListens()
  }
})

test('multipart: a query, and a document that is wrong, are answered as ever', async () => {
  const headers = { accept: 'multipart/mixed;subscriptionSpec=1.0, application/json' }
  const query = await ask({ headers, body: { query: '{ product(id: 1) { id } }' } })
  assert.deepEqual([query.status, await query.json()], [200, { data: { product: { id: '1' } } }])
  const wrong = await ask({ headers, body: { query: 'subscription { nope }' } })
  const { errors } = (await wrong.json()) as { errors: { extensions: { code: string } }[] }
  assert.equal(errors[0]?.extensions.code, 'GRAPHQL_VALIDATION_FAILED')
})

test('a subscription that asks for JSON is told how to ask', async () => {
  const response = await ask({ headers: { accept: 'application/graphql-response+json' }, body: { query: PRICE } })
  const { errors } = (await response.json()) as { errors: { message: string }[] }
  assert.match(errors[0]?.message ?? '', /text\/event-stream.*multipart\/mixed; subscriptionSpec=1\.0.*WebSocket/)
})

test('event stream: by GET, as a browser has it, and by a client that names all it knows', async () => {
  graph.setPrice(3)
  const stream = await open({
    method: 'GET',
    headers: { accept: 'text/event-stream' },
    search: `?query=${encodeURIComponent('subscription($id: ID!) { priceChanged(id: $id) { price } }')}&variables={"id":"1"}`,
  })
  assert.match(stream.headers.get('content-type') ?? '', /^text\/event-stream/)
  assert.equal(await stream.until('"price"'), ':\n\nevent: next\ndata: {"data":{"priceChanged":{"price":3}}}\n\n')
  stream.leave()
  const all = { accept: 'application/graphql-response+json, application/json, text/event-stream, multipart/mixed' }
  const query = await ask({ headers: all, body: { query: '{ product(id: 1) { id } }' } })
  assert.deepEqual(await query.json(), { data: { product: { id: '1' } } })
  const subscription = await open({ headers: all, body: { query: PRICE } })
  await subscription.until('event: next')
  subscription.leave()
  await nobodyListens()
})

test('event stream: queries and mutations have one answer, and a mutation never comes by GET', async () => {
  const headers = { accept: 'text/event-stream' }
  const answer = await ask({ headers, body: { query: 'mutation { rename(id: 1, name: "n") { name } }' } })
  assert.equal(
    await answer.text(),
    ':\n\nevent: next\ndata: {"data":{"rename":{"name":"n"}}}\n\nevent: complete\ndata: \n\n',
  )
  const search = `?query=${encodeURIComponent('mutation { rename(id: 1, name: "by get") { name } }')}`
  assert.equal((await ask({ method: 'GET', headers, search })).status, 405)
  assert.equal(graph.names.includes('by get'), false)
})

test('event stream: what is no request is refused with what was expected', async () => {
  const headers = { accept: 'text/event-stream' }
  const refusalOf = async (asked: Asked) => {
    const response = await ask({ headers, ...asked })
    const { errors } = (await response.json()) as { errors: { message: string }[] }
    return [response.status, errors[0]?.message]
  }
  const form = { accept: 'text/event-stream', 'content-type': 'application/x-www-form-urlencoded' }
  assert.deepEqual(await refusalOf({ headers: form, body: { query: PRICE } }), [
    415,
    'content-type: expected application/json',
  ])
  assert.deepEqual(await refusalOf({ body: {} }), [400, 'query: expected a GraphQL document'])
  assert.equal((await refusalOf({ body: { query: PRICE, variables: 3 } }))[0], 400)
  assert.match(
    String((await refusalOf({ method: 'GET', search: '?query=a&variables=x' }))[1]),
    /variables.*expected JSON/,
  )
})

test('single connection: operations run over one stream, each by its id, until it is left', async () => {
  const token = await (await ask({ method: 'PUT' })).text()
  const by = { [TOKEN]: token }
  const begin = (id: string, query: string) => ask({ headers: by, body: { query, extensions: { operationId: id } } })
  graph.setPrice(5)
  // What comes before the stream is open waits for it.
  assert.equal((await begin('a', PRICE)).status, 202)
  const stream = await open({ method: 'GET', headers: { ...by, accept: 'text/event-stream' } })
  const next = (id: string, price: number) =>
    `event: next\ndata: {"id":"${id}","payload":{"data":{"priceChanged":{"price":${price}}}}}\n\n`
  assert.equal(await stream.until('"price"'), `:\n\n${next('a', 5)}`)
  assert.equal((await begin('a', PRICE)).status, 409, 'the id is in use')
  assert.equal((await begin('q', '{ product(id: 1) { id } }')).status, 202)
  assert.match(await stream.until('event: complete'), /"id":"q","payload":.*event: complete\ndata: \{"id":"q"\}/s)
  assert.equal((await ask({ method: 'DELETE', headers: by, search: '?operationId=a' })).status, 200)
  await nobodyListens()
  assert.equal((await begin('b', PRICE)).status, 202)
  await stream.until('"id":"b"')
  stream.leave()
  await nobodyListens()
  await waitUntil('the stream is forgotten', async () => (await begin('c', PRICE)).status === 404)
})

test('single connection: what is wrong is answered as the protocol has it', async () => {
  const token = await (await ask({ method: 'PUT' })).text()
  const by = { [TOKEN]: token }
  const extensions = { operationId: '1' }
  const statusOf = async (asked: Asked) => (await ask(asked)).status
  assert.equal(await statusOf({ headers: { [TOKEN]: 'unknown' }, body: { query: PRICE, extensions } }), 404)
  // As one process of several is asked for what another holds.
  const ofAnother = await ask({ headers: { [TOKEN]: `another-${token}` }, body: { query: PRICE, extensions } })
  assert.equal(ofAnother.status, 404)
  assert.match(await ofAnother.text(), /another one does .* singleConnection: false/)
  assert.equal(await statusOf({ method: 'DELETE', headers: by }), 400)
  assert.equal(await statusOf({ headers: by, body: { query: PRICE } }), 400)
  assert.equal(await statusOf({ headers: by, body: { query: '{ nope }', extensions } }), 400)
  const stream = await open({ method: 'GET', headers: { accept: 'text/event-stream' }, search: `?token=${token}` })
  assert.equal(await statusOf({ method: 'GET', headers: { ...by, accept: 'text/event-stream' } }), 409)
  stream.leave()
})
