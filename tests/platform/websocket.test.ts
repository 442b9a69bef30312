import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { WebSocket } from 'ws'
import { revokeSessions } from '#platform/auth/revocations.ts'
import { CLOCK_SKEW_S, signAccessToken } from '#platform/auth/tokens.ts'
import { readSigningKey } from '#platform/auth/keys.ts'
import { useBacking } from '../support/backing.ts'
import { waitUntil } from '../support/wait-until.ts'
import { startDouble } from './support/orders-double.ts'

const backing = await useBacking()
const shop = await startDouble(backing)
const { redis } = await shop.running.ready

const FOLLOW = (id: string) => `subscription { orderChanged(orderId: "${id}") { id number version } }`
const tokenOf = (options: Parameters<typeof shop.user>[0] = {}) => shop.user(options).tokenFor('orders')
const publish = (id: string, version: number) => redis.publish(`live:order:${id}`, JSON.stringify({ id, version }))
const subscribers = async (id: string) => Number((await redis.pubsub('NUMSUB', `live:order:${id}`))[1])
const isFree = (id: string) => waitUntil('its channel is free', async () => (await subscribers(id)) === 0)
const codeOf = (errors: unknown) => (errors as { extensions: { code: string } }[])[0]?.extensions.code

/** A socket as it is, for what a well-behaved client never sends. */
async function rawSocket(init: object | null = {}) {
  const socket = new WebSocket(shop.running.url.replace('http', 'ws'), 'graphql-transport-ws')
  const heard: { type: string; id?: string; payload?: unknown }[] = []
  socket.on('message', (data: Buffer) => heard.push(JSON.parse(data.toString('utf8')) as never))
  const closed = once(socket, 'close').then(([code]) => code as number)
  await once(socket, 'open')
  const send = (message: object) => socket.send(JSON.stringify(message))
  if (init !== null) send({ type: 'connection_init', payload: init })
  const answer = (id: string, type: string) =>
    waitUntil(`${type} of ${id}`, () => heard.some((message) => message.id === id && message.type === type))
  const find = (id: string) => heard.find((message) => message.id === id)
  return { socket, send, heard, closed, answer, find }
}

test('sends the present state, then newer versions, each with loaders of its own', async () => {
  const updates = shop.subscribe(FOLLOW('a'), tokenOf())
  const first = (await updates.next()).value?.data.orderChanged
  assert.equal(first.version, 0)
  await publish('a', 2)
  await publish('a', 1)
  await publish('a', 3)
  const [second, third] = [
    (await updates.next()).value?.data.orderChanged,
    (await updates.next()).value?.data.orderChanged,
  ]
  assert.deepEqual([second.version, third.version], [2, 3])
  assert.equal(new Set([first, second, third].map(({ number }) => number)).size, 3, 'events share their loaders')
  await updates.return?.()
  await isFree('a')
})

test('guards hold over the socket as they do over HTTP', async () => {
  const guest = await shop.subscribe(FOLLOW('b')).next()
  assert.equal(codeOf(guest.value?.errors), 'UNAUTHENTICATED')
  const all = 'subscription { ordersChanged { id } }'
  const customer = await shop.subscribe(all, tokenOf()).next()
  assert.equal(codeOf(customer.value?.errors), 'FORBIDDEN')
  const socket = await rawSocket({ authorization: `Bearer ${tokenOf()}` })
  await waitUntil('it is welcome', () => socket.heard.length > 0)
  socket.send({ id: '1', type: 'subscribe', payload: { query: '{ orders { totalCount } }' } })
  await socket.answer('1', 'complete')
  assert.equal(codeOf((socket.find('1')?.payload as { errors: unknown } | undefined)?.errors), 'FORBIDDEN')
  socket.socket.close()
})

test('faults of the source reach the client as they do over HTTP: its own told, ours masked', async () => {
  const hidden = await shop.subscribe(FOLLOW('hidden'), tokenOf()).next()
  assert.equal(codeOf(hidden.value?.errors), 'NOT_FOUND')
  const bug = await shop.subscribe(FOLLOW('bug'), tokenOf()).next()
  assert.equal(codeOf(bug.value?.errors), 'INTERNAL_SERVER_ERROR')
  const updates = shop.subscribe(FOLLOW('c'), tokenOf())
  await updates.next()
  await redis.publish('live:order:c', '"unreadable"')
  await assert.rejects(updates.next(), (errors) => {
    assert.equal(codeOf(errors), 'INTERNAL_SERVER_ERROR')
    assert.doesNotMatch(JSON.stringify(errors), /secret|10\.0/)
    return true
  })
  await isFree('c')
})

