import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { after, test } from 'node:test'
import jwt from 'jsonwebtoken'
import { WebSocket } from 'ws'
import { readSigningKey } from '#platform/auth/keys.ts'
import { signAccessToken } from '#platform/auth/tokens.ts'
import { SCOPES_BY_ROLE } from '#platform/auth/viewer.ts'
import { applyContract } from '../../router/supergraph/contract.ts'
import {
  add,
  AddToCartDocument,
  type ClientOptions,
  createClient,
  displayMoney,
  GraphRequestError,
  GraphUnreachableError,
  LoginDocument,
  memorySession,
  MyAccountDocument,
  readMoney,
  SetStockDocument,
  type Session,
  toMoneyText,
  type UserRole,
  WatchCartDocument,
  WatchStockDocument,
} from '../../client/index.ts'
import { createShopping, PASSWORD } from '../supergraph/shopping.ts'
import { startWholeShop } from '../support/whole-shop.ts'

const shop = await startWholeShop()
after(() => shop.stop())
const shopping = createShopping(shop)
const variantId = await shopping.variant({ stock: 40 })

/** A client of the shop, closed when the tests are over. */
function clientOf(options: Partial<ClientOptions> = {}) {
  const client = createClient({ url: shop.url, webSocketImpl: WebSocket, ...options })
  after(() => client.close())
  return client
}

/** `fetch` that remembers the operations it sent; the first answers can be other ones. */
function spyFetch(...instead: (() => Response)[]) {
  const sent: string[] = []
  const spy: typeof fetch = async (url, init) => {
    sent.push(/(?:query|mutation) (\w+)/.exec(JSON.stringify(init?.body))?.[1] ?? '')
    return instead.shift()?.() ?? fetch(url, init)
  }
  return { fetch: spy, sent }
}

/** A session of a new customer. `token` is sent in place of the one that came with it. */
async function sessionOf(token?: string): Promise<Session> {
  const { email } = await shopping.register()
  const store = memorySession()
  await clientOf({ store }).signIn({ email, password: PASSWORD })
  const session = store.get()
  assert.ok(session !== undefined)
  return {
    ...session,
    ...(token !== undefined && { accessToken: token, accessTokenExpiresAt: '2999-01-01T00:00:00Z' }),
  }
}

const unavailable = (status = 503) =>
  new Response('{"errors":[{"message":"later"}]}', { status, headers: { 'retry-after': '0' } })

test('signs in, and asks as who signed in; a wrong password is a typed refusal', async () => {
  const { email } = await shopping.register()
  const client = clientOf()
  const refused = await client.signIn({ email, password: 'not this one' })
  assert.ok(!refused.ok)
  assert.equal(refused.userErrors[0]?.code, 'INVALID_CREDENTIALS')
  assert.equal((await client.query(MyAccountDocument)).me, null)
  assert.ok((await client.signIn({ email, password: PASSWORD })).ok)
  assert.equal((await client.query(MyAccountDocument)).me?.email, email)
  await client.signOut()
  assert.equal((await client.query(MyAccountDocument)).me, null)
})

test('a token that is about to end is traded once for many requests at once', async () => {
  const store = memorySession({ ...(await sessionOf()), accessTokenExpiresAt: new Date().toISOString() })
  const { fetch: spy, sent } = spyFetch()
  const client = clientOf({ store, fetch: spy })
  const answers = await Promise.all(Array.from({ length: 20 }, () => client.query(MyAccountDocument)))
  assert.ok(answers.every(({ me }) => me !== null))
  assert.equal(sent.filter((name) => name === 'RefreshSession').length, 1)
})

test('a token that the router refuses is traded once for many requests at once, and each is sent again', async () => {
  const { fetch: spy, sent } = spyFetch()
  const client = clientOf({ store: memorySession(await sessionOf('expired')), fetch: spy })
  const answers = await Promise.all(Array.from({ length: 20 }, () => client.query(MyAccountDocument)))
  assert.ok(answers.every(({ me }) => me !== null))
  assert.equal(sent.filter((name) => name === 'RefreshSession').length, 1)
})

test('two clients on one store refresh once', async () => {
  const store = memorySession(await sessionOf('expired'))
  const { fetch: spy, sent } = spyFetch()
  const clients = [clientOf({ store, fetch: spy }), clientOf({ store, fetch: spy })]
  await Promise.all(clients.map((client) => client.query(MyAccountDocument)))
  assert.equal(sent.filter((name) => name === 'RefreshSession').length, 1)
})

