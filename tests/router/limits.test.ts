import assert from 'node:assert/strict'
import { test } from 'node:test'
import { GraphQLError, getIntrospectionQuery } from 'graphql'
import { postGraphQL, subscribeGraphQL } from '../support/client.ts'
import { startGraph } from './fixtures/graph.ts'
import { startTestRouter } from './fixtures/router.ts'

const graph = await startGraph()
const router = await startTestRouter(
  graph.supergraphSdl,
  {},
  {
    limits: { depth: 5, fields: 60, rootFields: 12, aliases: 10, directives: 8, tokens: 400, bodyBytes: 20_000 },
  },
)

type Refusal = { message: string; extensions?: Record<string, unknown>; locations?: readonly object[] }

/** The same refusal over HTTP (twice: the second time the document is known) and over a socket. */
async function refusalOf(document: string): Promise<Refusal> {
  const first = await postGraphQL(router.url, { document })
  const second = await postGraphQL(router.url, { document })
  assert.equal(first.status, 400)
  assert.deepEqual([second.status, second.errors], [first.status, first.errors])
  assert.equal(first.errors?.length, 1)
  const overSocket = await socketErrors(document)
  assert.deepEqual(overSocket, first.errors)
  return first.errors?.[0] as Refusal
}

async function socketErrors(document: string): Promise<unknown> {
  try {
    return (await subscribeGraphQL(router.wsUrl, { document }).next()).value.errors
  } catch (error) {
    // graphql-ws gives what came in an `error` message, or the close event, as it is.
    if (error instanceof Error && !(error instanceof GraphQLError)) throw error
    return error
  }
}

const related = (levels: number): string =>
  `{ product(id: 1) ${'{ related '.repeat(levels)}{ id }${' }'.repeat(levels)} }`

test('refuses what nests too deep, says how deep and where', async () => {
  assert.equal((await postGraphQL(router.url, { document: related(3) })).status, 200)
  const { message, extensions, locations } = await refusalOf(related(4))
  assert.equal(message, 'query: expected at most 5 levels of fields, got 6')
  assert.deepEqual(extensions, { code: 'OPERATION_TOO_COMPLEX', limit: 'depth', maximum: 5, actual: 6 })
  assert.deepEqual(locations, [{ line: 1, column: related(4).indexOf('id }') + 1 }])
})

test('counts a fragment wherever it is spread', async () => {
  const document = `query Deep { product(id: 1) { related { ...A } } }
    fragment A on Product { related { ...B } } fragment B on Product { related { related { id } } }`
  assert.equal((await refusalOf(document)).message, 'query Deep: expected at most 5 levels of fields, got 6')
  const doubling = Array.from(
    { length: 20 },
    (_, level) => `fragment F${level} on Product { ${level < 19 ? `...F${level + 1} ...F${level + 1}` : 'id'} }`,
  )
  const { extensions } = await refusalOf(`{ product(id: 1) { ...F0 } } ${doubling.join(' ')}`)
  assert.deepEqual(extensions, { code: 'OPERATION_TOO_COMPLEX', limit: 'fields', maximum: 60, actual: 2 ** 19 + 1 })
})

test('a fragment within itself ends in an answer, not in a loop', async () => {
  const { status, errors } = await postGraphQL(router.url, {
    document: '{ product(id: 1) { ...A } } fragment A on Product { related { ...B } } fragment B on Product { ...A }',
  })
  assert.equal(status, 400)
  assert.equal(errors?.[0]?.extensions?.['code'], 'GRAPHQL_VALIDATION_FAILED')
})

test('refuses too many root fields, fields, aliases and directives, each by its name', async () => {
  const many = (count: number, field: (index: number) => string) =>
    `{ ${Array.from({ length: count }, (_, i) => field(i)).join(' ')} }`
  const cases: [string, string, number, number][] = [
    [many(13, () => 'products { id }'), 'rootFields', 12, 13],
    [many(12, () => 'products { id name price maker { name } }'), 'fields', 60, 72],
    [many(11, (index) => `p${index}: products { id }`), 'aliases', 10, 11],
    [many(9, () => 'products { id @include(if: true) }'), 'directives', 8, 9],
  ]
  for (const [document, limit, maximum, actual] of cases) {
    const { extensions, message } = await refusalOf(document)
    assert.deepEqual(extensions, { code: 'OPERATION_TOO_COMPLEX', limit, maximum, actual })
    assert.match(message, new RegExp(`at most ${maximum} .*, got ${actual}$`))
  }
})

test('stops parsing where the tokens are too many', async () => {
  const { message, extensions } = await refusalOf(`{ products { ${'id '.repeat(400)} } }`)
  assert.equal(message, 'document: expected at most 400 tokens, got more')
  assert.deepEqual(extensions, { code: 'OPERATION_TOO_COMPLEX', limit: 'tokens', maximum: 400 })
})

test('answers 200 to whoever wants application/json, as for every operation that can not be executed', async () => {
  const { status } = await postGraphQL(router.url, { document: related(4), headers: { accept: 'application/json' } })
  assert.equal(status, 200)
})

test('refuses a body that is too long, and closes a socket for such a message', async () => {
  const document = `{ products { id } } # ${'x'.repeat(20_000)}`
  const { status, errors } = await postGraphQL(router.url, { document })
  assert.equal(status, 413)
  assert.match(errors?.[0]?.message ?? '', /body: expected at most 20000 bytes, got more/)
  assert.equal(((await socketErrors(document)) as { code: number }).code, 1009)
})

test('counts what it refused by the limit', async () => {
  const text = await (await fetch(`${router.base}/metrics`)).text()
  for (const limit of ['depth', 'fields', 'rootFields', 'aliases', 'directives', 'tokens', 'bodyBytes'])
    assert.match(text, new RegExp(`agora_router_refused_total\\{limit="${limit}"\\} [1-9]`))
})

test('lets the introspection queries of GraphiQL and codegen pass by default, and stops what nests beyond reading', async () => {
  const byDefault = await startTestRouter(graph.supergraphSdl)
  const options = {
    inputValueDeprecation: true,
    directiveIsRepeatable: true,
    schemaDescription: true,
    specifiedByUrl: true,
  }
  const { data, errors } = await postGraphQL(byDefault.url, { document: getIntrospectionQuery(options) })
  assert.equal(errors, undefined)
  assert.equal(data.__schema.queryType.name, 'Query')
  const document = `{ products ${'{ related '.repeat(7_000)} { id } ${'}'.repeat(7_000)} }`
  const refused = await postGraphQL(byDefault.url, { document })
  assert.equal(refused.status, 400)
  assert.equal(refused.errors?.[0]?.extensions?.['code'], 'OPERATION_TOO_COMPLEX')
})
