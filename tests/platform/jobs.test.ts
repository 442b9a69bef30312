import assert from 'node:assert/strict'
import { once as happens } from 'node:events'
import { fork } from 'node:child_process'
import { test } from 'node:test'
import { sql } from 'kysely'
import type { Database } from '#platform/db/database.ts'
import { sweep, withHousekeeping } from '#platform/jobs/housekeeping.ts'
import { type JobHandler, startJobs } from '#platform/jobs/worker.ts'
import { createRedis } from '#platform/live/redis.ts'
import { useBacking } from '../support/backing.ts'
import { quiet } from '../support/quiet.ts'
import { waitUntil } from '../support/wait-until.ts'
import { startGate } from './support/gate.ts'
import { openStore, transact } from './support/store.ts'

const backing = await useBacking()
// A runner that was silent for this long is dead to these tests.
const timing = { beatMs: 50, deadMs: 1_000 }

async function openFresh(name: string, url = backing.postgresUrl): Promise<Database> {
  const database = await openStore(url, { name })
  backing.defer(() => database.close())
  return database
}

async function start(database: Database, handlers: Record<string, JobHandler>) {
  const jobs = await startJobs({ database, jobs: { handlers }, log: quiet, timing })
  backing.defer(() => jobs.stop())
  return jobs
}

const stage = (database: Database, name: string, options: { key?: string; runAt?: Date } = {}) =>
  transact(database, async (tx) => tx.stageJob({ name, payload: { id: 'a' }, ...options }))

test('a job has its payload, the id of its request and its attempt', async () => {
  const database = await openFresh('simple')
  const { promise, resolve } = Promise.withResolvers<unknown[]>()
  const jobs = await start(database, {
    note: async (payload, { requestId, attempt }) => resolve([payload, requestId, attempt]),
  })
  await stage(database, 'note')
  assert.deepEqual(await promise, [{ id: 'a', requestId: 'r-1' }, 'r-1', 1])
  await jobs.stop()
})

test('stopping waits for the job under way; what is staged after it waits for the next start', async () => {
  const database = await openFresh('stopping')
  const begun = Promise.withResolvers<void>()
  const mayEnd = Promise.withResolvers<void>()
  const done: string[] = []
  const jobs = await start(database, {
    slow: async () => {
      begun.resolve()
      await mayEnd.promise
      done.push('slow')
    },
    other: async () => void done.push('other'),
  })
  await stage(database, 'slow')
  await begun.promise
  const stopped = jobs.stop().then(() => done.push('stopped'))
  mayEnd.resolve()
  await stopped
  await stage(database, 'other')
  assert.deepEqual(done, ['slow', 'stopped'])
  const { rows } = await sql<{ task_identifier: string; locked_by: string | null }>`
    select task_identifier, locked_by from graphile_worker.jobs`.execute(database.sql())
  assert.deepEqual(rows, [{ task_identifier: 'other', locked_by: null }])
})

test('a job that fails is tried again, later and later, and says which attempt it is', async () => {
  const database = await openFresh('retries')
  const attempts: number[] = []
  const jobs = await start(database, {
    fragile: async (_payload, { attempt }) => {
      attempts.push(attempt)
      throw new Error(`no luck ${attempt}`)
    },
  })
  await stage(database, 'fragile')
  const waits: number[] = []
  for (const attempt of [1, 2, 3]) {
    const failed = async () => {
      const { rows } = await sql<{ wait: number; last_error: string | null }>`
        select extract(epoch from run_at - now())::float8 as wait, last_error from graphile_worker.jobs where locked_by is null`.execute(
        database.sql(),
      )
      if (rows[0]?.last_error !== `no luck ${attempt}`) return false
      waits.push(rows[0].wait)
      return true
    }
    await waitUntil(`attempt ${attempt} has failed`, failed)
    if (attempt < 3) await sql`update graphile_worker._private_jobs set run_at = now()`.execute(database.sql())
  }
  await jobs.stop()
  assert.deepEqual(attempts, [1, 2, 3])
  const [first = 0, second = 0, third = 0] = waits
  assert.ok(1 < first && first < second && second < third, `waited ${waits.join(', ')} s`)
})