test('a session that can’t be refreshed is over, and the app hears of it once', async () => {
  let ends = 0
  const store = memorySession({ ...(await sessionOf('expired')), refreshToken: 'unknown' })
  const client = clientOf({ store, onSessionEnd: () => void (ends += 1) })
  const asked = await Promise.allSettled([client.query(MyAccountDocument), client.query(MyAccountDocument)])
  for (const outcome of asked) {
    assert.ok(outcome.status === 'rejected' && outcome.reason instanceof GraphRequestError)
    assert.equal(outcome.reason.code, 'UNAUTHENTICATED')
  }
  assert.deepEqual([ends, store.get()], [1, undefined])
})

test('a query that nobody took in is asked again, a mutation only where it may be', async () => {
  const offline = () => {
    throw new TypeError('fetch failed')
  }
  const query = spyFetch(offline, unavailable)
  await clientOf({ fetch: query.fetch, retry: { firstWaitMs: 1 } }).query(MyAccountDocument)
  assert.equal(query.sent.length, 3)

  const input = { email: 'nobody@example.com', password: PASSWORD }
  const mutation = spyFetch(unavailable)
  const client = clientOf({ fetch: mutation.fetch, retry: { firstWaitMs: 1 } })
  await assert.rejects(client.mutate(LoginDocument, { input }), GraphRequestError)
  assert.equal(mutation.sent.length, 1)

  const idempotent = spyFetch(unavailable)
  const patient = clientOf({
    fetch: idempotent.fetch,
    retry: { firstWaitMs: 1 },
    store: memorySession(await sessionOf()),
  })
  const added = await patient.mutate(
    AddToCartDocument,
    { input: { variantId, quantity: 1, idempotencyKey: crypto.randomUUID() } },
    { isIdempotent: true },
  )
  assert.ok(added.ok)
  assert.equal(idempotent.sent.length, 2)
})

test('gives up after its tries, at an abort, and tells who did not answer', async () => {
  const down = spyFetch(unavailable, unavailable, unavailable)
  await assert.rejects(clientOf({ fetch: down.fetch, retry: { firstWaitMs: 1 } }).query(MyAccountDocument), {
    status: 503,
  })
  assert.equal(down.sent.length, 3)
  const nobody = clientOf({ url: 'http://127.0.0.1:1/graphql', retry: { attempts: 1 } })
  await assert.rejects(nobody.query(MyAccountDocument), GraphUnreachableError)
  const page = spyFetch(() => new Response('<h1>not found</h1>', { status: 404 }))
  await assert.rejects(clientOf({ fetch: page.fetch }).query(MyAccountDocument), /answered 404 and no JSON/)
  const aborted = AbortSignal.abort(new Error('the page was left'))
  await assert.rejects(clientOf().query(MyAccountDocument, {}, { signal: aborted }), /the page was left/)
})

test('a subscription has the state at once, every change, and ends at once when it is left', async () => {
  const stock = clientOf().subscribe(WatchStockDocument, { variantIds: [variantId] })
  assert.equal((await stock.next()).value.stockChanged.stock?.available, 40)
  await setStock(39)
  assert.equal((await stock.next()).value.stockChanged.stock?.available, 39)
  const pending = stock.next()
  await stock.return?.()
  assert.equal((await pending).done, true)
})

test('a subscription whose socket is lost resumes with the state as it is by then', async () => {
  const sockets: WebSocket[] = []
  class LosableSocket extends WebSocket {
    constructor(...args: ConstructorParameters<typeof WebSocket>) {
      super(...args)
      sockets.push(this)
    }
  }
  await setStock(20)
  const stock = clientOf({ webSocketImpl: LosableSocket }).subscribe(WatchStockDocument, { variantIds: [variantId] })
  assert.equal((await stock.next()).value.stockChanged.stock?.available, 20)
  sockets[0]?.terminate()
  await setStock(19)
  assert.equal((await stock.next()).value.stockChanged.stock?.available, 19)
  assert.equal(sockets.length, 2)
  await stock.return?.()
})