test('a bad token closes the socket before anything is subscribed', async () => {
  for (const authorization of ['Bearer x.y.z', 'Basic abc']) {
    const { closed } = await rawSocket({ authorization })
    assert.equal(await closed, 4403)
  }
  const shouting = await rawSocket({ Authorization: 'Bearer x.y.z' })
  assert.equal(await shouting.closed, 4403)
})

test('any JSON may come with connection_init: what can be no header is passed over', async () => {
  const socket = await rawSocket({ authorization: { not: 'text' }, 'x-currency': 7, nested: [1] })
  await waitUntil('it is welcome', () => socket.heard[0]?.type === 'connection_ack')
  socket.send({ id: '1', type: 'subscribe', payload: { query: '{ __typename }' } })
  await socket.answer('1', 'complete')
  assert.deepEqual(socket.find('1')?.payload, { data: { __typename: 'Query' } })
  socket.socket.close()
})

test('what is not parsable, valid or allowed is told to its operation; the others on the socket live', async () => {
  const socket = await rawSocket({ authorization: `Bearer ${tokenOf()}` })
  await waitUntil('it is welcome', () => socket.heard.length > 0)
  socket.send({ id: 'live', type: 'subscribe', payload: { query: FOLLOW('d') } })
  await socket.answer('live', 'next')
  socket.send({ id: 'syntax', type: 'subscribe', payload: { query: '{ order(' } })
  socket.send({ id: 'invalid', type: 'subscribe', payload: { query: '{ nothing }' } })
  await socket.answer('syntax', 'error')
  await socket.answer('invalid', 'error')
  assert.equal(codeOf(socket.find('syntax')?.payload), 'GRAPHQL_PARSE_FAILED')
  assert.equal(codeOf(socket.find('invalid')?.payload), 'GRAPHQL_VALIDATION_FAILED')
  await publish('d', 1)
  await waitUntil('the first still hears', () => socket.heard.filter(({ id }) => id === 'live').length === 2)
  socket.send({ id: 'live', type: 'complete' })
  await isFree('d')
  socket.socket.close()
})

test('a bad header is told to the operation', async () => {
  const failed = shop.subscribe(FOLLOW('e'), tokenOf(), { 'x-currency': 'XXX' }).next()
  await assert.rejects(failed, (errors) => codeOf(errors) === 'BAD_USER_INPUT')
})

test('a message beyond a megabyte closes the socket', async () => {
  const socket = await rawSocket()
  await waitUntil('it is welcome', () => socket.heard.length > 0)
  socket.send({ id: '1', type: 'subscribe', payload: { query: `{ __typename } #${'x'.repeat(1_100_000)}` } })
  assert.equal(await socket.closed, 1009)
})

test('a token that expires ends its subscription with UNAUTHENTICATED, and frees its channel', async () => {
  // Taken for one second more: by then the clock skew is over, too.
  const claims = { userId: 'u', sessionId: 's', role: 'CUSTOMER' as const, scopes: [], ttlS: 1 - CLOCK_SKEW_S }
  const token = signAccessToken(readSigningKey(shop.keys.tokenSigningKey), claims)
  const updates = shop.subscribe(FOLLOW('f'), token)
  const signedAt = Date.now()
  await updates.next()
  assert.equal(await subscribers('f'), 1)
  await waitUntil('the token has expired', () => Date.now() > signedAt + 1000)
  await publish('f', 1)
  await assert.rejects(updates.next(), (errors) => codeOf(errors) === 'UNAUTHENTICATED')
  await isFree('f')
})

test('so does a session that is ended', async () => {
  const someone = shop.user()
  const updates = shop.subscribe(FOLLOW('g'), someone.tokenFor('orders'))
  await updates.next()
  await revokeSessions(redis, [someone.sessionId ?? ''], Date.now() + 60_000)
  await waitUntil('the token is refused', async () => (await shop.call('{ __typename }', someone)).status === 401)
  await publish('g', 1)
  await assert.rejects(updates.next(), (errors) => codeOf(errors) === 'UNAUTHENTICATED')
  await isFree('g')
})

test('a client that vanishes frees its channels', async () => {
  const socket = await rawSocket({ authorization: `Bearer ${tokenOf()}` })
  await waitUntil('it is welcome', () => socket.heard.length > 0)
  socket.send({ id: '1', type: 'subscribe', payload: { query: FOLLOW('h') } })
  await socket.answer('1', 'next')
  assert.equal(await subscribers('h'), 1)
  socket.socket.terminate()
  await isFree('h')
})
