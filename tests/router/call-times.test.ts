import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { createClient } from 'graphql-ws'
import { hasTimeFor, mayJoin } from '../../router/executor/call-times.ts'
import { waitUntil } from '../support/wait-until.ts'
import { startGraph } from './fixtures/graph.ts'
import { startTestRouter } from './fixtures/router.ts'

const graph = await startGraph()
const router = await startTestRouter(graph.supergraphSdl, { REQUEST_TIMEOUT_MS: '20000' })
const { catalog, stock } = graph

const ask = async (query: string): Promise<unknown> => {
  const response = await fetch(router.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
  })
  return response.json()
}
const timeLeftOf = ({ headers }: { headers: Record<string, unknown> }): number =>
  Number(headers['x-request-timeout-ms'])

test('subgraphs are told how much is left of the time for the request, less with each fetch', async () => {
  await ask('{ product(id: "1") { name stock } }')
  const [first, second] = [catalog.calls.at(-1), stock.calls.at(-1)].map((call) => call && timeLeftOf(call))
  assert.ok(first !== undefined && first > 0 && first <= 20_000)
  assert.ok(second !== undefined && second > 0 && second <= first)
})

test('what completes an event is asked for after the event has come, whatever is under way', async () => {
  const client = createClient({ url: router.wsUrl })
  after(() => client.dispose())
  const events = client.iterate({ query: 'subscription { priceChanged(id: "1") { price stock } }' })
  await events.next()
  const before = stock.calls.length
  const held = stock.hold()
  // The same call as the event's: the price is catalog's.
  const earlier = ask('{ product(id: "1") { price stock } }')
  await held.called
  graph.setPrice(300)
  const next = events.next()
  await waitUntil('the event asks for itself', () => stock.calls.length === before + 2)
  held.release()
  assert.deepEqual((await next).value?.data, { priceChanged: { price: 300, stock: 10 } })
  await earlier
  const [one, other] = stock.calls.slice(before)
  assert.deepEqual([one?.query, one?.variables], [other?.query, other?.variables], 'the calls are equal')
})

test('listeners of one event share what they ask for; who would lose time by another joins nobody', () => {
  assert.equal(mayJoin({ readsSince: 5 }, { begunAt: 5 }), false)
  assert.equal(mayJoin({ readsSince: 5 }, { begunAt: 6 }), true)
  assert.equal(hasTimeFor({ deadline: 2_000 }, { deadline: 1_500 }), true)
  assert.equal(hasTimeFor({ deadline: 9_000 }, { deadline: 1_500 }), false)
  assert.equal(hasTimeFor({ deadline: 1_000 }, { deadline: 9_500 }), true)
})
