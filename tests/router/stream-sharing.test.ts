import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { GraphQLFormattedError } from 'graphql'
import type { AnswerGroup, Listener, ToAnswer } from '../../router/subscriptions/sharing/answer-group.ts'
import { createSharedSources, type SourceSink } from '../../router/subscriptions/sharing/shared-sources.ts'
import type { Answer as StreamAnswer } from '../../router/subscriptions/answer.ts'
import { type Answer, type Operation, subscribeGraphQL } from '../support/client.ts'
import { waitUntil } from '../support/wait-until.ts'
import { startGraph } from './fixtures/graph.ts'
import { startTestRouter } from './fixtures/router.ts'
import { metricOf, next } from './fixtures/streamed.ts'

const graph = await startGraph()
const router = await startTestRouter(graph.supergraphSdl)
const subscribe = (document: string, options: Omit<Operation, 'document'> = {}) =>
  subscribeGraphQL(router.wsUrl, { document, ...options })

const leave = async (all: AsyncIterableIterator<Answer>[]) => {
  for (const events of all) await events.return?.()
  await waitUntil('the sources are free', () => graph.subscribers() === 0)
}

const metric = (name: string) => metricOf(router, name)

test('asks the subgraph once for operations that differ in names only, and executes each event once for equal ones', async () => {
  const documents = [
    'subscription A($id: ID!) { priceChanged(id: $id) { price stock } }',
    'subscription A($id: ID!) { priceChanged(id: $id) { price stock } }',
    'subscription B($product: ID!) { priceChanged(id: $product) { price stock } }',
  ]
  const all = documents.map((document) => subscribe(document, { variables: { id: '1', product: '1' } }))
  for (const events of all) await next(events)
  assert.equal(graph.subscribers(), 1)
  assert.equal(await metric('agora_router_upstream_subscriptions'), 1)
  assert.equal(await metric('agora_router_subscriptions_open{transport="websocket"}'), 3)
  graph.stock.calls.length = 0
  graph.setPrice(50)
  for (const events of all) assert.deepEqual((await next(events)).data, { priceChanged: { price: 50, stock: 10 } })
  assert.equal(graph.stock.calls.length, 2, 'once for the equal ones, once for the other')
  await leave(all)
})

test('shares nothing among clients that differ in variables or in a header that can change an answer', async () => {
  const document = 'subscription($id: ID!) { priceChanged(id: $id) { id } }'
  const all = [
    subscribe(document, { variables: { id: '1' } }),
    subscribe(document, { variables: { id: '2' } }),
    subscribe(document, { variables: { id: '1' }, headers: { 'x-currency': 'EUR' } }),
    subscribe(document, { variables: { id: '1' }, headers: { traceparent: 'differs' } }),
  ]
  const ids = []
  for (const events of all) ids.push((await next(events)).data.priceChanged.id)
  assert.deepEqual(ids, ['1', '2', '1', '1'])
  assert.equal(graph.subscribers(), 3, 'a trace id changes no answer')
  await leave(all)
})

test('who comes late gets the present state at once, and is one with the others soon after', async () => {
  graph.setPrice(60)
  const early = subscribe('subscription { priceChanged(id: 1) { price } }')
  await next(early)
  graph.setPrice(61)
  assert.equal((await next(early)).data.priceChanged.price, 61)
  await waitUntil('the source is no longer young', async () => {
    const probe = subscribe('subscription { priceChanged(id: 1) { price } }')
    await next(probe)
    const sources = graph.subscribers()
    await probe.return?.()
    return sources === 2
  })
  const late = subscribe('subscription { priceChanged(id: 1) { price } }')
  assert.equal((await next(late)).data.priceChanged.price, 61)
  await waitUntil('the two are one', () => graph.subscribers() === 1)
  graph.setPrice(62)
  for (const events of [early, late]) assert.equal((await next(events)).data.priceChanged.price, 62)
  await leave([early, late])
})

