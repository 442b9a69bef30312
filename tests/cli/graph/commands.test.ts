import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { dayOf, openUsageStore } from '../../../router/usage/usage-store.ts'
import { quiet } from '../../support/quiet.ts'
import { createRepository } from './repository.ts'

const BIN = fileURLToPath(new URL('../../../cli/graph/bin.mjs', import.meta.url))
const repository = await createRepository()
const { root } = repository

/** Runs the command as a person does. */
function graph(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [BIN, ...args], { cwd: root, encoding: 'utf8' })
  return { status, stdout, stderr }
}

test('compose writes what --check then finds current, and says so by its exit code', () => {
  assert.equal(graph('compose', '--check').status, 1)
  const composed = graph('compose')
  assert.equal(composed.status, 0, composed.stderr)
  assert.match(readFileSync(join(root, 'schema/api.graphql'), 'utf8'), /type Book/)
  assert.deepEqual(graph('compose', '--check').stdout, 'The composed schemas are current.\n')
})

test('a graph that breaks clients ends with 1, in the format that was asked for', async () => {
  repository.branch()
  await repository.edit('schema/books.graphql', '  "Its title."\n  title: String!\n', '')
  const json = JSON.parse(graph('check', '--against', 'main', '--json').stdout)
  assert.equal(json.command, 'check')
  assert.ok(json.findings.some(({ rule }: { rule: string }) => rule === 'breaking-used'))
  const sarif = JSON.parse(graph('check', '--against', 'main', '--format', 'sarif').stdout)
  assert.equal(sarif.version, '2.1.0')
  assert.equal(
    sarif.runs[0].results[0].locations[0].physicalLocation.artifactLocation.uri,
    'examples/operations/list-books.graphql',
  )
  const github = graph('check', '--against', 'main', '--format', 'github')
  assert.match(github.stdout, /^::error file=examples\/operations\/list-books\.graphql,line=4,title=/)
  assert.equal(github.status, 1)
  repository.git('checkout', '--quiet', '--force', 'main')
})

test('what can be removed is told by what routers recorded', async () => {
  const store = openUsageStore(join(root, 'usage'), quiet)
  const day = dayOf(Date.now() - 5 * 24 * 3_600_000)
  await store.add([{ day, client: 'ios', version: '3', coordinate: 'Book.title', count: 2 }])
  await store.stop()
  const { stdout, status } = graph('usage', 'report', '--usage', 'usage', '--days', '5')
  assert.equal(status, 0)
  assert.match(stdout, /so it may go:\n {2}Book\.heading\n/)
  const early = graph('usage', 'report', '--usage', 'usage', '--days', '30').stdout
  assert.match(early, /so it may go:\n {2}none\n[^]*too short \(since [\d-]+\) to let it go:\n {2}Book\.heading\n/)
  assert.doesNotMatch(stdout, /Book\.title/)
})

test('what can not be done ends with 2 and a sentence', () => {
  for (const [args, sentence] of [
    [['check', '--against', 'nowhere'], /nowhere is none/],
    [['explain', 'nothing'], /nothing is none/],
    [['usage', 'report'], /--usage/],
    [['lint', '--format', 'pdf'], /--format: expected text, json, sarif, github, got pdf/],
    [['nonsense'], /expected one of compose, check/],
    [['check', '--nonsense'], /--nonsense/],
    [['check'], /no commit before/],
    [['check', '--against', 'HEAD', '--usage', '.', '--days', '101'], /--days: expected 1 to 100, got 101/],
  ] as const) {
    const { status, stderr } = graph(...args)
    assert.equal(status, 2, args.join(' '))
    assert.match(stderr, sentence)
  }
  assert.equal(graph('help').status, 0)
})

test('who reads the beginning only ends it without a complaint', async () => {
  const child = spawn(process.execPath, [BIN, 'lint', '--rules'], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
  child.stdout.destroy()
  const [complaints, [exitCode]] = await Promise.all([text(child.stderr), once(child, 'exit')])
  assert.deepEqual([complaints, exitCode], ['', 0])
})
