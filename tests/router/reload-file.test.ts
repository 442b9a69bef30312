import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { postGraphQL } from '../support/client.ts'
import { waitUntil } from '../support/wait-until.ts'
import { compose, startGraph } from './fixtures/graph.ts'

const MAIN = fileURLToPath(new URL('../../router/main.ts', import.meta.url))
const folder = await mkdtemp(join(tmpdir(), 'agora-reload-'))
after(() => rm(folder, { recursive: true }))

const graph = await startGraph()
const small = compose([graph.catalog, graph.stock])
const full = graph.supergraphSdl

type Run = { child: ChildProcess; lines: string[]; url: string; exited: Promise<unknown[]> }

async function run(file: string): Promise<Run> {
  const child = spawn(process.execPath, [MAIN, '--supergraph', file, '--port', '0'], {
    env: {},
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  after(() => child.kill('SIGKILL'))
  const lines: string[] = []
  child.stdout.setEncoding('utf8').on('data', (text: string) => lines.push(...text.split('\n')))
  const listening = () => lines.find((line) => line.includes('router is listening'))
  await waitUntil('the router listens', () => listening() !== undefined)
  return { child, lines, url: JSON.parse(listening() ?? '{}').url, exited: once(child, 'close') }
}

const knowsReviews = async (url: string) =>
  (await postGraphQL(url, { document: '{ product(id: 1) { reviews { text } } }' })).errors === undefined

test('serves the file as it is now: written over, replaced by another, and not when it is broken', async () => {
  const file = join(folder, 'supergraph.graphql')
  await writeFile(file, small)
  const { child, lines, url, exited } = await run(file)
  assert.equal(await knowsReviews(url), false)

  await writeFile(file, full)
  await waitUntil('the new file is served', () => knowsReviews(url))

  await writeFile(file, full.slice(0, full.length / 2))
  await waitUntil('it says so', () => lines.some((line) => line.includes('the new supergraph is broken')))
  assert.equal(await knowsReviews(url), true)

  await rm(file)
  await waitUntil('it says so', () => lines.some((line) => line.includes("the supergraph can't be read")))
  assert.equal(await knowsReviews(url), true)

  await writeFile(`${file}.new`, small)
  await rename(`${file}.new`, file)
  await waitUntil('the replaced file is served', async () => !(await knowsReviews(url)))
  child.kill('SIGTERM')
  assert.deepEqual((await exited)[0], 0)
})

test('looks again on SIGHUP, where nothing tells that a file has changed', async () => {
  const elsewhere = join(folder, 'elsewhere')
  await mkdir(elsewhere)
  await writeFile(join(elsewhere, 'target.graphql'), small)
  const file = join(folder, 'linked.graphql')
  await symlink(join(elsewhere, 'target.graphql'), file)
  const { child, url, exited } = await run(file)
  await writeFile(join(elsewhere, 'target.graphql'), full)
  assert.equal(await knowsReviews(url), false)
  child.kill('SIGHUP')
  await waitUntil('the new file is served', () => knowsReviews(url))
  child.kill('SIGTERM')
  assert.deepEqual((await exited)[0], 0)
})
