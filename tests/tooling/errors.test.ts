import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { describeVariables } from '#platform/runtime/config.ts'
import { OPEN_CODES } from '../../router/errors.ts'

const ROOT = new URL('../../', import.meta.url)
const read = (file: string): string => readFileSync(new URL(file, ROOT), 'utf8')
const sources = (folder: string): string[] =>
  readdirSync(new URL(folder, ROOT), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => `${folder}/${name}`)

/** Where code gives an error its code: an extension, a caller's error, and the small functions that make them. */
const GIVEN = [
  /\bcode: '([A-Z]+(?:_[A-Z]+)*)'/g,
  /\bCallerError\(\s*'([A-Z_]+)'/g,
  /\b(?:refuse|refusal|withCode|copy)\(\s*'([A-Z_]+)'/g,
]
/** Whatever looks like a code, wherever it stands. */
const LIKE_A_CODE = /'([A-Z]{3,}(?:_[A-Z]+)+)'/g
const VARIABLES = new Set(['APOLLO_TELEMETRY_DISABLED', ...describeVariables().map(({ name }) => name)])

test('docs/errors.md lists every code that a client can get, and no other', () => {
  const documented = [...read('docs/errors.md').matchAll(/^\| `([A-Z_]+)` \|/gm)].map(([, code]) => code)
  assert.deepEqual(documented.toSorted(), [...OPEN_CODES].toSorted())
})

test('the router gives its errors no code that is not on the list', () => {
  for (const file of sources('router')) {
    const text = read(file)
    const given = [...GIVEN, LIKE_A_CODE].flatMap((pattern) =>
      [...text.matchAll(pattern)].map(([, code]) => code ?? ''),
    )
    assert.deepEqual(
      given.filter((code) => !OPEN_CODES.has(code) && !VARIABLES.has(code)),
      [],
      file,
    )
  }
})

test('every code on the list is one that something gives', () => {
  const lists = ['router/errors.ts', 'platform/kernel/errors.ts', 'platform/graphql/format-error.ts']
  const texts = ['router', 'platform', 'subgraphs']
    .flatMap(sources)
    .filter((file) => !lists.includes(file))
    .map(read)
  // Faults are masked where the lists are.
  const given = new Set<unknown>(['INTERNAL_SERVER_ERROR'])
  for (const text of texts) for (const [, code] of text.matchAll(/'([A-Z]+(?:_[A-Z]+)*)'/g)) given.add(code)
  assert.deepEqual(
    [...OPEN_CODES].filter((code) => !given.has(code)),
    [],
  )
})
