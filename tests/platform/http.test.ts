import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import { sql } from 'kysely'
import { CLOCK_SKEW_S, signAccessToken } from '#platform/auth/tokens.ts'
import { generateSigningKeyPem, readSigningKey } from '#platform/auth/keys.ts'
import { revokeSessions } from '#platform/auth/revocations.ts'
import { useBacking } from '../support/backing.ts'
import type { Answer } from '../support/client.ts'
import { waitUntil } from '../support/wait-until.ts'
import { startDouble } from './support/orders-double.ts'

const backing = await useBacking()
const jobs: [unknown, string][] = []
const shop = await startDouble(backing, {
  parts: {
    jobs: () => ({ handlers: { 'follow-up': async (payload, { requestId }) => void jobs.push([payload, requestId]) } }),
  },
})
const runtime = await shop.running.ready

const ORDER = 'query ($id: ID!) { order(id: $id) { id number version } }'
const GIVEN_UP = 'the time of the request is over'
const user = shop.user()
const codes = ({ errors }: { errors?: readonly { extensions?: Record<string, unknown> }[] | undefined }) =>
  errors?.map(({ extensions }) => extensions?.['code'])
const ask = (id: string, headers: Record<string, string> = {}) => shop.call(ORDER, user, { variables: { id }, headers })

test('answers its own viewer, with a fresh context for each request', async () => {
  const [first, second] = [await ask('a'), await ask('a')]
  assert.equal(first.data.order.id, 'a')
  assert.notEqual(first.data.order.version, second.data.order.version)
})

test('@authenticated demands a person: a user, or a service that acts for one', async () => {
  const guest = await shop.call('{ order(id: "a") { id } }')
  assert.deepEqual([guest.data.order, codes(guest), guest.errors?.[0]?.path], [null, ['UNAUTHENTICATED'], ['order']])
  const alone = await shop.call('{ order(id: "a") { id } }', shop.service('users'))
  assert.deepEqual(codes(alone), ['FORBIDDEN'])
  const acting = await shop.call('{ order(id: "a") { id } }', shop.service('users', user.id))
  assert.equal(acting.errors, undefined)
})

test('@requiresScopes demands the scope, of whatever role; a service has none', async () => {
  const list = '{ orders { totalCount } }'
  assert.equal((await shop.call(list, shop.user({ role: 'SUPPORT' }))).data.orders.totalCount, 0)
  assert.deepEqual(codes(await shop.call(list)), ['UNAUTHENTICATED'])
  for (const other of [shop.user(), shop.service('users', user.id)]) {
    const refused = await shop.call(list, other)
    assert.deepEqual([refused.data.orders, codes(refused)], [null, ['FORBIDDEN']])
    assert.match(refused.errors?.[0]?.message ?? '', /orders needs the scope orders:read/)
  }
})

test('@inaccessible at the root demands the token of a service, made for this one', async () => {
  const amount = '{ amount: "1.00", currency: USD }'
  const record = `mutation { recordPayment(input: { orderId: "o", paymentId: "p", paymentVersion: 1, capturedAmount: ${amount}, refundedAmount: ${amount} }) { order { id } } }`
  assert.equal((await shop.call(record, shop.service('payments'))).errors, undefined)
  assert.deepEqual(codes(await shop.call(record)), ['UNAUTHENTICATED'])
  for (const role of ['CUSTOMER', 'ADMIN'] as const) {
    assert.deepEqual(codes(await shop.call(record, shop.user({ role }))), ['FORBIDDEN'])
  }
  const elsewhere = shop.service('payments').tokenFor('carts')
  const misdirected = await shop.call(record, shop.guest, { token: elsewhere })
  assert.deepEqual([misdirected.status, codes(misdirected)], [401, ['UNAUTHENTICATED']])
})

test('a token that does not hold is refused, whatever is asked', async () => {
  const signing = readSigningKey(shop.keys.tokenSigningKey)
  const claims = { userId: 'u', sessionId: 's', role: 'ADMIN' as const, scopes: [] }
  const bad = {
    expired: signAccessToken(signing, { ...claims, ttlS: -60 }),
    foreign: signAccessToken(readSigningKey(generateSigningKeyPem()), { ...claims, ttlS: 60 }),
    garbage: 'x.y.z',
  }
  for (const [name, token] of Object.entries(bad)) {
    const refused = await shop.call('{ __typename }', shop.guest, { token })
    assert.deepEqual([name, refused.status, codes(refused)], [name, 401, ['UNAUTHENTICATED']])
  }
  for (const authorization of ['Basic dTpw', 'Bearer', 'Bearer ']) {
    const refused = await shop.call('{ __typename }', shop.guest, { headers: { authorization } })
    assert.deepEqual([refused.status, codes(refused)], [401, ['UNAUTHENTICATED']])
  }
})

