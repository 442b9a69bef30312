import assert from 'node:assert/strict'
import { beforeEach, test } from 'node:test'
import { readMetrics } from '../support/metrics.ts'
import { waitUntil } from '../support/wait-until.ts'
import type { TestRouter } from './fixtures/router.ts'
import { ask, startShelf } from './fixtures/shelf.ts'

const shelf = await startShelf()
const { books, titles, loans, asked, tokens } = shelf
const [router, other] = [await shelf.router(), await shelf.router()]
const LOANS = '{ loans { book { title } } }'
const BOOK = '{ book(id: 1) { title } }'
const WHOLE = 'agora_router_answer_cache_hits_total{subgraph="books",store="answer"}'

beforeEach(async () => {
  books.sayCacheControl('max-age=60, public')
  for (const [id, title] of [
    ['1', 'one'],
    ['2', 'two'],
    ['3', 'three'],
  ] as const)
    titles.set(id, title)
  loans.splice(0, loans.length, '1', '2')
  await forgotten()
})

/** Everything is dropped in both routers: what was just asked for is asked for again. */
async function forgotten(): Promise<void> {
  await shelf.tell(...titles.keys())
  await heard(router)
  await heard(other)
}

let marks = 0

/** That a router has heard what was told before: changes are read in order, and it has dropped what was told of last. */
async function heard(by: TestRouter): Promise<void> {
  const id = `mark-${(marks += 1)}`
  const isKept = async () => {
    asked()
    await ask(by, `{ book(id: "${id}") { id } }`)
    return asked().length === 0
  }
  await waitUntil('the router keeps', async () => (await isKept()) && isKept())
  await shelf.tell(id)
  await waitUntil('the router drops', async () => !(await isKept()))
}

const title = async (by = router, headers?: Record<string, string>): Promise<string> => {
  const { data, errors } = await ask(by, BOOK, headers)
  assert.equal(errors, undefined)
  return data.book.title
}
const lent = async (by = router): Promise<string[]> => {
  const { data, errors } = await ask(by, LOANS)
  assert.equal(errors, undefined)
  return data.loans.map(({ book }: { book: { title: string } }) => book.title)
}

test('what hints and header allow is asked for once, by whatever name the client calls its operation', async () => {
  assert.deepEqual([await title(), asked()], ['one', ['book']])
  await ask(router, `query Again ${BOOK}`)
  assert.deepEqual([await title(), asked()], ['one', []])
})

test('only the entities that are not kept are asked for', async () => {
  assert.deepEqual(
    [await lent(), asked()],
    [
      ['one', 'two'],
      ['1', '2'],
    ],
  )
  loans.push('3', '1')
  assert.deepEqual([await lent(), asked()], [['one', 'two', 'three', 'one'], ['3']])
  assert.deepEqual([await lent(), asked()], [['one', 'two', 'three', 'one'], []])
})

test('an entity that does not exist is kept as such, and told each time', async () => {
  loans.splice(0, 2, 'none')
  const first = await ask(router, LOANS)
  const second = await ask(router, LOANS)
  assert.deepEqual([second.data, second.errors], [first.data, first.errors])
  assert.equal(first.errors?.[0]?.extensions?.['code'], 'NOT_FOUND')
  assert.deepEqual(asked(), ['none'])
})

test('a partial hit whose rest fails keeps what was there, and nothing of the failure', async () => {
  assert.deepEqual(await lent(), ['one', 'two'])
  loans.push('3')
  titles.set('3', 'broken')
  for (const _time of [1, 2]) {
    const { data, errors } = await ask(router, LOANS)
    assert.deepEqual(
      data.loans.map(({ book }: { book: unknown }) => book),
      [{ title: 'one' }, { title: 'two' }, null],
    )
    assert.deepEqual(
      errors?.map(({ path }) => path),
      [['loans', 2, 'book']],
    )
  }
  assert.deepEqual(asked(), ['1', '2', '3', '3'])
  books.answerWith({ status: 500, body: 'down' })
  const { data, errors } = await ask(router, LOANS)
  books.answerWith(undefined)
  assert.deepEqual(
    data.loans.map(({ book }: { book: unknown }) => book),
    [{ title: 'one' }, { title: 'two' }, null],
  )
  assert.deepEqual(
    errors?.map(({ path }) => path),
    [['loans', 2, 'book', 'title']],
  )
})

