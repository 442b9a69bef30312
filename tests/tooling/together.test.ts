import assert from 'node:assert/strict'
import { globSync, readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { filesOf, SUITES } from '../support/together.ts'

const TESTS = fileURLToPath(new URL('..', import.meta.url))

const names = Object.keys(SUITES) as (keyof typeof SUITES)[]
const processes = names.flatMap((name) =>
  Array.from({ length: SUITES[name].processes }, (_, index) => ({ name, number: index + 1 })),
)

test('every test file runs in one process of npm test, of test:slow or of test:browser', () => {
  const apart = globSync(['browser/*.test.ts', 'docs/*.test.ts', '**/*.slow.test.ts', '**/*.process.test.ts'], {
    cwd: TESTS,
  })
  const together = processes.flatMap(({ name, number }) => filesOf(name, number))
  const all = globSync('**/*.test.ts', { cwd: TESTS }).filter((file) => !file.startsWith('suites/'))
  assert.deepEqual([...apart, ...together].toSorted(), all.toSorted())
})

test('each process of a suite has its file', () => {
  const files = processes.map(({ name, number }) => `${name}-${number}.test.ts`)
  assert.deepEqual(readdirSync(`${TESTS}suites`).toSorted(), files.toSorted())
  for (const { name, number } of processes) {
    const text = readFileSync(`${TESTS}suites/${name}-${number}.test.ts`, 'utf8')
    assert.match(text, new RegExp(`^await runTogether\\('${name}', ${number}\\)$`, 'm'))
  }
})
