import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, test } from 'node:test'
import { z } from 'zod'
import { askAsAdmin } from '../../cli/client/admin.ts'
import { postGraphQL } from '../support/client.ts'
import { startSeededShop } from '../support/seeded-shop.ts'
import { startBrowser } from './support/browser.ts'
import { type GraphiqlPage, openGraphiql } from './support/graphiql-page.ts'

const shop = await startSeededShop({ GRAPHIQL: 'on', SANDBOX_PAGE: 'on' })
after(() => shop.stop())
const origin = new URL(shop.urls.router).origin
const browser = await startBrowser()

/** Sets the headphones' stock as an ADMIN does. */
async function setStock(onHand: number): Promise<void> {
  const ask = (await askAsAdmin(shop.env))('inventory')
  const variantId = await headphonesId()
  await ask({
    document: 'mutation ($input: SetStockInput!) { setStock(input: $input) { userErrors { message } } }',
    variables: { input: { variantId, onHand } },
    answer: z.object({ setStock: z.object({ userErrors: z.tuple([]) }) }),
  })
}

async function headphonesId(): Promise<string> {
  const { data } = await postGraphQL(shop.urls.router, { document: '{ variantBySku(sku: "WHP-PRO") { id } }' })
  return data.variantBySku.id
}

async function signIn(): Promise<string> {
  const document = 'mutation ($input: LoginInput!) { login(input: $input) { session { accessToken } } }'
  const input = { email: 'demo@ecommerce.com', password: 'DemoPass123!' }
  const { data } = await postGraphQL(shop.urls.router, { document, variables: { input } })
  return data.login.session.accessToken
}

/** The cart of who signed in, with three headphones in it. */
async function cartOf(token: string): Promise<string> {
  const document = 'mutation ($input: AddToCartInput!) { addToCart(input: $input) { cart { id } } }'
  const input = { variantId: await headphonesId(), quantity: 3, idempotencyKey: randomUUID() }
  const { data } = await postGraphQL(shop.urls.router, { document, variables: { input }, token })
  return data.addToCart.cart.id
}

const headersOf = (token: string): string => `{"authorization": "Bearer ${token}"}`

/** Everything came from the router, and the page found nothing to complain about. */
function assertSelfHosted({ requests, complaints }: GraphiqlPage): void {
  const elsewhere = requests.filter((url) => !url.startsWith(origin) && !url.startsWith(origin.replace('http', 'ws')))
  assert.deepEqual(
    elsewhere.filter((url) => !url.startsWith('data:')),
    [],
  )
  assert.deepEqual(complaints, [])
}

test('GraphiQL greets with a query of the shop, and answers it', async () => {
  const graphiql = await openGraphiql(browser, origin)
  await graphiql.execute()
  await graphiql.untilResponseHas('"name": "Kids Headphones"')
  await graphiql.screenshot('graphiql-query')
  assertSelfHosted(graphiql)
})

test('GraphiQL shows a subscription: the stock at once, and again when it changes', async () => {
  await setStock(41)
  const graphiql = await openGraphiql(browser, origin)
  await graphiql.openTab('LiveStock')
  await graphiql.execute()
  await graphiql.untilResponseHas('"available": 41')
  await setStock(7)
  await graphiql.untilResponseHas('"available": 7')
  await graphiql.screenshot('graphiql-subscription')
  await graphiql.execute()
  assertSelfHosted(graphiql)
})

test('a tab that is run as soon as it is open sends what stands in it', async () => {
  await setStock(23)
  const graphiql = await openGraphiql(browser, origin)
  await graphiql.openTabAndExecute('LiveStock')

  await graphiql.untilResponseHas('"available": 23')
  assertSelfHosted(graphiql)
})

test('what stands under Headers goes along with a query', async () => {
  const graphiql = await openGraphiql(browser, origin)
  await graphiql.write('query', '{ me { email } }')
  await graphiql.write('headers', headersOf(await signIn()))
  await graphiql.execute()
  await graphiql.untilResponseHas('"email": "demo@ecommerce.com"')
  await graphiql.screenshot('graphiql-headers')
  assertSelfHosted(graphiql)
})

test('what stands under Headers goes along with a subscription', async () => {
  const token = await signIn()
  const graphiql = await openGraphiql(browser, origin)
  await graphiql.write('query', `subscription { cartChanged(cartId: "${await cartOf(token)}") { totalQuantity } }`)
  await graphiql.execute()
  await graphiql.untilResponseHas('"code": "NOT_FOUND"')
  await graphiql.write('headers', headersOf(token))
  await graphiql.execute()
  await graphiql.untilResponseHas('"totalQuantity": 3')
  assertSelfHosted(graphiql)
})

test('GraphiQL has the documentation of the graph, in the dark too', async () => {
  const graphiql = await openGraphiql(browser, origin, { colorScheme: 'dark' })
  await graphiql.page.getByRole('button', { name: 'Show Documentation Explorer' }).click()
  await graphiql.page.getByRole('link', { name: 'Query' }).click()
  await graphiql.page.getByText('The ledger of one variant, newest first').waitFor()
  await graphiql.screenshot('graphiql-docs-dark')
  assertSelfHosted(graphiql)
})
