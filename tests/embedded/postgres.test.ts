import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { promisify } from 'node:util'
import { Client } from 'pg'
import { startEmbeddedPostgres } from '#platform/embedded/postgres.ts'
import { findRunning } from '#platform/embedded/postgres-running.ts'
import { createLifecycle } from '#platform/runtime/lifecycle.ts'
import { quiet } from '../support/quiet.ts'
import { waitUntil } from '../support/wait-until.ts'

const HOLD = new URL('fixtures/hold-postgres.ts', import.meta.url).pathname

/** A data directory, and what is to be stopped before it is removed. */
async function fixture(t: TestContext): Promise<{ dataDir: string; defer(stop: () => Promise<unknown>): void }> {
  const parent = await mkdtemp(join(tmpdir(), 'agora-postgres-'))
  // As root, PostgreSQL runs as another user, who has to get in.
  await chmod(parent, 0o755)
  const lifecycle = createLifecycle(quiet)
  lifecycle.add('directory', () => rm(parent, { recursive: true, force: true, maxRetries: 10 }))
  t.after(() => lifecycle.stop())
  return { dataDir: join(parent, 'postgres'), defer: (stop) => lifecycle.add('server', stop) }
}

async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url.replace(/\/agora$/, '/postgres') })
  // A server that stops may cut the connection between its answer and our goodbye: it is the answer that counts.
  client.on('error', () => undefined)
  await client.connect()
  try {
    return (await client.query(sql)).rows
  } finally {
    await client.end()
  }
}

/** A process of its own group that starts PostgreSQL in `dataDir` and holds it. */
async function hold(dataDir: string) {
  const holder = spawn(process.execPath, [HOLD, dataDir], { stdio: ['ignore', 'pipe', 'inherit'], detached: true })
  const [line] = await once(holder.stdout, 'data')
  const [url = '', actual = ''] = String(line).trim().split(' ')
  return { holder, url, cluster: join(actual, 'cluster') }
}

const isAnswering = (url: string) =>
  query(url, 'SELECT 1').then(
    () => true,
    () => false,
  )

test('keeps its data, its password and its place between two starts', async (t) => {
  const { dataDir, defer } = await fixture(t)
  const first = await startEmbeddedPostgres({ dataDir, durable: true, log: quiet })
  defer(first.stop)
  await query(first.url, 'CREATE TABLE kept AS SELECT 42 AS answer')
  await first.stop()
  const second = await startEmbeddedPostgres({ dataDir, durable: true, log: quiet })
  defer(second.stop)
  assert.deepEqual(await query(second.url, 'SELECT answer FROM kept'), [{ answer: 42 }])
  assert.equal(second.dataDir, first.dataDir)
  assert.equal(new URL(second.url).password, new URL(first.url).password)
})

test('a durable cluster wants its password, and keeps it from others', async (t) => {
  const { dataDir, defer } = await fixture(t)
  const { url, stop } = await startEmbeddedPostgres({ dataDir, durable: true, log: quiet })
  defer(stop)
  const wrong = new URL(url)
  wrong.password = 'guessed'
  await assert.rejects(query(wrong.href, 'SELECT 1'), /password authentication failed/)
  assert.equal((await stat(join(dataDir, 'password'))).mode & 0o077, 0)
})

test('listens on loopback only', async (t) => {
  const { dataDir, defer } = await fixture(t)
  const { url, stop } = await startEmbeddedPostgres({ dataDir, durable: true, log: quiet })
  defer(stop)
  assert.deepEqual(await query(url, 'SHOW listen_addresses'), [{ listen_addresses: '127.0.0.1' }])
  assert.deepEqual(await query(url, 'SHOW unix_socket_directories'), [{ unix_socket_directories: '' }])
})

