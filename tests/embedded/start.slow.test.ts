import assert from 'node:assert/strict'
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, type TestContext, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { freePort } from '#platform/embedded/free-port.ts'
import { waitUntil } from '../support/wait-until.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const START_TIMEOUT_MS = 60_000

const parent = await mkdtemp(join(tmpdir(), 'agora-start-'))
// As root, PostgreSQL runs as another user, who has to get in.
await chmod(parent, 0o755)
after(() => rm(parent, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 }))
const dataDir = join(parent, 'data')

type Start = { child: ChildProcess; port: number; output: () => string; exited: Promise<number | null> }

/** `npm start` without the npm, in a process group of its own, as a terminal gives it. NODE_ENV=production: no demo data. */
function start(t: TestContext, env: Record<string, string>): Start {
  const all = {
    ...process.env,
    NODE_ENV: 'production',
    DATA_DIR: dataDir,
    LOG_LEVEL: 'warn',
    POSTGRES_URL: '',
    REDIS_URL: '',
    ...env,
  }
  const child = spawn(process.execPath, ['cli/start.ts'], {
    cwd: ROOT,
    env: all,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (chunk) => void (output += chunk))
  const exited = once(child, 'close').then(([code]) => code)
  t.after(async () => {
    child.kill('SIGTERM')
    await exited
  })
  return { child, port: Number(env['PORT']), output: () => output, exited }
}

async function startReady(t: TestContext, env: Record<string, string> = {}): Promise<Start> {
  const started = start(t, { PORT: String(await freePort()), ...env })
  const isOver = () => started.output().includes('Agora is ready') || started.child.exitCode !== null
  await waitUntil('the start block', isOver, { timeoutMs: START_TIMEOUT_MS })
  assert.match(started.output(), /Agora is ready/)
  return started
}

const ask = async (port: number, query: string): Promise<unknown> => {
  const headers = { 'content-type': 'application/json' }
  const response = await fetch(`http://127.0.0.1:${port}/graphql`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ query }),
  })
  return response.json()
}

const isGone = (port: number) =>
  fetch(`http://127.0.0.1:${port}/health`).then(
    () => false,
    () => true,
  )

/** The ports that the start block names for the subgraphs. */
const subgraphPorts = (output: string) =>
  [...output.matchAll(/(?:users|products|inventory|carts|orders|payments) :(\d+)/g)].map((match) => Number(match[1]))

async function childrenOf(pid: number): Promise<number[]> {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pid=,ppid='])
  const rows = stdout
    .trim()
    .split('\n')
    .map((row) => row.trim().split(/\s+/).map(Number))
  return rows.filter((row) => row[1] === pid).flatMap((row) => row[0] ?? [])
}

const REGISTER = `mutation { register(input: { email: "kept@example.com", password: "a long password", name: "Kept" }) { session { accessToken } userErrors { code } } }`

test('the whole shop, from its start to Ctrl-C', async (t) => {
  const shop = await startReady(t)
  const ports = subgraphPorts(shop.output())
  await t.test('it answers through the router', async () => {
    assert.equal((await fetch(`http://127.0.0.1:${shop.port}/ready`)).status, 200)
    assert.deepEqual(await ask(shop.port, '{ __typename }'), { data: { __typename: 'Query' } })
    assert.equal(ports.length, 6)
    assert.ok(ports.every((subgraph) => subgraph > shop.port))
  })
  await t.test('keeps its keys from others', async () => {
    assert.equal((await stat(join(dataDir, 'keys.json'))).mode & 0o077, 0)
  })
  await t.test('refuses a second start on the same DATA_DIR in a sentence', async () => {
    const second = start(t, { PORT: String(await freePort()) })
    assert.equal(await second.exited, 1)
    assert.match(
      second.output(),
      /^Agora already runs with DATA_DIR=\S+: stop that one first, or start this one with another DATA_DIR and PORT\n$/,
    )
  })
  await t.test('starts a subgraph again that was killed, says so, and serves on', () => killProducts(shop))
  await t.test('stops all of it at Ctrl-C', async () => {
    process.kill(-(shop.child.pid ?? 0), 'SIGINT')
    assert.equal(await shop.exited, 0)
    for (const gone of [shop.port, ...ports]) assert.ok(await isGone(gone))
  })
})

