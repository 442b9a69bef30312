import assert from 'node:assert/strict'
import { test } from 'node:test'
import { postGraphQL } from '../support/client.ts'
import { startGraph } from './fixtures/graph.ts'
import { serveTokens, startTestRouter } from './fixtures/router.ts'

const graph = await startGraph()
const tokens = await serveTokens()
const router = await startTestRouter(graph.supergraphSdl, { JWKS_URL: tokens.jwksUrl })
const keyless = await startTestRouter(graph.supergraphSdl)

const ask = (document: string, options: { token?: string; variables?: object } = {}) =>
  postGraphQL(router.url, { document, ...options })
const denied = (answer: Awaited<ReturnType<typeof ask>>) =>
  (answer.errors ?? []).map(({ path, extensions }) => [path?.join('.'), extensions?.['code']])
const DENIED = 'UNAUTHORIZED_FIELD_OR_TYPE'

test('answers a guest with null and an error for a field that needs a scope, and the rest', async () => {
  const answer = await ask('{ product(id: 1) { name cost stock } }')
  assert.deepEqual(answer.data, { product: { name: 'Headphones', cost: null, stock: 10 } })
  assert.deepEqual(denied(answer), [['product.cost', DENIED]])
  assert.equal(answer.errors?.[0]?.message, 'Product.cost needs the scope cost:read')
  assert.equal(answer.status, 200)
})

test('never asks a subgraph for what was denied', async () => {
  graph.catalog.calls.length = 0
  await ask('{ product(id: 1) { name cost } audit }')
  assert.equal(
    graph.catalog.calls.some(({ query }) => /cost|audit/.test(query)),
    false,
  )
})

test('gives the field to a token with its scope', async () => {
  const answer = await ask('{ product(id: 1) { name cost } }', { token: tokens.token({ scopes: ['cost:read'] }) })
  assert.deepEqual([answer.data, answer.errors], [{ product: { name: 'Headphones', cost: 60 } }, undefined])
})

test('takes scopes as alternatives of which one has to be met in full', async () => {
  const audit = async (scopes: string[]) => (await ask('{ audit }', { token: tokens.token({ scopes }) })).data.audit
  assert.equal(await audit(['audit:read']), 'all well')
  assert.equal(await audit(['admin', 'auditor']), 'all well')
  assert.equal(await audit(['admin']), null)
})

test('names each place in a list', async () => {
  const answer = await ask('{ products { id cost counted } }')
  assert.deepEqual(answer.data, {
    products: [
      { id: '1', cost: null, counted: null },
      { id: '2', cost: null, counted: null },
    ],
  })
  assert.deepEqual(
    denied(answer),
    ['products.0.cost', 'products.0.counted', 'products.1.cost', 'products.1.counted'].map((path) => [path, DENIED]),
  )
})

test('lets the null of a denied non-null field rise to the next nullable place', async () => {
  const answer = await ask('{ product(id: 1) { id related { id margin } } shelves { label code } }')
  assert.deepEqual(answer.data, { product: { id: '1', related: null }, shelves: [null, null] })
  assert.deepEqual(denied(answer), [
    ['product.related.0.margin', DENIED],
    ['shelves.0.0.code', DENIED],
  ])
  const top = await ask('{ products { margin } }')
  assert.equal(top.data, null)
  assert.deepEqual(denied(top), [['products.0.margin', DENIED]])
})

test('finds what is denied behind aliases, fragments and nested fragments', async () => {
  const answer = await ask(`
    query { first: product(id: 1) { ...A } ... on Query { second: product(id: 2) { ... { secret: cost } ...A } } }
    fragment A on Product { price ...B }
    fragment B on Product { hidden: cost }
  `)
  assert.deepEqual(answer.data, {
    first: { price: 100, hidden: null },
    second: { secret: null, price: 200, hidden: null },
  })
  assert.deepEqual(
    denied(answer)
      .map(([path]) => path)
      .toSorted(),
    ['first.hidden', 'second.hidden', 'second.secret'],
  )
})

test('says nothing of a denied field that @skip or @include leave out', async () => {
  const document =
    'query($with: Boolean = false) { product(id: 1) { id cost @include(if: $with) margin @skip(if: true) ... @include(if: $with) { hidden: cost } } }'
  const without = await ask(document)
  assert.deepEqual([without.data, without.errors], [{ product: { id: '1' } }, undefined])
  const including = await ask(document, { variables: { with: true } })
  assert.deepEqual(including.data, { product: { id: '1', cost: null, hidden: null } })
})