/** A listener that keeps what it got. */
type Recorder = Listener & { readonly got: unknown[]; ended?: readonly GraphQLFormattedError[] | 'complete' }

function recorder(): Recorder {
  const got: unknown[] = []
  const listener: Recorder = {
    got,
    group: undefined as AnswerGroup | undefined,
    deliver: (answer: StreamAnswer) => void got.push(JSON.parse(answer.json).data.n),
    finish: (errors) => void (listener.ended = errors ?? 'complete'),
  }
  return listener
}

/** Sources whose events the test makes. */
function sharedSources(toAnswer: ToAnswer = async ({ data }) => ({ data: data ?? null })) {
  const opened: { sink: SourceSink; isOpen: boolean }[] = []
  const joined: string[] = []
  const sources = createSharedSources({
    queueLength: 4,
    onJoined: (to) => void joined.push(to),
    onDrop: () => void joined.push('drop'),
  })
  const join = (groupKey = 'g') => {
    const listener = recorder()
    sources.join(
      {
        sourceKey: 's',
        groupKey,
        toAnswer,
        open: (sink) => {
          const source = { sink, isOpen: true }
          opened.push(source)
          return () => void (source.isOpen = false)
        },
      },
      listener,
    )
    return listener
  }
  const tell = (n: number, ...of: number[]) => {
    for (const index of of) opened[index]?.sink.next({ data: { n } })
  }
  return { join, tell, opened, joined, sources }
}

const settled = () => new Promise((resolve) => setImmediate(resolve))

test('who comes before the first event, or right after it, gets everything since the start', async () => {
  const { join, tell, opened, joined } = sharedSources()
  const first = join()
  const second = join()
  tell(1, 0)
  tell(2, 0)
  await settled()
  const third = join()
  const other = join('other operation')
  tell(3, 0)
  await settled()
  for (const { got } of [first, second, third, other]) assert.deepEqual(got, [1, 2, 3])
  assert.deepEqual([opened.length, joined], [1, ['answers', 'answers', 'source']])
})

test('merges two sources only when both have said the same, and loses and repeats nothing', async (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] })
  const { join, tell, opened, sources } = sharedSources()
  const old = join()
  tell(1, 0)
  await settled()
  context.mock.timers.tick(1_000)
  const late = join()
  assert.equal(sources.size(), 2)
  tell(1, 1)
  tell(2, 0)
  await settled()
  context.mock.timers.tick(1_000)
  assert.equal(sources.size(), 2, 'one is ahead of the other')
  tell(2, 1)
  await settled()
  context.mock.timers.tick(1_000)
  assert.deepEqual([sources.size(), opened.map(({ isOpen }) => isOpen)], [1, [false, true]])
  tell(3, 1)
  await settled()
  assert.deepEqual(
    [old.got, late.got],
    [
      [1, 2, 3],
      [1, 2, 3],
    ],
  )
})

test('drops the oldest events where they come faster than they can be completed', async () => {
  const blocked = Promise.withResolvers<void>()
  const { join, tell, joined } = sharedSources(async ({ data }) => {
    await blocked.promise
    return { data: data ?? null }
  })
  const listener = join()
  for (let n = 1; n <= 7; n++) tell(n, 0)
  blocked.resolve()
  await settled()
  assert.deepEqual(listener.got, [1, 4, 5, 6, 7])
  assert.equal(joined.filter((what) => what === 'drop').length, 2)
})

test('ends after what came before, and frees the source once nobody listens', async () => {
  const { join, tell, opened, sources } = sharedSources()
  const listener = join()
  tell(1, 0)
  opened[0]?.sink.finish([{ message: 'lost' }])
  await settled()
  assert.deepEqual([listener.got, listener.ended], [[1], [{ message: 'lost' }]])
  const leaving = join()
  leaving.group?.leave(leaving)
  assert.deepEqual([sources.size(), opened[1]?.isOpen], [0, false])
})
