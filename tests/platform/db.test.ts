import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { sql } from 'kysely'
import { loadMany, loadOne } from '#platform/db/by-key.ts'
import { openDatabase } from '#platform/db/database.ts'
import { inputHash, once } from '#platform/db/idempotency.ts'
import { migration } from '#platform/db/migrate.ts'
import { databaseName, databaseUrl } from '#platform/db/server.ts'
import { newId } from '#platform/kernel/ids.ts'
import { useBacking } from '../support/backing.ts'
import { quiet } from '../support/quiet.ts'
import { openStore, persistence, transact } from './support/store.ts'

const backing = await useBacking()
const database = await openStore(backing.postgresUrl)
backing.defer(() => database.close())

const count = async (table: 'thing' | 'outbox' | 'idempotency_key') => {
  const { rows } = await sql<{ n: number }>`select count(*)::int as n from ${sql.table(table)}`.execute(database.sql())
  return rows[0]?.n
}
const jobs = async () => {
  const { rows } = await sql<{ n: number }>`select count(*)::int as n from graphile_worker.jobs`.execute(database.sql())
  return rows[0]?.n
}

test('eight who start at once migrate an empty server once', async () => {
  const opened = await Promise.all(Array.from({ length: 8 }, () => openStore(backing.postgresUrl, { name: 'crowd' })))
  const ran = await sql<{ name: string }>`select name from mikro_orm_migrations order by id`.execute(
    (opened[0] ?? assert.fail()).sql(),
  )
  assert.deepEqual(
    ran.rows.map(({ name }) => name),
    ['2026-11-20-0-platform', '2026-11-20-1-platform-housekeeping', '2026-11-20-thing'],
  )
  await Promise.all(opened.map((each) => each.close()))
})

test('a migration that fails leaves nothing behind, and no connection', async () => {
  const broken = {
    entities: [],
    migrations: [
      ...persistence.migrations,
      migration('2026-11-21-broken', 'create table half (id int); create nonsense'),
    ],
  }
  const options = { postgresUrl: backing.postgresUrl, name: 'broken', log: quiet }
  await assert.rejects(openDatabase({ ...options, persistence: broken }), /syntax error/)
  const repaired = await openDatabase({ ...options, persistence })
  const { rows } = await sql<{ half: string | null; others: number }>`
    select to_regclass('half') as half,
      (select count(*)::int from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()) as others`.execute(
    repaired.sql(),
  )
  assert.equal(rows[0]?.half, null)
  assert.ok((rows[0]?.others ?? 99) <= 2, 'connections of the failed start are still open')
  await repaired.close()
})

test('names databases after the path of POSTGRES_URL', () => {
  assert.equal(databaseUrl('postgres://u:p@h:5/shop', 'users'), 'postgres://u:p@h:5/shop_users')
  assert.equal(databaseName('postgres://h', 'users'), 'agora_users')
})

test('reads bigint as bigint and a day as its text', async () => {
  const big = 2n ** 62n
  const { rows } = await sql`select ${big}::bigint as big, '2026-11-20'::date as day, now() as at`.execute(
    database.sql(),
  )
  const [row] = rows as { big: bigint; day: string; at: Date }[]
  assert.deepEqual([row?.big, row?.day, row?.at instanceof Date], [big, '2026-11-20', true])
})

test('a transaction commits its change with everything it staged', async () => {
  let wakes = 0
  await transact(
    database,
    async (tx) => {
      await sql`insert into thing (id) values ('a')`.execute(tx.sql)
      tx.stageJob({ name: 'follow-up', payload: { id: 'a' } })
      tx.stageEvent({ type: 'thing.made', subject: 'a', data: { n: 1 } })
      tx.stageLive('live:thing:a', { version: 1 })
      assert.equal(await count('outbox'), 0)
    },
    () => (wakes += 1),
  )
  assert.deepEqual([await count('thing'), await count('outbox'), await jobs(), wakes], [1, 2, 1, 1])
  const { rows } = await sql<{ event: Record<string, unknown> | null; channel: string | null }>`
    select event, channel from outbox order by id`.execute(database.sql())
  assert.equal(rows[0]?.event?.['requestid'], 'r-1')
  assert.equal(rows[0]?.event?.['source'], '/subgraphs/inventory')
  assert.equal(rows[1]?.channel, 'live:thing:a')
  const job = await sql<{ payload: object }>`select payload from graphile_worker._private_jobs`.execute(database.sql())
  assert.deepEqual(job.rows[0]?.payload, { id: 'a', requestId: 'r-1' })
})

test('a transaction that throws leaves nothing: no row, no event, no message, no job', async () => {
  const before = [await count('thing'), await count('outbox'), await jobs()]
  const failing = transact(
    database,
    async (tx) => {
      await sql`insert into thing (id) values ('gone')`.execute(tx.sql)
      tx.stageJob({ name: 'follow-up', payload: {} })
      tx.stageEvent({ type: 'thing.made', subject: 'gone', data: {} })
      tx.stageLive('live:thing:gone', {})
      throw new Error('changed my mind')
    },
    assert.fail,
  )
  await assert.rejects(failing, /changed my mind/)
  assert.deepEqual([await count('thing'), await count('outbox'), await jobs()], before)
})