test('answers an operation of which nothing is left', async () => {
  const answer = await ask('{ audit me { id } product(id: 1) { cost } }')
  assert.deepEqual(answer.data, { audit: null, me: null, product: { cost: null } })
  assert.deepEqual(
    denied(answer).map(([path]) => path),
    ['audit', 'me', 'product.cost'],
  )
})

test('denies fields whose object type, enum or scalar needs a token', async () => {
  const answer = await ask('{ mood product(id: 1) { maker { name } } }')
  assert.deepEqual(answer.data, { mood: null, product: { maker: null } })
  const signedIn = await ask('{ mood product(id: 1) { maker { name } } }', { token: tokens.token() })
  assert.deepEqual(signedIn.data, { mood: 'GOOD', product: { maker: { name: 'Acme' } } })
})

test('hides the members of a union that turn out to be of a protected type', async () => {
  for (const document of [
    '{ things { __typename ... on Product { name } ... on Dossier { text } } }',
    '{ things { ... on Product { name } __typename } }',
  ]) {
    const answer = await ask(document)
    assert.equal(answer.data, null, 'the list holds no nulls')
    assert.deepEqual(denied(answer), [['things.1', DENIED]])
    assert.equal(JSON.stringify(answer).includes('secret'), false)
  }
  const auditor = await ask('{ things { ... on Dossier { text } } }', {
    token: tokens.token({ scopes: ['audit:read'] }),
  })
  assert.deepEqual(auditor.data, { things: [{}, { text: 'secret' }] })
})

test('takes no alias that would hide what a member of a union is', async () => {
  const answer = await ask('{ things { ... on Product { __typename: name } } }')
  assert.deepEqual(
    [answer.status, answer.data, answer.errors?.[0]?.extensions?.['code']],
    [400, undefined, 'GRAPHQL_VALIDATION_FAILED'],
  )
})

test('denies a field of one implementing type only, behind an interface', async () => {
  const answer = await ask('{ media { url ... on Image { width } ... on Video { seconds } } }')
  assert.deepEqual(answer.data, {
    media: [
      { url: 'i', width: 3 },
      { url: 'v', seconds: null },
    ],
  })
  assert.deepEqual(denied(answer), [['media.1.seconds', DENIED]])
})

test('refuses a mutation whole where one root field is denied, and runs none of it', async () => {
  const answer = await ask(
    'mutation { rename(id: 1, name: "refused") { id } ...More } fragment More on Mutation { gone: purge(id: 1) }',
  )
  assert.equal(answer.data, null)
  assert.deepEqual(denied(answer), [['gone', DENIED]])
  assert.equal(graph.names.includes('refused'), false)
})

test('runs a mutation whose denied root field is skipped, or whose denied fields lie deeper', async () => {
  const skipped = await ask('mutation { rename(id: 1, name: "runs") { id } purge(id: 1) @skip(if: true) }')
  assert.deepEqual([skipped.data, skipped.errors], [{ rename: { id: '1' } }, undefined])
  const deeper = await ask('mutation { rename(id: 1, name: "deep") { name cost } }')
  assert.deepEqual(deeper.data, { rename: { name: 'deep', cost: null } })
})

test('leaves introspection alone', async () => {
  const { data, errors } = await ask(
    '{ __schema { queryType { name } } __type(name: "Product") { fields { name } } cost: audit }',
  )
  assert.equal(data.__schema.queryType.name, 'Query')
  assert.ok((data.__type.fields as { name: string }[]).some(({ name }) => name === 'cost'))
  assert.equal(errors?.length, 1)
})

test("does not take one viewer's filter for another's", async () => {
  const document = '{ product(id: 1) { cost } }'
  const token = tokens.token({ scopes: ['cost:read'] })
  for (const expected of [60, null, 60, null]) {
    const answer = await ask(document, expected === null ? {} : { token })
    assert.deepEqual(answer.data, { product: { cost: expected } })
  }
})

test('keeps errors of subgraphs beside its own', async () => {
  const answer = await ask('{ broken(code: "NOT_FOUND") product(id: 1) { cost } strictly: strict }')
  assert.equal(answer.data, null)
  assert.equal(
    answer.errors?.some(({ path }) => path?.[0] === 'strictly'),
    true,
  )
})

test('without keys ignores tokens, denies what needs one, and says so', async () => {
  const answer = await postGraphQL(keyless.url, {
    document: '{ product(id: 1) { name cost } }',
    token: tokens.token({ scopes: ['cost:read'] }),
  })
  assert.equal(answer.status, 200)
  assert.deepEqual(answer.data, { product: { name: 'Headphones', cost: null } })
  assert.ok(keyless.lines.some(({ msg }) => String(msg).includes('tokens are ignored')))
})