test('a token is taken for as long after its end as clocks may differ', async () => {
  const claims = { userId: 'u', sessionId: 's', role: 'ADMIN' as const, scopes: [], ttlS: 2 - CLOCK_SKEW_S }
  const token = signAccessToken(readSigningKey(shop.keys.tokenSigningKey), claims)
  assert.equal((await shop.call('{ __typename }', shop.guest, { token })).status, 200)
})

test('a revoked session is refused at once, its token remembered or not', async () => {
  const someone = shop.user()
  const me = () => shop.call('{ __typename }', someone)
  assert.equal((await me()).errors, undefined)
  await revokeSessions(runtime.redis, [someone.sessionId ?? ''], Date.now() + 60_000)
  await waitUntil('the token is refused', async () => codes(await me())?.[0] === 'UNAUTHENTICATED')
  assert.match((await me()).errors?.[0]?.message ?? '', /the session has ended/)
})

test('X-Currency names the currency; one that is none is the caller’s fault', async () => {
  assert.match((await ask('a', { 'x-currency': 'EUR' })).data.order.number, /EUR$/)
  assert.match((await ask('a', { 'x-currency': '' })).data.order.number, /USD$/)
  const refused = await ask('a', { 'x-currency': 'XXX' })
  assert.deepEqual([refused.status, codes(refused)], [400, ['BAD_USER_INPUT']])
})

test('X-Client-Address is taken where it can be an address', async () => {
  for (const address of ['203.0.113.7', '2001:db8::1', 'fe80::1%eth0']) {
    assert.equal((await ask('a', { 'x-client-address': address })).data.order.number, `${address} USD`)
  }
  for (const address of ['', 'a b', 'x'.repeat(65), '*']) {
    assert.equal((await ask('a', { 'x-client-address': address })).data.order.number, 'unknown USD')
  }
})

test('the id of a request reaches its job, its event and its log lines; a bad one is replaced', async () => {
  const asked = '{ orderByNumber(number: "N1") { id } }'
  await shop.call(asked, user, { headers: { 'x-request-id': 'trace-1' } })
  await waitUntil('the job has run', () => jobs.length === 1)
  assert.deepEqual(jobs[0], [{ number: 'N1', requestId: 'trace-1' }, 'trace-1'])
  await waitUntil('the event is out', async () => (await runtime.redis.xlen('events:orders')) === 1)
  const [[, fields] = ['', []]] = await runtime.redis.xrange('events:orders', '-', '+')
  assert.equal(JSON.parse(fields[1] ?? '{}').requestid, 'trace-1')
  await shop.call(asked, user, { headers: { 'x-request-id': 'a b<script>' } })
  await waitUntil('the second job has run', () => jobs.length === 2)
  assert.match(jobs[1]?.[1] ?? '', /^[0-9a-f-]{36}$/)
})

test('what is our fault is masked, and found in the log under the id that the client has', async () => {
  for (const id of ['bug', 'sql']) {
    const answer = await ask(id, { 'x-request-id': `r-${id}` })
    const [error] = answer.errors ?? []
    assert.deepEqual(
      [answer.data.order, error?.message, error?.path],
      [null, 'something went wrong on our side', ['order']],
    )
    assert.deepEqual(Object.keys(error?.extensions ?? {}), ['code', 'errorId'])
    assert.equal(error?.extensions?.['code'], 'INTERNAL_SERVER_ERROR')
    assert.doesNotMatch(JSON.stringify(answer), /secret|10\.0|select|nowhere|\.ts|stack/)
    const found = shop.lines().filter(({ errorId }) => errorId === error?.extensions?.['errorId'])
    assert.equal(found.length, 1)
    assert.equal(found[0]?.['path'], 'order')
    assert.match(JSON.stringify(found[0]?.['err']), id === 'bug' ? /secret detail/ : /nowhere/)
  }
  assert.doesNotMatch(shop.logText(), /s3cret/, 'a value of a statement is in the log')
})

