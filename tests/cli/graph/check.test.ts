import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { check } from '../../../cli/graph/check/check.ts'
import type { Finding } from '../../../cli/graph/report/finding.ts'
import { baseCommit, workingTree } from '../../../cli/graph/source/files.ts'
import { dayOf, openUsageStore } from '../../../router/usage/usage-store.ts'
import { quiet } from '../../support/quiet.ts'
import { createRepository } from './repository.ts'

const repository = await createRepository()
const { root, git, edit, write } = repository

/** What a pull request with this change is told, but for what is safe. */
async function verdictOn(change: () => Promise<void>, usage?: string): Promise<Finding[]> {
  repository.branch()
  await change()
  repository.commit('the change')
  const base = await baseCommit(root, undefined)
  assert.equal(base, git('rev-parse', 'main'))
  const sinceDay = dayOf(Date.now() - 30 * 24 * 3_600_000)
  const options = { root, now: workingTree(root), base, manifests: [] }
  const findings = await check({ ...options, usage: usage === undefined ? undefined : { location: usage, sinceDay } })
  return findings.filter(({ rule }) => rule !== 'safe')
}

const rulesOf = (findings: readonly Finding[]): string[] => findings.map(({ severity, rule }) => `${severity} ${rule}`)

test('1. a new field passes', async () => {
  const change = () => edit('schema/books.graphql', '  "Its title."', '  "Its size."\n  pages: Int!\n  "Its title."')
  assert.deepEqual(await verdictOn(change), [])
})

test('2. a field that an operation selects may not go, and the operation and its line are named', async () => {
  const findings = await verdictOn(() => edit('schema/books.graphql', '  "Its title."\n  title: String!\n', ''))
  const [removed = assert.fail()] = findings.filter(({ rule }) => rule === 'breaking-used')
  assert.match(removed.message, /title/)
  assert.deepEqual(removed.places, [{ file: 'examples/operations/list-books.graphql', line: 4, of: 'list-books' }])
})

test('3. a field that nobody selects may not go either before it was deprecated', async () => {
  const change = () => edit('schema/books.graphql', '  "How often it was printed."\n  printings: Int!\n', '')
  const findings = await verdictOn(change)
  assert.deepEqual(rulesOf(findings), ['error deprecate-first'])
  assert.deepEqual(
    findings[0]?.places,
    [{ file: 'schema/books.graphql', line: 14 }],
    'where it was: the line of its type',
  )
})

const HEADING = '  "Gone soon."\n  heading: String @deprecated(reason: "2026-11-01: use title")\n'
const removeHeading = () => edit('schema/books.graphql', HEADING, '')

test('4. a deprecated field that nobody selects may go', async () => {
  assert.deepEqual(rulesOf(await verdictOn(removeHeading)), ['note breaking-unused'])
})

/** A usage log with these entries: what was asked for, and how many days ago. */
async function usageOf(name: string, entries: readonly (readonly [coordinate: string, daysAgo: number])[]) {
  const folder = join(root, '.git', name)
  const store = openUsageStore(folder, quiet)
  const day = (daysAgo: number) => dayOf(Date.now() - daysAgo * 24 * 3_600_000)
  const client = { client: 'ios', version: '3.2', count: 7 }
  await store.add(entries.map(([coordinate, daysAgo]) => ({ ...client, coordinate, day: day(daysAgo) })))
  await store.stop()
  return folder
}

test('5. a deprecated field that the usage log still has stays, and the client is named', async () => {
  const folder = await usageOf('used', [['Book.heading', 0]])
  const [finding = assert.fail(), ...others] = await verdictOn(removeHeading, folder)
  assert.deepEqual([finding.rule, others], ['still-used', []])
  assert.match(finding.message, /ios 3\.2 asked 7 times/)
})

test('a deprecated field may go once it was not asked for in all the days that count, and no sooner', async () => {
  const young = await usageOf('young', [['Book.title', 29]])
  assert.deepEqual(rulesOf(await verdictOn(removeHeading, young)), ['error usage-too-short'])
  const old = await usageOf('old', [
    ['Book.heading', 31],
    ['Book.title', 29],
  ])
  assert.deepEqual(rulesOf(await verdictOn(removeHeading, old)), ['note breaking-unused'])
})

test('a deprecation says since when and what to use, or it is none', async () => {
  const findings = await verdictOn(() =>
    edit('schema/books.graphql', '  printings: Int!', '  printings: Int! @deprecated(reason: "old")'),
  )
  assert.deepEqual(rulesOf(findings), ['error deprecation-dated'])
})

test('a branch that has no commit yet is held against main as it is', async () => {
  repository.branch()
  assert.equal(await baseCommit(root, undefined), git('rev-parse', 'main'))
})

test('6. an argument that must be given breaks the operations without it', async () => {
  const change = () =>
    edit('schema/books.graphql', '    topic: String', '    topic: String\n    "Where."\n    shop: ID!')
  assert.deepEqual(rulesOf(await verdictOn(change)), ['error operation-invalid', 'error breaking-used'])
})