const NOT_ALLOWED = ['no-store', 'max-age=60, private', 'max-age=0, public', 'no-cache', undefined]
for (const header of NOT_ALLOWED) {
  test(`nothing is kept where the subgraph says ${header}`, async () => {
    books.sayCacheControl(header)
    await title()
    await title()
    await lent()
    await lent()
    assert.deepEqual(asked(), ['book', 'book', '1', '2', '1', '2'])
  })
}

test('nothing is kept of what the hints do not allow: private, unsaid, or zero', async () => {
  for (const document of ['{ mine { title } }', '{ fresh { id } }', '{ book(id: 1) { hidden } }']) {
    await ask(router, document)
    await ask(router, document)
  }
  assert.deepEqual(asked(), ['mine', 'mine', 'fresh', 'fresh', 'book', 'book'])
})

test('nothing is kept of what needs rights', async () => {
  const headers = { authorization: `Bearer ${tokens.token({ scopes: ['s'] })}` }
  for (const _time of [1, 2])
    assert.deepEqual((await ask(router, '{ secret { title } }', headers)).data.secret, { title: 'one' })
  assert.deepEqual(asked(), ['secret', 'secret'])
})

test('another header that is sent along is another answer, in both directions', async () => {
  assert.equal(await title(router, { 'x-currency': 'EUR' }), 'one in EUR')
  assert.equal(await title(), 'one')
  assert.equal(await title(router, { 'x-currency': 'CHF' }), 'one in CHF')
  assert.deepEqual(asked(), ['book', 'book', 'book'])
  assert.equal(await title(router, { 'x-currency': 'EUR' }), 'one in EUR')
  assert.deepEqual(asked(), [])
})

test('people without rights share what everybody may see, those with other rights do not', async () => {
  const as = (scopes: string[], sessionId: string) => ({
    authorization: `Bearer ${tokens.token({ scopes, sessionId })}`,
  })
  await title()
  await title(router, as([], 's1'))
  assert.deepEqual(asked(), ['book'])
  await title(router, as(['catalog:write'], 's1'))
  await title(router, as(['stock:read'], 's1'))
  await title(router, as(['catalog:write'], 's2'))
  assert.deepEqual(asked(), ['book', 'book'])
})

test('what was asked for with a token is shared only where the answer says public', async () => {
  books.sayCacheControl('max-age=60')
  await title(router, { authorization: `Bearer ${tokens.token()}` })
  await title()
  await title()
  assert.deepEqual(asked(), ['book', 'book'])
})

test('what a token says that the router can not verify is not shared', async () => {
  const trusting = await shelf.router({ REDIS_URL: '', JWKS_URL: '' })
  await title(trusting, { authorization: 'Bearer me' })
  await title(trusting, { authorization: 'Bearer you' })
  assert.deepEqual(asked(), ['book', 'book'])
})

test('a change that was told of drops the entity, every answer that shows it, and lists of its type', async () => {
  const documents = [BOOK, LOANS, '{ books { title } }', '{ book(id: 2) { title } }']
  for (const document of documents) await ask(router, document)
  assert.deepEqual(asked(), ['book', '1', '2', 'books', 'book'])
  titles.set('1', 'uno')
  await shelf.tell('1')
  await heard(router)
  assert.equal(await title(), 'uno')
  assert.deepEqual(await lent(), ['uno', 'two'])
  const { data } = await ask(router, '{ books { title } }')
  assert.deepEqual(
    data.books.map((book: { title: string }) => book.title),
    ['uno', 'two', 'three'],
  )
  await ask(router, '{ book(id: 2) { title } }')
  assert.deepEqual(asked(), ['book', '1', 'books'])
})

test('what was not there is found once somebody tells that it came', async () => {
  const document = '{ book(id: 4) { title } }'
  assert.equal((await ask(router, document)).data.book, null)
  titles.set('4', 'four')
  await shelf.tell('4')
  await heard(router)
  assert.deepEqual((await ask(router, document)).data.book, { title: 'four' })
  titles.delete('4')
})

