import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Client } from 'pg'
import { newId } from '#platform/kernel/ids.ts'
import { sandboxDatabaseUrl } from '../../sandbox/prepare-database.ts'
import { waitUntil } from '../support/wait-until.ts'
import { postgresProxy } from './postgres-proxy.ts'
import { startListening, startProcess } from './sandbox-process.ts'
import { charge, get, ledgerOf, post, press, sandboxFor, usePostgres } from './support.ts'

const postgresUrl = await usePostgres()

test('keeps intents, refunds and keys over a restart', async (t) => {
  const before = await sandboxFor(t, postgresUrl)
  const request = charge()
  const key = newId()
  const charged = await post(before, '/v1/payment_intents', request, key)
  await post(before, '/v1/refunds', { payment_intent: charged.body.id, amount: 300 })
  const waiting = await post(
    before,
    '/v1/payment_intents',
    charge({ payment_method: 'pm_card_authenticationRequired' }),
  )
  const ledger = await ledgerOf(before, request)
  await before.stop()
  await assert.rejects(get(before, '/health'))

  const after = await sandboxFor(t, postgresUrl)
  assert.deepEqual(await ledgerOf(after, request), ledger)
  const again = await post(after, '/v1/payment_intents', request, key)
  assert.deepEqual([again.body, again.headers.get('idempotent-replayed')], [charged.body, 'true'])
  await press(`${after.url}/3ds/${waiting.body.id}`, 'approve')
  assert.equal((await get(after, `/v1/payment_intents/${waiting.body.id}`)).body.status, 'succeeded')
})

test('makes its database and tables once, however many copies start at once on an empty server', async (t) => {
  const url = `${postgresUrl}_fresh`
  const copies = await Promise.all([1, 2, 3, 4].map(() => sandboxFor(t, url)))
  const request = charge()
  const replies = await Promise.all(copies.map((copy) => post(copy, '/v1/payment_intents', request, 'one key')))
  assert.deepEqual(new Set(replies.map((reply) => reply.status)), new Set([200]))
  assert.equal(new Set(replies.map((reply) => reply.body.id)).size, 1)
})

test('starts without PostgreSQL, says so, serves when it comes, goes and comes back', async (t) => {
  const proxy = await postgresProxy(postgresUrl)
  t.after(() => proxy.shut())
  const sandbox = await sandboxFor(t, proxy.postgresUrl)
  assert.equal((await get(sandbox, '/health')).status, 200)
  const away = await get(sandbox, '/ready')
  assert.equal(away.status, 503)
  assert.deepEqual(Object.keys(away.body.missing ?? {}), ['postgresql'])
  const early = post(sandbox, '/v1/payment_intents', charge())
  await proxy.open()
  assert.equal((await early).status, 200)
  assert.equal((await get(sandbox, '/ready')).status, 200)

  await proxy.shut()
  const request = charge()
  const key = newId()
  const lost = await post(sandbox, '/v1/payment_intents', request, key)
  assert.deepEqual([lost.status, lost.body.error?.type], [500, 'api_error'])
  assert.equal((await get(sandbox, '/ready')).status, 503)
  await proxy.open()
  await waitUntil('it is ready again', async () => (await get(sandbox, '/ready')).status === 200)
  assert.equal((await post(sandbox, '/v1/payment_intents', request, key)).status, 200)
  assert.equal((await ledgerOf(sandbox, request)).charges?.length, 1)
})

test('survives losing PostgreSQL in the middle of a charge, which then has not happened', async (t) => {
  const proxy = await postgresProxy(postgresUrl)
  await proxy.open()
  t.after(() => proxy.shut())
  const sandbox = await sandboxFor(t, proxy.postgresUrl)
  const request = charge()
  const key = newId()
  const other = new Client({ connectionString: sandboxDatabaseUrl(postgresUrl).href })
  await post(sandbox, '/v1/payment_intents', charge())
  await other.connect()
  // Whoever holds the lock of a key stops its charge half-way.
  await other.query('select pg_advisory_lock(hashtextextended($1, 0))', [key])
  const lost = post(sandbox, '/v1/payment_intents', request, key)
  const blocked = `
    select 1 from pg_locks join pg_database d on d.oid = database
     where locktype = 'advisory' and not granted and d.datname = current_database()`
  await waitUntil('the charge is half-way', async () => (await other.query(blocked)).rowCount === 1)
  await proxy.shut()
  assert.equal((await lost).status, 500)
  await other.end()
  await proxy.open()
  assert.equal((await post(sandbox, '/v1/payment_intents', request, key)).status, 200)
  assert.equal((await ledgerOf(sandbox, request)).charges?.length, 1)
})

test('loses and doubles no charge when it is killed in the middle of thirty', async (t) => {
  const first = await startListening(t, { POSTGRES_URL: postgresUrl })
  const requests = Array.from({ length: 30 }, () => ({ body: charge(), key: newId() }))
  const sent = requests.map(({ body, key }) => post(first, '/v1/payment_intents', body, key))
  await Promise.any(sent)
  first.child.kill('SIGKILL')
  const outcomes = await Promise.allSettled(sent)
  await first.exited
  const second = await startListening(t, { POSTGRES_URL: postgresUrl })
  for (const [index, { body, key }] of requests.entries()) {
    const again = await post(second, '/v1/payment_intents', body, key)
    assert.equal(again.status, 200)
    const outcome = outcomes[index]
    if (outcome?.status === 'fulfilled') assert.deepEqual(again.body, outcome.value.body)
    assert.equal((await ledgerOf(second, body)).charges?.length, 1)
  }
})

test('answers what is under way on SIGTERM, then exits 0', async (t) => {
  const sandbox = await startListening(t, { POSTGRES_URL: postgresUrl, SANDBOX_LATENCY_MS: '60000' })
  const request = charge()
  const reply = post(sandbox, '/v1/payment_intents', request)
  await waitUntil('the charge is made', async () => (await ledgerOf(sandbox, request)).charges?.length === 1)
  sandbox.child.kill('SIGTERM')
  assert.equal((await reply).status, 200)
  assert.deepEqual(await sandbox.exited, { code: 0, stderr: '' })
})

test('goes when the supervisor is gone', async (t) => {
  const sandbox = await startListening(t, { POSTGRES_URL: postgresUrl, AGORA_SUPERVISED: '1' })
  sandbox.child.disconnect()
  assert.equal((await sandbox.exited).code, 0)
})

test('says in one line which variable is wrong or which port is taken', async (t) => {
  const { port } = new URL((await sandboxFor(t, postgresUrl)).url)
  for (const [env, message] of [
    [{}, /^POSTGRES_URL is missing: .*\n$/],
    [{ POSTGRES_URL: postgresUrl, SANDBOX_FAIL_AFTER: '7' }, /^SANDBOX_FAIL_AFTER: "7" is not allowed.*\n$/],
    [{ POSTGRES_URL: postgresUrl, PORT: port }, new RegExp(`^port ${port} .*taken.*PORT\\n$`)],
  ] as const) {
    const { code, stderr } = await startProcess(t, env).exited
    assert.equal(code, 1)
    assert.match(stderr, message)
  }
})
