import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { ApolloClient, gql, HttpLink, InMemoryCache } from '@apollo/client'
import { Defer20220824Handler, GraphQL17Alpha9Handler } from '@apollo/client/incremental'
import { createClient } from 'graphql-ws'
import { waitUntil } from '../support/wait-until.ts'
import { allParts, ask, DEFER_SPEC, INCREMENTAL_SPEC, mergeParts } from './defer/read-parts.ts'
import { startGraph } from './fixtures/graph.ts'
import { serveTokens, startTestRouter } from './fixtures/router.ts'

const [graph, tokens] = await Promise.all([startGraph(), serveTokens()])
const router = await startTestRouter(graph.supergraphSdl, { JWKS_URL: tokens.jwksUrl })
const { catalog, stock, people } = graph

const NESTED = `{
  products {
    name
    ... @defer(label: "rest") { stock reviews { text author { name ... @defer(label: "mail") { email } } } }
  }
}`

for (const accept of [DEFER_SPEC, INCREMENTAL_SPEC]) {
  test(`the first part comes before a deferred subgraph has answered (${accept})`, async () => {
    const held = stock.hold()
    const answer = await ask(
      router.url,
      { query: '{ products { name ... @defer(label: "s") { stock } } }' },
      { accept },
    )
    const first = await answer.parts.next()
    assert.ok(!first.done)
    assert.deepEqual(first.value.data, { products: [{ name: 'Headphones' }, { name: 'Watch' }] })
    assert.equal(first.value.hasNext, true)
    await held.called
    held.release()
    const rest = await allParts(answer)
    assert.deepEqual(mergeParts([first.value, ...rest]).data, {
      products: [
        { name: 'Headphones', stock: 10 },
        { name: 'Watch', stock: 20 },
      ],
    })
  })

  test(`each fragment comes when its own fetches are in, nested ones after what they stand in (${accept})`, async () => {
    const authorization = `Bearer ${tokens.token()}`
    const answer = await ask(router.url, { query: NESTED }, { accept, headers: { authorization } })
    const parts = await allParts(answer)
    assert.equal(answer.status, 200)
    assert.match(answer.contentType, /^multipart\/mixed; ?boundary="-"; ?(deferSpec=20220824|incrementalSpec=v0.2)$/)
    const places = parts.map(({ pending = [], incremental = [] }) =>
      (accept === DEFER_SPEC ? incremental : pending).map(({ label, path }) => `${label} ${path?.join('.')}`),
    )
    const [rest, mail] = [
      ['rest products.0', 'rest products.1'],
      ['mail products.0.reviews.0.author', 'mail products.1.reviews.0.author'],
    ]
    assert.deepEqual(places, accept === DEFER_SPEC ? [[], rest, mail] : [rest, mail, []])
    const whole = await ask(router.url, { query: NESTED }, { accept: 'application/json', headers: { authorization } })
    assert.deepEqual(mergeParts(parts).data, (await allParts(whole))[0]?.data)
  })

  test(`what a viewer may not see is null in its own part, with the client's path (${accept})`, async () => {
    const { data, errors, failed } = mergeParts(await allParts(await ask(router.url, { query: NESTED }, { accept })))
    assert.deepEqual(
      errors.map(({ path, extensions }) => [path?.join('.'), extensions?.['code']]),
      [0, 1].map((index) => [`products.${index}.reviews.0.author.email`, 'UNAUTHORIZED_FIELD_OR_TYPE']),
    )
    assert.deepEqual(failed, [])
    assert.match(JSON.stringify(data), /"email":null/)
  })

  test(`a null that must not be rises to its fragment and no further (${accept})`, async () => {
    const query = '{ product(id: "1") { price ... @defer(label: "m") { id margin } ... @defer { shelf } } }'
    const { data, errors, failed } = mergeParts(await allParts(await ask(router.url, { query }, { accept })))
    assert.deepEqual(data, { product: { price: 100, shelf: 'A1' } })
    assert.deepEqual(failed, [['product']])
    assert.deepEqual(
      errors.map(({ path }) => path?.join('.')),
      ['product.margin'],
    )
  })

  test(`a subgraph that fails is told in the part that it was for (${accept})`, async () => {
    stock.answerWith({ status: 500, body: 'http://10.0.0.1 is on fire' })
    try {
      const query = '{ all: products { name ... @defer { left: stock } ... @defer { shelf } } }'
      const parts = await allParts(await ask(router.url, { query }, { accept }))
      assert.equal(parts[0]?.errors, undefined)
      const { data, errors, failed } = mergeParts(parts)
      assert.deepEqual(data, {
        all: [
          { name: 'Headphones', left: null },
          { name: 'Watch', left: null },
        ],
      })
      assert.deepEqual(failed, [
        ['all', 0],
        ['all', 1],
      ])
      assert.deepEqual(
        [
          ...new Set(errors.map(({ path, extensions }) => `${path?.join('.')} ${String(extensions?.['code'])}`)),
        ].toSorted(),
        [0, 1].flatMap((index) => ['left', 'shelf'].map((name) => `all.${index}.${name} DOWNSTREAM_SERVICE_ERROR`)),
      )
      assert.doesNotMatch(JSON.stringify(parts), /10\.0\.0\.1/)
    } finally {
      stock.answerWith(undefined)
    }
  })

  test(`variables decide what is deferred, skipped and included; fragments and introspection too (${accept})`, async () => {
    const query = `query Q($later: Boolean = true, $no: Boolean!) {
      ...Root @defer(label: "root")
      product(id: 1) { ...P @defer(if: $later) ... @defer { price @skip(if: $no) } ... @defer(if: false) { id } }
    }
    fragment Root on Query { warehouses __schema { queryType { name } } kind: __typename }
    fragment P on Product { stock @include(if: $no) name }`
    for (const later of [true, false]) {
      for (const no of [true, false]) {
        const variables = { later, no }
        const parts = await allParts(await ask(router.url, { query, variables }, { accept }))
        const [whole] = await allParts(await ask(router.url, { query, variables }, { accept: 'application/json' }))
        assert.deepEqual(mergeParts(parts).data, whole?.data)
        assert.equal(JSON.stringify(parts[0]?.data).includes('"name":"Headphones"'), !later)
      }
    }
  })
}