test('the writer reads what they wrote: a mutation drops what it shows before it answers', async () => {
  await title()
  await lent()
  const { data } = await ask(router, 'mutation { rename(id: 1, title: "uno") { title } }')
  assert.deepEqual(data.rename, { title: 'uno' })
  assert.equal(await title(), 'uno')
  assert.deepEqual(await lent(), ['uno', 'two'])
  assert.deepEqual(asked(), ['book', '1', '2', 'rename', 'book', '1'])
})

test('a mutation that shows nothing, or whose answer is lost, may have changed anything', async () => {
  await lent()
  await ask(router, 'mutation { touch(id: 2, title: "due") }')
  assert.deepEqual(await lent(), ['one', 'due'])
  titles.set('2', 'lost')
  books.answerWith({ status: 200, body: 'no GraphQL' })
  await ask(router, 'mutation { touch(id: 2, title: "lost") }')
  books.answerWith(undefined)
  assert.deepEqual(await lent(), ['one', 'lost'])
})

test('other routers hear of a mutation too', async () => {
  await title(other)
  await ask(router, 'mutation { rename(id: 1, title: "uno") { id } }')
  await waitUntil('the other router has heard', async () => (await title(other)) === 'uno')
})

test('what one router keeps another finds in Redis, until it is dropped', async () => {
  await title()
  await lent()
  asked()
  await waitUntil('it is in Redis', async () => {
    await lent(other)
    return asked().length === 0
  })
  assert.deepEqual([await title(other), asked()], ['one', []])
  await ask(other, 'mutation { rename(id: 1, title: "uno") { id } }')
  asked()
  const third = await shelf.router()
  await heard(third)
  assert.equal(await title(third), 'uno')
})

test('an answer that was asked for before a change is not kept after it, nor joined', async () => {
  const holding = books.hold()
  const early = title()
  await holding.called
  titles.set('1', 'uno')
  await shelf.tell('1')
  // Told of anything after it, the router has heard of the change as well.
  const seen = (await ask(other, '{ loans { id } }')).data
  assert.ok(seen)
  await waitUntil('the router has heard', async () => (await droppings(router)) > 0)
  const late = title()
  await waitUntil('the late one asks for itself', () => books.calls.length === 2)
  holding.release()
  await early
  assert.equal(await late, 'uno')
  asked()
  assert.deepEqual([await title(), asked()], ['uno', []])
})

test('an answer of which every part is kept is kept whole, and as long as each of them', async () => {
  const document = '{ book(id: 1) { title } books { title } }'
  const count = async () => (await readMetrics(router.url))(WHOLE) ?? 0
  await ask(router, document)
  const before = await count()
  const first = await ask(router, document)
  assert.deepEqual([(await count()) - before, asked()], [1, ['book', 'books']])
  titles.set('4', 'four')
  await shelf.tell('4')
  await heard(router)
  asked()
  const changed = await count()
  const second = await ask(router, document)
  assert.deepEqual([second.data.book, second.data.books.length], [first.data.book, first.data.books.length + 1])
  assert.deepEqual([(await count()) - changed, asked()], [0, ['book', 'books']])
  titles.delete('4')
})

test('an equal request shares the run of one that was answered in part from what is kept', async () => {
  const document = '{ book(id: 1) { title } loans { id } }'
  await title()
  asked()
  const count = async () => (await readMetrics(router.url))('agora_router_shared_executions_total') ?? 0
  const before = await count()
  const held = shelf.lending.hold()
  const answers = [ask(router, document)]
  await held.called
  answers.push(ask(router, document))
  await waitUntil('it has joined', async () => (await count()) === before + 1)
  held.release()
  for (const { data } of await Promise.all(answers))
    assert.deepEqual(data, { book: { title: 'one' }, loans: [{ id: 'l1' }, { id: 'l2' }] })
  assert.deepEqual(asked(), [])
})

/** How many entries the router has dropped after changes, by its own count. */
async function droppings(of: TestRouter): Promise<number> {
  const text = await (await fetch(`${of.base}/metrics`)).text()
  return Number(/evictions_total\{subgraph="books",reason="change"\} (\d+)/.exec(text)?.[1] ?? 0)
}
