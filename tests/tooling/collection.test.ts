import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { buildSchema, parse, validate } from 'graphql'
import { z } from 'zod'
import { CAPTURES } from '../../cli/collection/captures.ts'
import { readExampleOperations } from '../../cli/collection/example-operations.ts'
import { COLLECTION_FILE, renderCollection } from '../../cli/collection/render-collection.ts'

const operations = readExampleOperations()
const text = readFileSync(COLLECTION_FILE, 'utf8')
const request = z.object({
  name: z.string(),
  request: z.object({
    method: z.literal('POST'),
    url: z.literal('{{url}}'),
    body: z.object({ mode: z.literal('graphql'), graphql: z.object({ query: z.string(), variables: z.string() }) }),
  }),
})
const collection = z
  .object({
    info: z.object({ schema: z.url() }),
    item: z.array(z.object({ name: z.string(), item: z.array(request) })),
    variable: z.array(z.object({ key: z.string(), value: z.string() })),
  })
  .parse(JSON.parse(text))
const requests = collection.item.flatMap(({ item }) => item)

test('the collection is what `npm run collection` makes', () => {
  assert.equal(text, renderCollection(operations), 'run `npm run collection` and commit what it writes')
})

test('it has every query and mutation once, and a login for the back office', () => {
  const names = requests.map(({ name }) => name.replaceAll(' ', '-'))
  const wanted = operations.filter(({ source }) => !/^subscription /m.test(source)).map(({ name }) => name)
  assert.deepEqual(names.toSorted(), [...wanted, 'login-as-admin'].toSorted())
})

test('every request is valid, and every variable that it needs is known', () => {
  const schema = buildSchema(readFileSync(new URL('../../schema/api.graphql', import.meta.url), 'utf8'))
  const known = new Set(collection.variable.map(({ key }) => key))
  for (const {
    name,
    request: { body },
  } of requests) {
    assert.deepEqual(validate(schema, parse(body.graphql.query)), [], name)
    const used = [...body.graphql.variables.matchAll(/\{\{(\w+)\}\}/g)].map((match) => match[1] ?? '')
    assert.deepEqual(
      used.filter((variable) => !known.has(variable)),
      [],
      name,
    )
    assert.doesNotThrow(() => JSON.parse(body.graphql.variables.replaceAll(/\{\{[$\w]+\}\}/g, '1')), name)
  }
})

test('what is kept of an answer is asked for', () => {
  for (const [name, captures] of Object.entries(CAPTURES)) {
    const source = operations.find((operation) => operation.name === name)?.source ?? ''
    for (const path of Object.values(captures))
      for (const field of path.filter((key) => !/^\d+$/.test(key)))
        assert.match(source, new RegExp(`\\b${field}\\b`), name)
  }
})