test('an argument that all operations give already may become one that must be given', async () => {
  const change = () => edit('schema/books.graphql', '    topic: String', '    topic: String!')
  assert.deepEqual(rulesOf(await verdictOn(change)), ['note breaking-unused'])
})

test('7. a field that may become null breaks the operations that select it', async () => {
  const [changed = assert.fail()] = await verdictOn(() =>
    edit('schema/books.graphql', '  title: String!', '  title: String'),
  )
  assert.deepEqual([changed.rule, changed.places[0]?.of], ['breaking-used', 'list-books'])
})

test('8. a new value of an enum that clients read is a warning', async () => {
  const change = () => edit('schema/books.graphql', '  "On paper."', '  "To be heard."\n  AUDIO\n  "On paper."')
  assert.deepEqual(rulesOf(await verdictOn(change)), ['warning dangerous'])
})

test('a new value of an enum that clients only send is safe', async () => {
  assert.deepEqual(await verdictOn(() => edit('schema/reviews.graphql', '  "Glad."', '  "Sad."\n  SAD\n  "Glad."')), [])
})

test('9. an input field that a variable may hold may not go', async () => {
  const [removed = assert.fail()] = await verdictOn(() =>
    edit('schema/reviews.graphql', '  "In words."\n  text: String\n', ''),
  )
  assert.deepEqual([removed.rule, removed.places[0]?.of], ['breaking-used', 'review'])
})

test('10. a subgraph that does not compose with the others is told with file, line and where to read on', async () => {
  const [error = assert.fail()] = await verdictOn(() =>
    edit('schema/common.graphql', 'type PageInfo @shareable', 'type PageInfo'),
  )
  assert.match(error.message, /INVALID_FIELD_SHARING/)
  assert.equal(error.places[0]?.file, 'schema/common.graphql')
  assert.match(error.hint ?? '', /^https:/)
})

test('what can not be reached is told with the fields concerned', async () => {
  const findings = await verdictOn(() =>
    edit(
      'schema/reviews.graphql',
      'type Book @key(fields: "id") {',
      'type Book @key(fields: "id", resolvable: false) {',
    ),
  )
  assert.match(findings[0]?.message ?? '', /SATISFIABILITY_ERROR/)
  assert.ok(
    findings[0]?.places.some(({ file, line, of }) => `${file}:${line} ${of}` === 'schema/reviews.graphql:7 reviews'),
  )
})

test('a syntax error is told with file and line', async () => {
  const findings = await verdictOn(() => edit('schema/reviews.graphql', 'type Mutation', 'typ Mutation'))
  assert.deepEqual(rulesOf(findings), ['error syntax'])
  assert.deepEqual(findings[0]?.places, [{ file: 'schema/reviews.graphql', line: 17, of: 'reviews' }])
})

test('an operation of the repository that its own graph refuses is an error', async () => {
  const findings = await verdictOn(() => write('examples/operations/new.graphql', '{ nothing }'))
  assert.deepEqual(rulesOf(findings), ['error operation-invalid'])
})

test('clients send what they sent at the base, though the change moves the operation along', async () => {
  const findings = await verdictOn(async () => {
    await edit('schema/books.graphql', '  title: String!', '  title: String')
    await write('examples/operations/list-books.graphql', '{ books { id } }')
  })
  assert.deepEqual(rulesOf(findings), ['error breaking-used'])
})

test('a document of a manifest counts like an operation', async () => {
  const manifest = { operations: [{ id: 'a', name: 'Printings', body: '{ books { printings } }' }] }
  repository.branch()
  await write('manifest.json', JSON.stringify(manifest))
  await edit('schema/books.graphql', '  printings: Int!', '  printings: Int')
  const findings = await check({
    root,
    now: workingTree(root),
    base: await baseCommit(root, 'main'),
    manifests: ['manifest.json'],
    usage: undefined,
  })
  assert.deepEqual(findings[0]?.places, [{ file: 'manifest.json', line: 1, of: 'Printings' }])
})

test('what a contract no longer shows breaks its clients, though the whole graph still has it', async () => {
  const [error = assert.fail(), ...others] = await verdictOn(() =>
    edit('schema/books.graphql', '  title: String!', '  title: String! @tag(name: "office")'),
  )
  assert.deepEqual([error.rule, others], ['breaking-used', []])
  assert.match(error.message, /^contract shop: .*title/)
})

test('a contract whose tags nothing has is an error at its line, and one that is gone a warning', async () => {
  const [misspelt = assert.fail(), ...others] = await verdictOn(() =>
    write('contracts.yaml', '# Variants.\nshop:\n  exclude: [ofice]\n'),
  )
  assert.deepEqual([misspelt.rule, others], ['contract', []])
  assert.match(misspelt.message, /contract shop: nothing in the graph has the tag ofice/)
  assert.deepEqual(misspelt.places, [{ file: 'contracts.yaml', line: 2 }])
  assert.deepEqual(rulesOf(await verdictOn(() => write('contracts.yaml', ''))), ['warning contract-removed'])
})