test('the job of a process that was killed is taken over by another', async () => {
  const database = await openFresh('killed')
  const url = new URL('./support/hold-job.ts', import.meta.url)
  const child = fork(url, [backing.postgresUrl, 'killed'], {
    execArgv: [],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  await happens(child, 'message')
  await stage(database, 'hold')
  await happens(child, 'message')
  child.kill('SIGKILL')
  await happens(child, 'exit')
  const attempts: number[] = []
  const jobs = await start(database, { hold: async (_payload, { attempt }) => void attempts.push(attempt) })
  await waitUntil('the job is done by somebody else', () => attempts.length > 0)
  assert.deepEqual(attempts, [2])
  await jobs.stop()
})

test('copies that live leave each other’s jobs alone, however long those take', async () => {
  const database = await openFresh('copies')
  const mayEnd = Promise.withResolvers<void>()
  let runs = 0
  const handlers = {
    long: async () => {
      runs += 1
      await mayEnd.promise
    },
  }
  const copies = [await start(database, handlers), await start(database, handlers)]
  await stage(database, 'long')
  const age = async () => {
    const { rows } = await sql<{ age: number }>`
      select extract(epoch from now() - locked_at)::float8 * 1000 as age from graphile_worker.jobs where locked_by is not null`.execute(
      database.sql(),
    )
    return rows[0]?.age ?? 0
  }
  await waitUntil('the job is older than a dead one may become', async () => (await age()) > 2 * timing.deadMs)
  assert.equal(runs, 1)
  mayEnd.resolve()
  await Promise.all(copies.map((copy) => copy.stop()))
  const left = await sql`select id from job_runner`.execute(database.sql())
  assert.deepEqual(left.rows, [])
})

test('jobs go on after PostgreSQL was away, and one that ended meanwhile is not lost', async () => {
  const gate = await startGate(backing.postgresUrl)
  backing.defer(() => gate.shut())
  const database = await openFresh('away', gate.url)
  const begun = Promise.withResolvers<void>()
  const mayEnd = Promise.withResolvers<void>()
  const done: string[] = []
  const jobs = await start(database, {
    first: async () => {
      begun.resolve()
      await mayEnd.promise
      done.push('first')
    },
    second: async () => void done.push('second'),
  })
  await stage(database, 'first')
  await begun.promise
  await gate.shut()
  mayEnd.resolve()
  await waitUntil('the first job has ended without its database', () => done.includes('first'))
  await gate.open()
  await waitUntil('the database is reached again', () =>
    stage(database, 'second').then(
      () => true,
      () => false,
    ),
  )
  await waitUntil('the second job is done', () => done.includes('second'))
  const open = async () => (await sql`select id from graphile_worker.jobs`.execute(database.sql())).rows.length
  await waitUntil('no job is left', async () => (await open()) === 0)
  await jobs.stop()
})

test('the nightly sweep forgets what is old, keeps what is not, and runs beside a subgraph’s own cron', async () => {
  const database = await openFresh('sweep')
  const redis = createRedis(backing.redisUrl, quiet)
  backing.defer(() => redis.disconnect())
  await sql`
    insert into inbox (event_id, received_at) values
      (gen_random_uuid(), now() - interval '31 days'), (gen_random_uuid(), now() - interval '29 days');
  `.execute(database.sql())
  await sql`
    insert into idempotency_key (scope, key, input_hash, created_at)
    select 's', n::text, 'h', now() - interval '31 days' from generate_series(1, 5001) n`.execute(database.sql())
  await sql`insert into idempotency_key (scope, key, input_hash) values ('s', 'new', 'h')`.execute(database.sql())
  const old = Date.now() - 15 * 24 * 3600 * 1000
  await redis.xadd('events:inventory', `${old}-0`, 'event', 'old')
  await redis.xadd('events:inventory', '*', 'event', 'new')
  const parts = { name: 'inventory' as const, database, redis }
  await sweep(parts)
  const { rows } = await sql<{ inbox: number; keys: number }>`
    select (select count(*)::int from inbox) as inbox, (select count(*)::int from idempotency_key) as keys`.execute(
    database.sql(),
  )
  assert.deepEqual(rows, [{ inbox: 1, keys: 1 }])

  const own = { handlers: { 'own-job': async () => undefined }, crontab: '0 4 * * * own-job' }
  const jobs = withHousekeeping(own, parts)
  assert.deepEqual(Object.keys(jobs.handlers), ['own-job', 'sweep-platform-tables'])
  const running = await startJobs({ database, jobs, log: quiet })
  backing.defer(() => running.stop())
  const known = async () => {
    const { rows: lines } = await sql<{ identifier: string }>`
      select identifier from graphile_worker._private_known_crontabs order by 1`.execute(database.sql())
    return lines.map(({ identifier }) => identifier).join()
  }
  await waitUntil('both are known', async () => (await known()) === 'own-job,sweep-platform-tables')
  await running.stop()
})