test('a client that does not ask for parts gets all of it at once', async () => {
  for (const accept of ['application/json', 'application/graphql-response+json', '*/*']) {
    const answer = await ask(router.url, { query: '{ product(id: 1) { name ... @defer { stock } } }' }, { accept })
    assert.match(answer.contentType, /json/)
    assert.deepEqual(await allParts(answer), [{ data: { product: { name: 'Headphones', stock: 10 } } }])
  }
})

test('a client that reads parts only gets one where nothing is deferred', async () => {
  const query = '{ product(id: 1) { name ... @defer(if: false) { stock } } }'
  const parts = await allParts(await ask(router.url, { query }, { accept: 'multipart/mixed;deferSpec=20220824' }))
  assert.deepEqual(parts, [{ data: { product: { name: 'Headphones', stock: 10 } }, hasNext: false }])
})

test('a mutation answers first, and what is deferred below it follows', async () => {
  const query = 'mutation { rename(id: 2, name: "Clock") { name ... @defer { stock } } }'
  const parts = await allParts(await ask(router.url, { query }))
  assert.deepEqual(parts[0]?.data, { rename: { name: 'Clock' } })
  assert.deepEqual(mergeParts(parts).data, { rename: { name: 'Clock', stock: 20 } })
})

test('refuses @defer at the root of a mutation, in a subscription, and labels that are variables or equal', async () => {
  const refused = {
    'mutation { ... @defer { rename(id: 1, name: "x") { id } } }': /root, on type "Mutation"/,
    'subscription { priceChanged(id: 1) { ... @defer { name } } }': /not for subscriptions/,
    'subscription { priceChanged(id: 1) { ...F } } fragment F on Product { ... @defer { name } }':
      /not for subscriptions/,
    'query($l: String) { product(id: 1) { ... @defer(label: $l) { name } } }': /no variable/,
    '{ product(id: 1) { ... @defer(label: "a") { name } ... @defer(label: "a") { id } } }': /twice/,
    '{ product(id: 1) @defer { name } }': /may not be used on FIELD/,
  }
  for (const [query, message] of Object.entries(refused)) {
    const [{ errors } = {}] = await allParts(await ask(router.url, { query }))
    assert.match(errors?.map((error) => error.message).join() ?? '', message, query)
    assert.equal(errors?.[0]?.extensions?.['code'], 'GRAPHQL_VALIDATION_FAILED', query)
  }
})

