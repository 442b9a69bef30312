import assert from 'node:assert/strict'
import { beforeEach, test } from 'node:test'
import { postGraphQL, subscribeGraphQL } from '../support/client.ts'
import { startGoods } from './fixtures/goods.ts'
import { startTestRouter } from './fixtures/router.ts'

const graph = await startGoods()
const router = await startTestRouter(graph.supergraphSdl)

await ask('{ product(id: 1) { inDollars } }')
const lastQuery = graph.goods.calls.at(-1)?.query ?? ''

beforeEach(() => {
  graph.goods.calls.length = 0
  graph.delivery.calls.length = 0
})

async function ask(document: string, variables?: object) {
  const { data, errors } = await postGraphQL(router.url, { document, ...(variables && { variables }) })
  assert.equal(errors, undefined, JSON.stringify(errors))
  return data
}

const pathsOf = (errors: readonly { path?: readonly (string | number)[] }[] | undefined) =>
  (errors ?? []).map(({ path }) => path?.join('.')).toSorted()

test("a client's arguments don't reach a @requires of the same field, nor the other way round", async () => {
  const data = await ask('{ product(id: 1) { price(currency: "GBP") inDollars } }')
  assert.deepEqual(data, { product: { price: 30, inDollars: '{"price":10,"weight":5}' } })
})

test('nor do they by a variable, by their default, or under an alias that is the name of a required field', async () => {
  const document = `query($currency: String) { product(id: 1) {
    price(currency: $currency) weight: price(currency: "EUR") category: price inDollars averageInEuros
  } }`
  assert.deepEqual(await ask(document, { currency: 'GBP' }), {
    product: {
      price: 30,
      weight: 20,
      category: 10,
      inDollars: '{"price":10,"weight":5}',
      averageInEuros: '{"category":{"average":20}}',
    },
  })
})

test('nor do they across fragments', async () => {
  const document = `
    { product(id: 1) { ...Money ...Delivered ... on Thing { price(currency: "GBP") } } }
    fragment Money on Product { price(currency: "GBP") category { average(currency: "GBP") name } }
    fragment Delivered on Product { inDollars ... { averageInDollars } }`
  assert.deepEqual(await ask(document), {
    product: {
      price: 30,
      category: { average: 30, name: 'things' },
      inDollars: '{"price":10,"weight":5}',
      averageInDollars: '{"category":{"average":10}}',
    },
  })
})

test('nor do they under @skip and @include, whichever of both is in the answer', async () => {
  const document = `query($own: Boolean!, $theirs: Boolean!) { product(id: 1) {
    price(currency: "GBP") @include(if: $own)
    ... on Product @skip(if: $theirs) { weight: name }
    inDollars @include(if: $theirs)
    ... @include(if: $theirs) { inEuros }
  } }`
  const inDollars = '{"price":10,"weight":5}'
  const inEuros = '{"price":20}'
  const expected = {
    'true true': { price: 30, inDollars, inEuros },
    'true false': { price: 30, weight: 'one' },
    'false true': { inDollars, inEuros },
    'false false': { weight: 'one' },
  }
  for (const [flags, product] of Object.entries(expected)) {
    const [own, theirs] = flags.split(' ').map((flag) => flag === 'true')
    assert.deepEqual(await ask(document, { own, theirs }), { product }, flags)
  }
})

test('siblings whose @requires read one field with different arguments each get their own', async () => {
  const document = `{ product(id: 1) { plain inDollars inEuros byDefault averageInDollars averageInEuros
    price(currency: "GBP") } }`
  assert.deepEqual(await ask(document), {
    product: {
      plain: 'plain',
      inDollars: '{"price":10,"weight":5}',
      inEuros: '{"price":20}',
      byDefault: '{"price":10}',
      averageInDollars: '{"category":{"average":10}}',
      averageInEuros: '{"category":{"average":20}}',
      price: 30,
    },
  })
  // Two of them need no representations of their own: what doesn't conflict is asked together.
  assert.equal(graph.delivery.calls.length, 3)
})

test('so do they in fragments, in lists, and where their arguments are variables', async () => {
  const document = `query($times: Int!) { products { ...A ...B heavy(times: $times) } }
    fragment A on Product { inDollars } fragment B on Product { inEuros ... { byDefault } }`
  const data = await ask(document, { times: 3 })
  assert.deepEqual(data.products[0], {
    inDollars: '{"price":10,"weight":5}',
    inEuros: '{"price":20}',
    byDefault: '{"price":10}',
    heavy: 15,
  })
})

test('null, 0 and the empty are given to a @requires as they are', async () => {
  const data = await ask('{ products { inDollars inEuros } }')
  assert.deepEqual(data.products, [
    { inDollars: '{"price":10,"weight":5}', inEuros: '{"price":20}' },
    { inDollars: '{"price":0,"weight":0}', inEuros: '{"price":0}' },
    { inDollars: '{"price":null,"weight":7}', inEuros: '{"price":null}' },
  ])
})

