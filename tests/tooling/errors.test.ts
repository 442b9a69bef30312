import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { assertEnumType, assertInterfaceType, buildSchema } from 'graphql'
import { OPEN_CODES } from '../../router/errors.ts'

const ROOT = new URL('../../', import.meta.url)
const read = (file: string): string => readFileSync(new URL(file, ROOT), 'utf8')

/** Where code gives an error its code: an extension, a caller's error, and the small functions that make them. */
const GIVEN = [
  /\bcode: '([A-Z]+(?:_[A-Z]+)*)'/g,
  /\bCallerError\(\s*'([A-Z_]+)'/g,
  /\b(?:refuse|refusal|withCode|copy)\(\s*'([A-Z_]+)'/g,
]

test('docs/errors.md lists every code that a client can get, and no other', () => {
  const documented = [...read('docs/errors.md').matchAll(/^\| `([A-Z_]+)` \|/gm)].map(([, code]) => code)
  assert.deepEqual(documented.toSorted(), [...OPEN_CODES].toSorted())
})

test('docs/errors.md lists the codes of every type of userErrors', () => {
  const documented = [...read('docs/errors.md').matchAll(/^\| `(\w+Error)`: .* \| (.*) \|$/gm)].map(
    ([, type = '', codes = '']) => [type, [...codes.matchAll(/`(\w+)`/g)].map(([, code]) => code).toSorted()],
  )
  const schema = buildSchema(read('schema/api.graphql'))
  const inSchema = schema.getPossibleTypes(assertInterfaceType(schema.getType('UserError'))).map(({ name }) => {
    const codes = assertEnumType(schema.getType(`${name}Code`)).getValues()
    return [name, codes.map((value) => value.name).toSorted()]
  })
  assert.deepEqual(Object.fromEntries(documented), Object.fromEntries(inSchema))
})

test('the router gives its errors no code that is not on the list', () => {
  const files = readdirSync(new URL('router', ROOT), { recursive: true, encoding: 'utf8' })
  for (const file of files.filter((name) => name.endsWith('.ts'))) {
    const text = read(`router/${file}`)
    const given = GIVEN.flatMap((pattern) => [...text.matchAll(pattern)].map(([, code]) => code))
    assert.deepEqual(
      given.filter((code) => !OPEN_CODES.has(code)),
      [],
      file,
    )
  }
})