test('over a WebSocket an operation with @defer is answered at once', async () => {
  const client = createClient({ url: router.wsUrl })
  after(() => client.dispose())
  const query = '{ product(id: 1) { name ... @defer { stock } } }'
  const { value } = await client.iterate({ query }).next()
  assert.deepEqual(value, { data: { product: { name: 'Headphones', stock: 10 } } })
})

test('a client that leaves between the parts takes the fetches of the others with it', async () => {
  const held = people.hold()
  const left = new AbortController()
  const query = '{ product(id: 1) { name ... @defer { reviews { text } } } }'
  const answer = await ask(router.url, { query }, { signal: left.signal })
  await answer.parts.next()
  await held.called
  const before = router.lines.length
  left.abort()
  await waitUntil('the fetch is given up', () =>
    router.lines.slice(before).some(({ msg }) => msg === 'a subgraph could not be asked'),
  )
  held.release()
})

test('the time for a request ends its last part too', async () => {
  const quick = await startTestRouter(graph.supergraphSdl, { REQUEST_TIMEOUT_MS: '1000' })
  const query = '{ product(id: 1) { name ... @defer { reviews { text } } } }'
  // Planned once, so that the time is the subgraph's.
  await allParts(await ask(quick.url, { query }))
  const held = people.hold()
  const { data, errors } = mergeParts(await allParts(await ask(quick.url, { query })))
  held.release()
  assert.deepEqual(data, { product: { name: 'Headphones', reviews: null } })
  assert.deepEqual(
    errors.map(({ path, extensions }) => [path?.join('.'), extensions?.['code']]),
    [['product.reviews', 'DOWNSTREAM_SERVICE_ERROR']],
  )
})

for (const [name, incrementalHandler] of Object.entries({
  'deferSpec=20220824': new Defer20220824Handler(),
  'incrementalSpec=v0.2': new GraphQL17Alpha9Handler(),
})) {
  test(`Apollo Client reads it: ${name}`, async () => {
    const client = new ApolloClient({
      link: new HttpLink({ uri: router.url }),
      cache: new InMemoryCache(),
      incrementalHandler,
    })
    after(() => client.stop())
    const held = stock.hold()
    const seen: unknown[] = []
    const done = Promise.withResolvers<void>()
    client
      .watchQuery({
        query: gql`
          { products { id name ... @defer(label: "s") { stock reviews { text } } } }
        `,
      })
      .subscribe({
        next: ({ data, dataState }) => {
          if (data !== undefined) seen.push(JSON.parse(JSON.stringify(data)))
          if (dataState === 'streaming') held.release()
          if (dataState === 'complete') done.resolve()
        },
        error: done.reject,
      })
    await done.promise
    assert.match(JSON.stringify(seen[0]), /Headphones/)
    assert.doesNotMatch(JSON.stringify(seen[0]), /"stock"/)
    assert.match(JSON.stringify(seen.at(-1)), /"stock":20,"reviews":\[\{/)
  })
}

test('the schema that clients read has @defer', async () => {
  const query = '{ __schema { directives { name args { name } } } }'
  const [{ data } = {}] = await allParts(await ask(router.url, { query }))
  const { directives } = (data as { __schema: { directives: { name: string }[] } }).__schema
  assert.ok(directives.some(({ name }) => name === 'defer'))
  assert.ok(catalog.calls.every(({ query: sent }) => !sent.includes('@defer')))
})
