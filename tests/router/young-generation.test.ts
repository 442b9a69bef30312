import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { youngGenerationFlags } from '../../router/young-generation.ts'
import { startGraph } from './fixtures/graph.ts'
import { runRouter } from './fixtures/process.ts'

const GIGABYTE = 2 ** 30
const folder = await mkdtemp(join(tmpdir(), 'agora-young-generation-'))
after(() => rm(folder, { recursive: true }))

test('has room by the memory there is, and none of its own where that is short', () => {
  assert.deepEqual(youngGenerationFlags({}, 8 * GIGABYTE), ['--min-semi-space-size=128', '--max-semi-space-size=128'])
  assert.deepEqual(youngGenerationFlags({}, 2 * GIGABYTE), ['--min-semi-space-size=64', '--max-semi-space-size=64'])
  assert.deepEqual(youngGenerationFlags({}, GIGABYTE), [])
})

test('leaves alone what NODE_OPTIONS say', () => {
  assert.deepEqual(youngGenerationFlags({ NODE_OPTIONS: '--max-semi-space-size=16' }, 8 * GIGABYTE), [])
})

test('the executable begins again in the same process, with the room and all its arguments', async () => {
  const { supergraphSdl } = await startGraph()
  const file = join(folder, 'supergraph.graphql')
  await writeFile(file, supergraphSdl)
  const roomOf = async (env: Record<string, string>) => {
    const running = runRouter(['--supergraph', file, '--port', '0'], env)
    const url = await running.listening()
    const metrics = await (await fetch(new URL('/metrics', url))).text()
    const pid = running.lines.find(({ msg }) => msg === 'router is listening')?.['pid']
    assert.equal(pid, running.child.pid)
    running.child.kill('SIGTERM')
    assert.equal(await running.exited, 0)
    assert.equal(running.stderr(), '')
    return Number(/^nodejs_heap_space_size_total_bytes\{space="new"\} (\d+)$/m.exec(metrics)?.[1])
  }
  const [byItself, asTold] = await Promise.all([roomOf({}), roomOf({ NODE_OPTIONS: '--max-semi-space-size=1' })])
  // This machine may be a small one, or one that can't.
  const isGiven = youngGenerationFlags({}).length > 0 && process.execve !== undefined
  const expected = isGiven ? 32 * 2 ** 20 : 0
  assert.ok(byItself >= expected, `expected at least ${expected} bytes, got ${byItself}`)
  assert.ok(asTold < 8 * 2 ** 20, `expected what NODE_OPTIONS say, got ${asTold} bytes`)
})