test('arguments deep in a @requires hold, in lists and by the type of a union', async () => {
  const document = `{ products { prices(first: 1) { amount } all media { ... on Book { pages } ... on Film { minutes } } length } }`
  const { products } = await ask(document)
  const [first, second] = products
  assert.deepEqual(first.prices, [{ amount: 1000 }])
  assert.deepEqual(JSON.parse(first.all), { prices: [{ amount: 11 }, { amount: 12 }] })
  assert.deepEqual(first.media, { pages: 300 })
  assert.equal(JSON.parse(first.length).media.pages, 3)
  assert.deepEqual(second.media, { minutes: 120 })
  assert.equal(JSON.parse(second.length).media.minutes, 2)
})

test('an alias may be the name of a key, or of whatever a @requires reads', async () => {
  const data = await ask('{ product(id: 1) { id: name weight: id inDollars __typename } }')
  assert.deepEqual(data, {
    product: { id: 'one', weight: '1', inDollars: '{"price":10,"weight":5}', __typename: 'Product' },
  })
})

test('one response name may be different fields of different types', async () => {
  const document = `{ anything { ... on Product { id: name weight: price(currency: "EUR") inDollars } ... on Voucher { id: price(currency: "EUR") } } }`
  assert.equal((await postGraphQL(router.url, { document })).status, 400, 'a String and an Int can not be merged')
  const valid = `{ anything { ... on Product { weight: price(currency: "EUR") inDollars } ... on Voucher { weight: price(currency: "GBP") } } }`
  assert.deepEqual(await ask(valid), {
    anything: [{ weight: 20, inDollars: '{"price":10,"weight":5}' }, { weight: 12 }],
  })
})

test('a client may use the very names that the planner is given', async () => {
  const document = `{ product(id: 1) { price__with_0: name price__with_1: weight price__as_weight: id weight: price name__as_id: name id: name inDollars inEuros } }`
  assert.deepEqual(await ask(document), {
    product: {
      price__with_0: 'one',
      price__with_1: 5,
      price__as_weight: '1',
      weight: 10,
      name__as_id: 'one',
      id: 'one',
      inDollars: '{"price":10,"weight":5}',
      inEuros: '{"price":20}',
    },
  })
})

test("an error has the client's path, though the field was planned under another name", async () => {
  const { data, errors } = await postGraphQL(router.url, {
    document: '{ products { weight: broken price: price(currency: "XXX") id: name inDollars } }',
  })
  assert.deepEqual(data.products[1], { weight: null, price: null, id: 'two', inDollars: '{"price":0,"weight":0}' })
  assert.deepEqual(
    pathsOf(errors),
    [0, 1, 2].flatMap((index) => [`products.${index}.price`, `products.${index}.weight`]).toSorted(),
  )
})

test('an error of a field that only a @requires asked for is named after that field', async () => {
  graph.goods.answerWith({
    status: 200,
    body: JSON.stringify({
      data: { product: { __typename: 'Product', id: '1', weight: 5, ...standIn(null) } },
      errors: [{ message: 'no price', path: ['product', standInKey()], extensions: { code: 'NOT_FOUND' } }],
    }),
  })
  const { data, errors } = await postGraphQL(router.url, { document: '{ product(id: 1) { inDollars } }' })
  graph.goods.answerWith(undefined)
  assert.deepEqual(data, { product: { inDollars: '{"price":null,"weight":5}' } })
  assert.deepEqual(pathsOf(errors), ['product.price'])
})

test('holds in a subscription, for the first event and those that follow', async () => {
  const events = subscribeGraphQL(router.wsUrl, {
    document: `subscription { changed { id: name price(currency: "GBP") inDollars ...Other } }
      fragment Other on Product { inEuros }`,
  })
  const first = (await events.next()).value
  assert.deepEqual(first, {
    data: { changed: { id: 'one', price: 30, inDollars: '{"price":10,"weight":5}', inEuros: '{"price":20}' } },
  })
  graph.emit('2')
  assert.deepEqual((await events.next()).value.data, {
    changed: { id: 'two', price: 0, inDollars: '{"price":0,"weight":0}', inEuros: '{"price":0}' },
  })
  await events.return?.()
})

test('a field that is skipped does not take others with it, though both were planned into one fetch', async () => {
  const document = `query($skip: Boolean!) { product(id: 1) {
    heavy(times: 2) @skip(if: $skip) ... @skip(if: $skip) { averageInDollars } inEuros plain
  } }`
  const always = { inEuros: '{"price":20}', plain: 'plain' }
  assert.deepEqual(await ask(document, { skip: true }), { product: always })
  assert.deepEqual(await ask(document, { skip: false }), {
    product: { heavy: 10, averageInDollars: '{"category":{"average":10}}', ...always },
  })
})

test('what conflicts with nothing is planned in as few fetches as ever', async () => {
  await ask('{ products { price(currency: "GBP") weight inDollars averageInDollars plain } }')
  assert.deepEqual([graph.goods.calls.length, graph.delivery.calls.length], [1, 1])
})

/** The key under which the router asks for the price in dollars, as it did last. */
function standInKey(): string {
  const key = /(price__with_\d+): ?price\(currency: ?"USD"\)/.exec(lastQuery)?.[1]
  assert.ok(key, lastQuery)
  return key
}
const standIn = (value: unknown) => ({ [standInKey()]: value })
