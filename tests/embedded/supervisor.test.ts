import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { freePort } from '#platform/embedded/free-port.ts'
import { createSupervisor, type ProcessSpec } from '#platform/embedded/supervisor.ts'
import { createLogger } from '#platform/runtime/logger.ts'
import { waitUntil } from '../support/wait-until.ts'

const SERVICE = new URL('fixtures/service.ts', import.meta.url).pathname
const SUPERVISE = new URL('fixtures/supervise.ts', import.meta.url).pathname

async function fixture(t: TestContext, options: { graceMs?: number } = {}) {
  const directory = await mkdtemp(join(tmpdir(), 'agora-supervisor-'))
  const journal = join(directory, 'journal')
  const logged: string[] = []
  const printed: string[] = []
  const log = createLogger({ service: 'start', level: 'info', destination: { write: (line) => logged.push(line) } })
  const print = (name: string, line: string) => printed.push(`${name}: ${line}`)
  const supervisor = createSupervisor({ log, graceMs: options.graceMs ?? 5_000, print, firstRestartMs: 20 })
  t.after(async () => {
    await supervisor.stop()
    await rm(directory, { recursive: true })
  })
  const spec = async (name: string, env: Record<string, string> = {}): Promise<ProcessSpec> => {
    const port = String(await freePort())
    const all = { ...process.env, PORT: port, JOURNAL: journal, ...env }
    return { name, args: [SERVICE, name], env: all, readyUrl: `http://127.0.0.1:${port}/ready` }
  }
  return {
    supervisor,
    spec,
    logged,
    printed,
    journal: async () => (await readFile(journal, 'utf8')).trim().split('\n'),
  }
}

const pidAt = async (url: string): Promise<number | undefined> =>
  fetch(url)
    .then(async (response) => Number(await response.text()))
    .catch(() => undefined)

test('starts what it is given, and says when all of it is ready', async (t) => {
  const { supervisor, spec } = await fixture(t)
  const [one, two] = [await spec('one'), await spec('two')]
  await supervisor.start([one, two])
  assert.ok(await pidAt(one.readyUrl))
  assert.ok(await pidAt(two.readyUrl))
})

test('starts a process again that died, and says so in one line', async (t) => {
  const { supervisor, spec, logged } = await fixture(t)
  const one = await spec('one')
  await supervisor.start([one])
  const before = await pidAt(one.readyUrl)
  await pidAt(one.readyUrl.replace('/ready', '/die'))
  await waitUntil('another process answers', async () => ![undefined, before].includes(await pidAt(one.readyUrl)))
  assert.match(logged.join(''), /one ended \(code 7\); it is started again in 0\.02 s/)
})

test('waits twice as long before each further restart', async (t) => {
  const { supervisor, spec, logged } = await fixture(t)
  const one = await spec('one')
  await supervisor.start([one])
  const pauses = () => [...logged.join('').matchAll(/again in (\S+) s/g)].map((match) => Number(match[1]))
  for (const count of [1, 2, 3]) {
    await waitUntil('it answers', async () => (await pidAt(one.readyUrl)) !== undefined)
    await pidAt(one.readyUrl.replace('/ready', '/die'))
    await waitUntil('its death is told', () => pauses().length === count)
  }
  assert.deepEqual(pauses(), [0.02, 0.04, 0.08])
})

test('gives up on a process that never comes up, with its last words', async (t) => {
  const { supervisor, spec, printed } = await fixture(t)
  await assert.rejects(
    supervisor.start([await spec('one', { FAIL: '1' })]),
    /one did not start: PORT: "x" is not allowed/,
  )
  assert.equal(printed.length, 3)
})

test('ends groups in the opposite order of their start', async (t) => {
  const { supervisor, spec, journal } = await fixture(t)
  await supervisor.start([await spec('first')])
  await supervisor.start([await spec('second')])
  await supervisor.stop()
  const names = (await journal()).map((line) => line.split(' ').slice(0, 2).join(' '))
  assert.deepEqual(names, ['first started', 'second started', 'second stopped', 'first stopped'])
})

test('kills a process that does not end within its grace', async (t) => {
  const { supervisor, spec, logged } = await fixture(t, { graceMs: 50 })
  const one = await spec('one', { HANG: '1' })
  await supervisor.start([one])
  await supervisor.stop()
  assert.equal(await pidAt(one.readyUrl), undefined)
  assert.match(logged.join(''), /one did not end in time and is killed/)
})

test('restarts by name, and leaves the others alone', async (t) => {
  const { supervisor, spec } = await fixture(t)
  const [one, two] = [await spec('one'), await spec('two')]
  await supervisor.start([one, two])
  const before = [await pidAt(one.readyUrl), await pidAt(two.readyUrl)]
  await supervisor.restart(['one'])
  assert.notEqual(await pidAt(one.readyUrl), before[0])
  assert.equal(await pidAt(two.readyUrl), before[1])
})

test('leaves no orphan when it is killed with SIGKILL', async () => {
  const ports = [await freePort(), await freePort()].map(String)
  const parent = spawn(process.execPath, [SUPERVISE, ...ports], { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(parent.stdout, 'data')
  const urls = ports.map((port) => `http://127.0.0.1:${port}/`)
  assert.ok((await Promise.all(urls.map(pidAt))).every((pid) => pid !== undefined))
  parent.kill('SIGKILL')
  await waitUntil('its services are gone', async () =>
    (await Promise.all(urls.map(pidAt))).every((pid) => pid === undefined),
  )
})