test('reuses a server that still runs on the cluster', async (t) => {
  const { dataDir, defer } = await fixture(t)
  const first = await startEmbeddedPostgres({ dataDir, durable: true, log: quiet })
  defer(first.stop)
  const second = await startEmbeddedPostgres({ dataDir, durable: true, log: quiet })
  defer(second.stop)
  assert.equal(second.url, first.url)
})

test('ends when its owner is killed with SIGKILL, and starts again with what was committed', async (t) => {
  const { dataDir, defer } = await fixture(t)
  const { holder, url, cluster } = await hold(dataDir)
  await query(url, 'CREATE TABLE kept AS SELECT 1 AS one')
  holder.kill('SIGKILL')
  await waitUntil(
    'the server is gone',
    async () => !(await isAnswering(url)) && !existsSync(join(cluster, 'postmaster.pid')),
  )
  const again = await startEmbeddedPostgres({ dataDir, durable: true, log: quiet })
  defer(again.stop)
  assert.deepEqual(await query(again.url, 'SELECT one FROM kept'), [{ one: 1 }])
})

test('starts again after everything was killed at once, with what was committed', async (t) => {
  const { dataDir, defer } = await fixture(t)
  const { holder, url, cluster } = await hold(dataDir)
  await query(url, 'CREATE TABLE kept AS SELECT 2 AS two')
  const server = await findRunning(cluster)
  assert.ok(server)
  // The watchdog's shell is a child of the holder: killed first, it can't shut the server down in order.
  const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pid=,ppid='])
  const children = stdout
    .split('\n')
    .map((row) => row.trim().split(/\s+/).map(Number))
    .filter((row) => row[1] === holder.pid)
  for (const pid of [...children.map(([child]) => child ?? 0), holder.pid ?? 0, server.pid])
    process.kill(pid, 'SIGKILL')
  await waitUntil('the server is gone', async () => !(await isAnswering(url)))
  assert.ok(existsSync(join(cluster, 'postmaster.pid')), 'a killed server leaves its pid file behind')
  const again = await startEmbeddedPostgres({ dataDir, durable: true, log: quiet })
  defer(again.stop)
  assert.deepEqual(await query(again.url, 'SELECT two FROM kept'), [{ two: 2 }])
})

test('takes a pid file whose process is somebody else today for what it is', async (t) => {
  const { dataDir, defer } = await fixture(t)
  const first = await startEmbeddedPostgres({ dataDir, durable: true, log: quiet })
  defer(first.stop)
  const pidFile = join(first.dataDir, 'cluster', 'postmaster.pid')
  const lines = (await readFile(pidFile, 'utf8')).split('\n')
  await first.stop()
  await writeFile(pidFile, [String(process.pid), ...lines.slice(1)].join('\n'))
  const second = await startEmbeddedPostgres({ dataDir, durable: true, log: quiet })
  defer(second.stop)
  assert.deepEqual(await query(second.url, 'SELECT 1 AS one'), [{ one: 1 }])
})

test('survives Ctrl-C, which goes to the whole process group, until it is stopped', async (t) => {
  const { dataDir } = await fixture(t)
  const { holder, url, cluster } = await hold(dataDir)
  // The holder ignores the signal, as a start that is stopping in order does; the group is what the terminal signals.
  process.kill(-(holder.pid ?? 0), 'SIGINT')
  await once(holder.stdout, 'data')
  assert.ok(await isAnswering(url))
  holder.kill('SIGKILL')
  await waitUntil(
    'the server is gone',
    async () => !(await isAnswering(url)) && !existsSync(join(cluster, 'postmaster.pid')),
  )
})

test('a cluster for tests asks for no password and leaves nothing behind', async (t) => {
  const { dataDir } = await fixture(t)
  const { url, stop } = await startEmbeddedPostgres({ dataDir, durable: false, log: quiet })
  assert.equal(new URL(url).password, '')
  assert.deepEqual(await query(url, 'SHOW fsync'), [{ fsync: 'off' }])
  await stop()
  assert.ok(!existsSync(dataDir))
})