test('a job with a key replaces the one that has not begun', async () => {
  const before = (await jobs()) ?? 0
  for (const n of [1, 2, 3]) {
    await transact(database, async (tx) => {
      tx.stageJob({
        name: 'expire',
        payload: { n },
        key: 'expire:a',
        runAt: new Date(Date.now() + 60_000),
        maxAttempts: 3,
      })
    })
  }
  assert.equal(await jobs(), before + 1)
})

test('twenty at once with one idempotency key do the work once, and all hear its answer', async () => {
  let worked = 0
  const use = { scope: 'test:u1', key: newId(), input: { lines: [1, 2], note: 'x' } }
  const answers = await Promise.all(
    Array.from({ length: 20 }, () =>
      transact(database, (tx) =>
        once(tx, use, async () => {
          worked += 1
          await sql`insert into thing (id) values (${use.key})`.execute(tx.sql)
          return { made: use.key }
        }),
      ),
    ),
  )
  assert.equal(worked, 1)
  for (const answer of answers) assert.deepEqual(answer, { kind: 'answer', answer: { made: use.key } })
})

test('a key that is used for something else is told so, and does nothing', async () => {
  const use = { scope: 'test:u2', key: 'k', input: { amount: '1.00' } }
  await transact(database, (tx) => once(tx, use, async () => 'first'))
  const other = await transact(database, (tx) => once(tx, { ...use, input: { amount: '2.00' } }, () => assert.fail()))
  assert.deepEqual(other, { kind: 'reused' })
  const elsewhere = await transact(database, (tx) => once(tx, { ...use, scope: 'test:u3' }, async () => 'theirs'))
  assert.deepEqual(elsewhere, { kind: 'answer', answer: 'theirs' })
})

test('work that fails burns no key', async () => {
  const use = { scope: 'test:u4', key: 'k', input: null }
  const failing = transact(database, (tx) => once(tx, use, () => Promise.reject(new Error('declined'))))
  await assert.rejects(failing, /declined/)
  assert.deepEqual(await transact(database, (tx) => once(tx, use, async () => 7)), { kind: 'answer', answer: 7 })
})

test('an input hashes the same whatever the order of its keys, and differently for another input', () => {
  const shuffled = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(shuffled)
    if (value === null || typeof value !== 'object') return value
    return Object.fromEntries(
      Object.entries(value)
        .toReversed()
        .map(([key, held]) => [key, shuffled(held)]),
    )
  }
  fc.assert(fc.property(fc.jsonValue(), (value) => assert.equal(inputHash(shuffled(value)), inputHash(value))))
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
      fc.pre(JSON.stringify(a) !== JSON.stringify(b) && JSON.stringify(shuffled(a)) !== JSON.stringify(b))
      fc.pre(!Object.is(a, -0) && !Object.is(b, -0))
      if (inputHash(a) === inputHash(b)) assert.deepEqual(a, b)
    }),
  )
  assert.equal(inputHash({ a: 1, b: undefined }), inputHash({ a: 1 }))
  assert.notEqual(inputHash([1, 2]), inputHash([2, 1]))
  assert.equal(typeof inputHash({ at: new Date(0), amount: 5n }), 'string')
  assert.notEqual(inputHash({ at: new Date(0) }), inputHash({ at: new Date(1) }))
})

test('a loader asks once for all ids of a tick, and never for what can be no id', async () => {
  const [a, b, c] = [newId(), newId(), newId()]
  const asked: string[][] = []
  const one = loadOne(
    async (ids) => {
      asked.push(ids)
      return [{ id: b }, { id: a }]
    },
    (row: { id: string }) => row.id,
  )
  const rows = await Promise.all([a, b, c, 'nonsense', a].map((id) => one.load(id)))
  assert.deepEqual(rows, [{ id: a }, { id: b }, null, null, { id: a }])
  assert.deepEqual(asked, [[a, b, c]])
  assert.equal(await one.load("'; drop table thing"), null)
  assert.equal(asked.length, 1)
})

test('a loader of many keeps their order and gives none where there are none', async () => {
  const [a, b] = [newId(), newId()]
  const many = loadMany(
    async () => [
      { of: a, n: 2 },
      { of: a, n: 1 },
    ],
    (row) => row.of,
  )
  assert.deepEqual(await Promise.all([many.load(a), many.load(b)]), [
    [
      { of: a, n: 2 },
      { of: a, n: 1 },
    ],
    [],
  ])
})

test('hears every statement, whatever sends it', async () => {
  const heard: string[] = []
  const listened = await openStore(backing.postgresUrl, { onStatement: (text) => heard.push(text) })
  await sql`select 1 as one`.execute(listened.sql())
  await transact(listened, (tx) => sql`select 2 as two`.execute(tx.sql))
  assert.equal(heard.filter((text) => text === 'select 1 as one').length, 1)
  assert.equal(heard.filter((text) => text === 'select 2 as two').length, 1)
  await listened.close()
})
