import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { postGraphQL, subscribeGraphQL } from '../support/client.ts'
import { startGraph } from './fixtures/graph.ts'
import { runRouter } from './fixtures/process.ts'
import { startTestRouter } from './fixtures/router.ts'

const folder = await mkdtemp(join(tmpdir(), 'agora-router-'))
after(() => rm(folder, { recursive: true }))

const graph = await startGraph()
const supergraphFile = join(folder, 'supergraph.graphql')
await writeFile(supergraphFile, graph.supergraphSdl)

async function refusal(args: string[], env: Record<string, string> = {}): Promise<string> {
  const failing = runRouter(args, env)
  assert.equal(await failing.exited, 1)
  const text = failing.stderr().trim()
  assert.equal(text.split('\n').length, 1, `expected one sentence, got: ${text}`)
  return text
}

test('serves any supergraph file with no environment at all, says that tokens are ignored, and stops on SIGTERM', async () => {
  const running = runRouter(['--supergraph', supergraphFile, '--port', '0'])
  const url = await running.listening()
  const { data, errors } = await postGraphQL(url, {
    document: '{ product(id: 1) { name stock cost } }',
    token: 'whatever',
  })
  assert.deepEqual(data, { product: { name: 'Headphones', stock: 10, cost: null } })
  assert.equal(errors?.[0]?.extensions?.['code'], 'UNAUTHORIZED_FIELD_OR_TYPE')
  assert.equal((await fetch(new URL('/health', url))).status, 200)
  const events = subscribeGraphQL(url, { document: 'subscription { priceChanged(id: 1) { name stock } }' })
  assert.deepEqual((await events.next()).value.data, { priceChanged: { name: 'Headphones', stock: 10 } })
  await events.return?.()
  assert.ok(running.lines.some(({ msg }) => String(msg).includes('tokens are ignored')))
  running.child.kill('SIGTERM')
  assert.equal(await running.exited, 0)
  assert.equal(running.stderr(), '')
})

test('takes --port before PORT', async () => {
  const running = runRouter(['--supergraph', supergraphFile, '--port', '0'], { PORT: '1' })
  assert.notEqual(new URL(await running.listening()).port, '1')
  running.child.kill('SIGTERM')
  assert.equal(await running.exited, 0)
})

test("tells in one sentence why it can't start", async () => {
  const taken = await startTestRouter(graph.supergraphSdl)
  const { port } = new URL(taken.url)
  const broken = join(folder, 'broken.graphql')
  await writeFile(broken, 'type Query { a: }')
  const plain = join(folder, 'plain.graphql')
  await writeFile(plain, 'type Query { a: Int }')
  const sentences = await Promise.all([
    refusal(['--supergraph', supergraphFile, '--port', port]),
    refusal(['--supergraph', join(folder, 'missing.graphql'), '--port', '0']),
    refusal(['--supergraph', broken, '--port', '0']),
    refusal(['--supergraph', plain, '--port', '0']),
    refusal(['--supergraph', supergraphFile, '--port', 'http']),
    refusal(['--supergraph', supergraphFile], { PORT: 'x' }),
    refusal(['--nonsense']),
  ])
  const expected = [
    /port \d+ on .* is taken/,
    /missing\.graphql can't be read/,
    /expected a supergraph: Syntax Error/,
    /expected a supergraph/,
    /--port: expected a number/,
    /PORT: "x" is not allowed/,
    /--nonsense/,
  ]
  for (const [index, pattern] of expected.entries()) assert.match(sentences[index] ?? '', pattern)
})
