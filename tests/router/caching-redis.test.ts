import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { Redis } from 'ioredis'
import { startEmbeddedRedis } from '#platform/embedded/redis.ts'
import { quiet } from '../support/quiet.ts'
import { waitUntil } from '../support/wait-until.ts'
import type { TestRouter } from './fixtures/router.ts'
import { ask, startShelf } from './fixtures/shelf.ts'

const shelf = await startShelf()
const { titles, asked } = shelf
let redis = await startEmbeddedRedis({ kind: 'js', log: quiet })
after(() => redis.stop())
const { url } = redis
const startAgain = async () => {
  redis = await startEmbeddedRedis({ kind: 'js', port: Number(new URL(url).port), log: quiet })
}
const router = await shelf.router({ REDIS_URL: url })

const title = async (by: TestRouter = router): Promise<string> => {
  const { data, errors } = await ask(by, '{ book(id: 1) { title } }')
  assert.equal(errors, undefined)
  return data.book.title
}
const isKept = async (by: TestRouter = router): Promise<boolean> => {
  asked()
  await title(by)
  return asked().length === 0
}
const failures = async (): Promise<number> => {
  const text = await (await fetch(`${router.base}/metrics`)).text()
  return Number(/cache_redis_failures_total (\d+)/.exec(text)?.[1])
}

test('without Redis nothing is answered from what was kept, mutations work, and what changed meanwhile is seen after', async () => {
  await waitUntil('it is kept', () => isKept())
  await redis.stop()
  await waitUntil('nothing is kept', async () => !(await isKept()))
  titles.set('1', 'uno')
  assert.equal(await title(), 'uno')
  const before = await failures()
  const { data } = await ask(router, 'mutation { rename(id: 2, title: "due") { title } }')
  assert.deepEqual([data.rename.title, await title()], ['due', 'uno'])
  assert.equal(await failures(), before + 1)
  await startAgain()
  await waitUntil('it is kept again', () => isKept())
  assert.equal(await title(), 'uno')
})

test('a router that starts without Redis serves, and keeps once Redis is there', async () => {
  await redis.stop()
  const late = await shelf.router({ REDIS_URL: url })
  assert.deepEqual([await isKept(late), await isKept(late)], [false, false])
  await startAgain()
  await waitUntil('it is kept', () => isKept(late))
})

test('where Redis no longer has what was missed, a router that starts keeps nothing of before', async () => {
  const client = new Redis(url)
  const stream = 'router:cache:drops'
  const id = await client.xadd(stream, '*', 'drop', JSON.stringify({ subgraph: 'books', entities: [] }))
  await waitUntil('it was read', async () => (await client.hget('router:cache:position', stream)) === id)
  await waitUntil('it is kept', () => isKept())
  titles.set('1', 'lost')
  await client.del(stream)
  client.disconnect()
  assert.equal(await title(await shelf.router({ REDIS_URL: url })), 'lost')
})

test('without REDIS_URL a router keeps by age, and drops by its own mutations', async () => {
  const alone = await shelf.router({ REDIS_URL: '' })
  assert.deepEqual([await isKept(alone), await isKept(alone)], [false, true])
  await ask(alone, 'mutation { rename(id: 1, title: "alone") { id } }')
  assert.equal(await title(alone), 'alone')
})

test('CACHE=off keeps nothing, and no more memory is taken than is allowed', async () => {
  const off = await shelf.router({ REDIS_URL: '', CACHE: 'off' })
  assert.deepEqual([await isKept(off), await isKept(off)], [false, false])
  const small = await shelf.router({ REDIS_URL: '', CACHE_MEMORY_BYTES: '2500' })
  for (const id of ['1', '2', '3', '1']) await ask(small, `{ book(id: ${id}) { title } }`)
  const text = await (await fetch(`${small.base}/metrics`)).text()
  assert.ok(Number(/cache_bytes\{subgraph="books"\} (\d+)/.exec(text)?.[1]) <= 2_500, text)
  assert.ok(Number(/evictions_total\{subgraph="books",reason="size"\} (\d+)/.exec(text)?.[1]) > 0)
})

test('what an answer may be kept for is told to the client, less its age', async () => {
  const telling = await shelf.router({ REDIS_URL: '' }, { headers: { response: { cacheControl: true } } })
  const said = async (document: string, headers = {}) =>
    (await ask(telling, document, headers)).headers?.get('cache-control')
  assert.equal(await said('{ book(id: 1) { title } }'), 'public, max-age=60')
  assert.match((await said('{ book(id: 1) { title } }')) ?? '', /^public, max-age=(60|5\d)$/)
  assert.match(
    (await said('{ book(id: 1) { title } }', { authorization: `Bearer ${shelf.tokens.token()}` })) ?? '',
    /^private/,
  )
  assert.equal(await said('{ book(id: 1) { title } loans { id } }'), 'no-store')
  assert.equal(await said('{ secret { title } }'), 'no-store')
  assert.equal(await said('{ book(id: 1) { title } secret { title } }'), 'no-store')
  assert.equal(await said('mutation { rename(id: 1, title: "t") { id } }'), 'no-store')
})
