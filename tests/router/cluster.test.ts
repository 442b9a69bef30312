import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { readMetrics } from '../support/metrics.ts'
import { waitUntil } from '../support/wait-until.ts'
import { startGraph } from './fixtures/graph.ts'
import { runRouter } from './fixtures/process.ts'

const folder = await mkdtemp(join(tmpdir(), 'agora-cluster-'))
after(() => rm(folder, { recursive: true }))
const graph = await startGraph()
const file = join(folder, 'supergraph.graphql')
await writeFile(file, graph.supergraphSdl)

const router = runRouter(['--supergraph', file, '--port', '0'], { CLUSTER: '2' })
const url = await router.listening(2)
const pids = () => router.lines.filter(({ msg }) => msg === 'router is listening').map(({ pid }) => Number(pid))
const ANSWERED = 'agora_router_http_requests_total{status="200"}'

/** Asks over a connection of its own, as another client would: connections go to the workers in turn. */
function ask(): Promise<number | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<number | undefined>()
  const asked = request(url, { method: 'POST', agent: false, headers: { 'content-type': 'application/json' } })
  asked.once('error', reject).once('response', (response) => {
    response.resume().once('close', () => resolve(response.statusCode))
  })
  asked.end('{"query":"{ product(id: 1) { name } }"}')
  return promise
}

test('several processes share the port, and each shows the metrics of all', async () => {
  assert.deepEqual(await Promise.all([1, 2, 3, 4].map(ask)), [200, 200, 200, 200])
  await waitUntil('all are counted', async () => (await readMetrics(url))(ANSWERED) === 4)
  assert.equal(new Set(pids()).size, 2)
})

test('a worker that dies is replaced, and the others serve meanwhile', async () => {
  const [first = 0] = pids()
  process.kill(first, 'SIGKILL')
  await waitUntil('the death was noticed', () =>
    router.lines.some(({ pid, signal }) => pid === first && signal === 'SIGKILL'),
  )
  assert.equal(await ask(), 200)
  await router.listening(3)
  assert.deepEqual(await Promise.all([1, 2, 3, 4].map(ask)), [200, 200, 200, 200])
  assert.equal(new Set(pids()).size, 3)
})

test('SIGTERM ends all of them, gracefully', async () => {
  const held = graph.catalog.hold()
  const waiting = ask()
  await held.called
  router.child.kill('SIGTERM')
  await waitUntil('it takes no more', () =>
    fetch(url).then(
      () => false,
      () => true,
    ),
  )
  held.release()
  assert.equal(await waiting, 200)
  assert.equal(await router.exited, 0)
  assert.equal(router.stderr(), '')
})

test('what keeps a worker from starting is told once, and ends all of it', async () => {
  const failing = runRouter(['--supergraph', join(folder, 'missing.graphql'), '--port', '0'], { CLUSTER: '3' })
  assert.equal(await failing.exited, 1)
  assert.match(failing.stderr(), /^router: --supergraph: .*missing\.graphql can't be read.*\n$/)
})

test('no worker outlives a primary that is killed', async () => {
  const killed = runRouter(['--supergraph', file, '--port', '0'], { CLUSTER: '2' })
  const itsUrl = await killed.listening(2)
  killed.child.kill('SIGKILL')
  await killed.exited
  await assert.rejects(fetch(itsUrl))
})