async function killProducts({ child, output }: Start): Promise<void> {
  const [victim] = await processesNamed(child.pid ?? 0, 'serve products')
  process.kill(victim ?? 0, 'SIGKILL')
  await waitUntil('it is told', () => /products ended \(SIGKILL\); it is started again in 0\.5 s/.test(output()))
  const [, products = 0] = subgraphPorts(output())
  await waitUntil('it is back', () =>
    fetch(`http://127.0.0.1:${products}/ready`).then(
      ({ ok }) => ok,
      () => false,
    ),
  )
}

async function processesNamed(parentPid: number, words: string): Promise<number[]> {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pid=,ppid=,args='])
  return stdout
    .split('\n')
    .filter((row) => row.includes(words))
    .map((row) => row.trim().split(/\s+/).map(Number))
    .filter((row) => row[1] === parentPid)
    .flatMap((row) => row[0] ?? [])
}

test('starts after everything was killed at once, with what was committed', async (t) => {
  const first = await startReady(t)
  const registered = await ask(first.port, REGISTER)
  assert.match(JSON.stringify(registered), /accessToken/)
  const pid = first.child.pid ?? 0
  for (const victim of [pid, ...(await childrenOf(pid))]) process.kill(victim, 'SIGKILL')
  await first.exited
  const second = await startReady(t)
  assert.match(JSON.stringify(await ask(second.port, REGISTER)), /EMAIL_TAKEN/)
})

test('runs in one process where ONE_PROCESS is 1', async (t) => {
  const { child, port, exited } = await startReady(t, { ONE_PROCESS: '1' })
  assert.deepEqual(await ask(port, '{ __typename }'), { data: { __typename: 'Query' } })
  assert.deepEqual(await processesNamed(child.pid ?? 0, 'subgraphs/main.ts'), [])
  child.kill('SIGTERM')
  assert.equal(await exited, 0)
  assert.ok(await isGone(port))
})

test('stops in order when it is interrupted in the middle of its start', async (t) => {
  const { child, output, exited } = start(t, { PORT: String(await freePort()) })
  const lock = () => childrenOf(child.pid ?? 0)
  await waitUntil('it has begun', async () => (await lock()).length > 2, { timeoutMs: START_TIMEOUT_MS })
  child.kill('SIGINT')
  assert.equal(await exited, 0)
  assert.doesNotMatch(output(), /Agora is ready|Error/)
})

test('says in a sentence that its port is taken', async (t) => {
  const other = createServer()
  other.listen(0, '127.0.0.1')
  await once(other, 'listening')
  t.after(() => other.close())
  const address = other.address()
  const port = typeof address === 'object' ? String(address?.port) : ''
  const { output, exited } = start(t, { PORT: port })
  assert.equal(await exited, 1)
  assert.equal(
    output(),
    `port ${port} on 127.0.0.1 is taken by another program: end it, or choose another port with PORT\n`,
  )
})

test('says in a sentence what is wrong with its configuration', async (t) => {
  const { output, exited } = start(t, { PORT: 'forty' })
  assert.equal(await exited, 1)
  assert.match(output(), /^PORT: "forty" is not allowed: .+\n$/)
})

test('says in a sentence that DATA_DIR can’t be made', async (t) => {
  const file = join(parent, 'a-file')
  await writeFile(file, '')
  const { output, exited } = start(t, { DATA_DIR: join(file, 'data'), PORT: '0' })
  assert.equal(await exited, 1)
  assert.match(output(), /^DATA_DIR: ".+" can't be made: .+\n$/)
})

test('says in a sentence that Node is too old', async () => {
  // The check reads nothing but process.versions: any Node can play an old one.
  const pretend = `data:text/javascript,Object.defineProperty(process, 'versions', { value: { node: '20.20.2' } })`
  const args = ['--import', pretend, '--import', './cli/check-node.mjs', 'cli/start.ts']
  const failed = await promisify(execFile)(process.execPath, args, { cwd: ROOT }).then(
    () => undefined,
    (error) => error,
  )
  assert.equal(failed?.code, 1)
  assert.match(failed?.stderr, /^Agora needs Node 24 and this is 20\.20\.2: .+\n$/)
})
