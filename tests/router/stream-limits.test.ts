import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { createClient } from 'graphql-ws'
import { WebSocket } from 'ws'
import { createQueue } from '#platform/live/queue.ts'
import type { Answer } from '../support/client.ts'
import { waitUntil } from '../support/wait-until.ts'
import { startGraph } from './fixtures/graph.ts'
import { startTestRouter } from './fixtures/router.ts'
import { STREAM_CLIENTS } from './fixtures/stream-clients.ts'
import { metricOf } from './fixtures/streamed.ts'

const graph = await startGraph()
const router = await startTestRouter(
  graph.supergraphSdl,
  // A client that does not read does not answer pings either.
  { SUBSCRIPTION_HEARTBEAT_MS: '600000' },
  { subscriptions: { maxOpen: 5, maxPerConnection: 2, queueLength: 3 } },
)
const PRICE = 'subscription { priceChanged(id: 1) { price name } }'
const LIMIT = { code: 'SUBSCRIPTION_LIMIT_REACHED' }
const nobodyListens = () => waitUntil('the sources are free', () => graph.subscribers() === 0)

const metric = (name: string) => metricOf(router, name)

async function firstOf(events: AsyncIterableIterator<Answer>): Promise<Answer> {
  try {
    return (await events.next()).value
  } catch (error) {
    if (Array.isArray(error)) return { data: undefined, errors: error }
    throw error
  }
}

test('a connection has a bound of its own, and what is within it goes on', async () => {
  const client = createClient({ url: router.wsUrl, webSocketImpl: WebSocket, retryAttempts: 0 })
  const subscribe = () => {
    const leave = client.subscribe<unknown>(
      { query: PRICE },
      {
        next: (result) => queue.push(result as Answer),
        error: (error) => queue.fail(error),
        complete: () => queue.end(),
      },
    )
    const queue = createQueue<Answer>(() => leave())
    return queue
  }
  const [first, second, third] = [subscribe(), subscribe(), subscribe()]
  for (const events of [first, second]) assert.equal((await firstOf(events)).errors, undefined)
  const [error] = (await firstOf(third)).errors ?? []
  assert.deepEqual(error?.extensions, { ...LIMIT, limit: 'maxPerConnection', maximum: 2 })
  graph.setPrice(11)
  assert.equal((await firstOf(first)).data.priceChanged.price, 11)
  // One that is over makes room.
  await second.return?.()
  const again = subscribe()
  assert.equal((await firstOf(again)).errors, undefined)
  await client.dispose()
  await nobodyListens()
})

test('the router has a bound over all transports', async () => {
  const clients = Object.values(STREAM_CLIENTS)
  const [socket] = clients
  assert.ok(socket)
  const open = [socket, ...clients].map((client) => client(router.url, { document: PRICE }))
  for (const events of open) assert.equal((await firstOf(events)).errors, undefined)
  for (const client of clients) {
    const events = client(router.url, { document: PRICE })
    const [error] = (await firstOf(events)).errors ?? []
    assert.deepEqual(error?.extensions, { ...LIMIT, limit: 'maxOpen', maximum: 5 })
  }
  assert.equal(await metric('agora_router_refused_total{limit="maxOpen"}'), 4)
  for (const events of open) await events.return?.()
  await nobodyListens()
  await waitUntil('none is counted', async () => {
    const counts = ['websocket', 'sse', 'multipart'].map((transport) =>
      metric(`agora_router_subscriptions_open{transport="${transport}"}`),
    )
    return (await Promise.all(counts)).every((count) => count === 0)
  })
})

// More than the buffers of both ends of a connection hold is there soon.
const LONG_NAME = 'x'.repeat(1_000_000)

/** Emits events of growing price until the router has dropped some for a client that does not read. */
async function emitUntilDropped(): Promise<number> {
  const before = await metric('agora_router_subscription_drops_total{at="client"}')
  let price = 1_000
  await waitUntil('answers are dropped', async () => {
    price += 1
    graph.emit({ id: '1', name: LONG_NAME, price })
    return (await metric('agora_router_subscription_drops_total{at="client"}')) > before
  })
  return price
}

test('a socket that does not read gets the newest answers when it does, and holds nobody up', async () => {
  const socket = new WebSocket(router.wsUrl, 'graphql-transport-ws')
  await once(socket, 'open')
  socket.send(JSON.stringify({ type: 'connection_init' }))
  await once(socket, 'message')
  socket.send(JSON.stringify({ id: 's', type: 'subscribe', payload: { query: PRICE } }))
  await once(socket, 'message')
  socket.pause()
  const last = await emitUntilDropped()
  const prices: number[] = []
  socket.on('message', (data: Buffer) => prices.push(Number(/"price":(\d+)/.exec(data.toString())?.[1])))
  socket.resume()
  await waitUntil('the newest has come', () => prices.at(-1) === last)
  assert.deepEqual(
    prices,
    prices.toSorted((a, b) => a - b),
  )
  assert.ok(prices.length < last - 1_000, 'older ones were dropped')
  socket.terminate()
  await nobodyListens()
})

test('an event stream that does not read gets the newest answers when it does', async () => {
  const leaving = new AbortController()
  const response = await fetch(router.url, {
    method: 'POST',
    headers: { accept: 'text/event-stream', 'content-type': 'application/json' },
    body: JSON.stringify({ query: PRICE }),
    signal: leaving.signal,
  })
  await waitUntil('subscribed', () => graph.subscribers() === 1)
  const last = await emitUntilDropped()
  const reader = (response.body ?? assert.fail('expected a body')).pipeThrough(new TextDecoderStream()).getReader()
  let tail = ''
  while (!tail.includes(`"price":${last}`)) tail = tail.slice(-30) + ((await reader.read()).value ?? '')
  leaving.abort()
  await nobodyListens()
})

test('silent streams give signs of life, and a socket that gives none is closed', async () => {
  const beating = await startTestRouter(graph.supergraphSdl, { SUBSCRIPTION_HEARTBEAT_MS: '200' })
  const mute = new WebSocket(beating.wsUrl, 'graphql-transport-ws', { autoPong: false })
  const closed = once(mute, 'close')
  await once(mute, 'ping')
  assert.equal((await closed)[0], 1006)
  const heard = async (accept: string, sign: string) => {
    const leaving = new AbortController()
    const response = await fetch(beating.url, {
      method: 'POST',
      headers: { accept, 'content-type': 'application/json' },
      body: JSON.stringify({ query: 'subscription { maybeChanged { id } }' }),
      signal: leaving.signal,
    })
    const reader = (response.body ?? assert.fail('expected a body')).pipeThrough(new TextDecoderStream()).getReader()
    let text = ''
    while (!text.includes(sign)) text += (await reader.read()).value ?? ''
    leaving.abort()
  }
  await heard('text/event-stream', ':\n\n:\n\n')
  await heard('multipart/mixed;subscriptionSpec=1.0', '\r\ncontent-type: application/json\r\n\r\n{}\r\n--graphql')
  await nobodyListens()
})