test('what a type can’t hold is our fault too', async () => {
  const answer = await shop.call('{ order(id: "a") { id total { amount } } }', user)
  assert.deepEqual(codes(answer), ['INTERNAL_SERVER_ERROR'])
  assert.doesNotMatch(answer.errors?.[0]?.message ?? '', /Cannot return|Money/)
})

test('the caller’s own faults are told as they are, and not logged', async () => {
  const before = shop.lines().length
  const missing = await ask('caller')
  assert.deepEqual(missing.errors?.[0]?.extensions, { code: 'NOT_FOUND', field: 'id' })
  assert.equal(missing.errors?.[0]?.message, 'order: expected one that exists')
  assert.deepEqual(codes(await shop.call('{ order')), ['GRAPHQL_PARSE_FAILED'])
  assert.deepEqual(codes(await shop.call('{ nothing }')), ['GRAPHQL_VALIDATION_FAILED'])
  assert.deepEqual(codes(await shop.call(ORDER, user)), ['BAD_USER_INPUT'])
  assert.deepEqual(codes(await shop.call('query A { __typename } query B { __typename }')), [
    'OPERATION_RESOLUTION_FAILURE',
  ])
  assert.equal(
    shop
      .lines()
      .slice(before)
      .filter(({ level }) => level === 'error').length,
    0,
  )
})

test('a query for which nobody waits any more asks the database nothing; a mutation is brought to its end', async () => {
  const over = { 'x-request-timeout-ms': '0' }
  const answer = await ask('sql', over)
  assert.deepEqual([codes(answer), answer.errors?.[0]?.message], [['DOWNSTREAM_SERVICE_ERROR'], GIVEN_UP])
  for (const left of ['60000', '-1', 'soon'])
    assert.deepEqual(codes(await ask('sql', { 'x-request-timeout-ms': left })), ['INTERNAL_SERVER_ERROR'])
  const cancel = 'mutation { cancelOrder(input: { id: "a" }) { userErrors { code } } }'
  assert.equal((await shop.call(cancel, user, { headers: over })).errors, undefined)
})

test('a neighbour that does not answer is an outage, not a bug', async () => {
  const answer = await ask('neighbour')
  assert.deepEqual(codes(answer), ['DOWNSTREAM_SERVICE_ERROR'])
  assert.equal(answer.errors?.[0]?.message, 'a part of the shop does not answer right now')
})

test('a body that is no JSON, or too long, is told so; the connection is not cut', async () => {
  const post = (body: string) =>
    fetch(shop.running.url, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
  const broken = await post('{ "query": ')
  assert.deepEqual([broken.status, codes((await broken.json()) as Answer)], [400, ['BAD_REQUEST']])
  const long = await post(JSON.stringify({ query: '{ __typename }', pad: 'x'.repeat(3_000_000) }))
  assert.deepEqual([long.status, codes((await long.json()) as Answer)], [413, ['BAD_USER_INPUT']])
  const empty = await post('')
  assert.equal(empty.status, 400)
})

test('a form of another site can’t send operations', async () => {
  const body = JSON.stringify({ query: '{ __typename }' })
  const response = await fetch(shop.running.url, { method: 'POST', headers: { 'content-type': 'text/plain' }, body })
  assert.equal(response.status, 400)
  const get = await fetch(`${shop.running.url}?query={__typename}`, { headers: { 'apollo-require-preflight': '1' } })
  assert.deepEqual(await get.json(), { data: { __typename: 'Query' } })
})

test('/health and /ready answer, other paths say what there is', async () => {
  const at = (path: string) => fetch(new URL(path, shop.running.url))
  assert.deepEqual(await (await at('/health')).json(), { status: 'alive' })
  assert.deepEqual(await (await at('/ready')).json(), { status: 'ready', missing: {} })
  for (const path of ['/', '/graphq', '/constructor', '/__proto__']) assert.equal((await at(path)).status, 404)
})

test('a refused statement leaves its connection usable', async () => {
  await Promise.all(Array.from({ length: 25 }, () => ask('sql')))
  const id = randomUUID()
  await sql`insert into thing (id) values (${id})`.execute(runtime.database.sql())
  assert.equal((await ask('a')).errors, undefined)
})