test('a subscription outlives its token: it resumes with another one', async () => {
  const session = await sessionOf()
  const claims = jwt.decode(session.accessToken, { json: true })
  assert.ok(claims?.sub !== undefined)
  const dying = signAccessToken(readSigningKey(shop.env['TOKEN_SIGNING_KEY'] ?? ''), {
    userId: claims.sub,
    sessionId: String(claims['sid']),
    role: 'CUSTOMER',
    scopes: SCOPES_BY_ROLE.CUSTOMER,
    // The router forgives a clock five seconds of skew: three are left.
    ttlS: -2,
  })
  const store = memorySession({ ...session, accessToken: dying, accessTokenExpiresAt: '2999-01-01T00:00:00Z' })
  const cart = await shopping.cart({ token: session.accessToken }, [{ variantId }])
  // The network is away just when another token is needed.
  const losses = [() => Promise.reject(new TypeError('fetch failed')), () => Promise.resolve(unavailable())]
  const flaky: typeof fetch = (url, init) =>
    (/RefreshSession/.test(JSON.stringify(init?.body)) && losses.shift()?.()) || fetch(url, init)
  const client = clientOf({ store, fetch: flaky })
  const events = client.subscribe(WatchCartDocument, { cartId: cart.id })
  assert.equal((await events.next()).value.cartChanged.totalQuantity, 1)
  assert.equal((await events.next()).value.cartChanged.totalQuantity, 1, 'the state again, on the next socket')
  assert.notEqual(store.get()?.accessToken, dying)
  assert.deepEqual(losses, [])
  await client.mutate(AddToCartDocument, { input: { cartId: cart.id, variantId, quantity: 2 } })
  assert.equal((await events.next()).value.cartChanged.totalQuantity, 3)
  await events.return?.()
})

test('a subscription that the router refuses fails with its code', async () => {
  const events = clientOf().subscribe(WatchCartDocument, { cartId: 'nobody’s' })
  await assert.rejects(events.next(), { name: 'GraphRequestError', code: 'NOT_FOUND' })
})

test('an enum value from the future is kept, and the types make an app expect one', async () => {
  const { email } = await shopping.register()
  const answer = async (url: string | URL | Request, init?: RequestInit) => {
    const text = await (await fetch(url, init)).text()
    return new Response(text.replaceAll('"CUSTOMER"', '"FRANCHISEE"'))
  }
  const signedIn = await clientOf({ fetch: answer }).signIn({ email, password: PASSWORD })
  const role = signedIn.payload.session?.user.role
  assert.equal(role, 'FRANCHISEE')
  const titleOf = (known: UserRole | undefined) => {
    switch (known) {
      case 'ADMIN':
      case 'MERCHANT':
      case 'SUPPORT':
        return 'staff'
      case 'CUSTOMER':
        return 'customer'
      // Without it TypeScript finds a way that returns nothing.
      case '%future added value':
      default:
        return 'somebody'
    }
  }
  assert.equal(titleOf(role), 'somebody')
})

test('what could be answered is there beside the errors', async () => {
  const { fetch: spy } = spyFetch(() =>
    Response.json({ data: { me: null }, errors: [{ message: 'no', path: ['me'] }] }),
  )
  const failed = await clientOf({ fetch: spy })
    .query(MyAccountDocument)
    .catch((error: unknown) => error)
  assert.ok(failed instanceof GraphRequestError)
  assert.deepEqual(failed.data, { me: null })
})

test('money is computed exactly and shown as people write it', () => {
  const price = readMoney({ amount: '299.99', currency: 'EUR' })
  assert.ok(price !== null)
  assert.deepEqual(toMoneyText(add(price, price)), { amount: '599.98', currency: 'EUR' })
  assert.equal(displayMoney({ amount: '299.99', currency: 'EUR' }, 'de-DE').replace(/\s/u, ' '), '299,99 €')
  assert.equal(displayMoney({ amount: '9007199254740993', currency: 'JPY' }, 'en-US'), '¥9,007,199,254,740,993')
  assert.equal(readMoney({ amount: '5', currency: 'XXX' }), null)
})

// Last: from here on the router serves the storefront's contract.
test('a subscription resumes where the router was given another version of the graph', async () => {
  await setStock(30)
  const stock = clientOf().subscribe(WatchStockDocument, { variantIds: [variantId] })
  assert.equal((await stock.next()).value.stockChanged.stock?.available, 30)
  const whole = await readFile(new URL('../../schema/supergraph.graphql', import.meta.url), 'utf8')
  assert.equal(await shop.reload(applyContract(whole, { exclude: ['admin'] })), true)
  assert.equal((await stock.next()).value.stockChanged.stock?.available, 30, 'the state again, of the new graph')
  const set = 'mutation ($input: SetStockInput!) { setStock(input: $input) { userErrors { code } } }'
  await shop.call('inventory', set, { input: { variantId, onHand: 29 } }, shopping.merchant)
  assert.equal((await stock.next()).value.stockChanged.stock?.available, 29)
  await stock.return?.()
})

async function setStock(onHand: number): Promise<void> {
  const store = memorySession({
    accessToken: shopping.merchant.tokenFor('users') ?? '',
    accessTokenExpiresAt: '2999-01-01T00:00:00Z',
    refreshToken: '',
  })
  const outcome = await clientOf({ store }).mutate(SetStockDocument, { input: { variantId, onHand } })
  assert.ok(outcome.ok)
}
