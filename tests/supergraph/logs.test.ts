import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { newId } from '#platform/kernel/ids.ts'
import { SUBGRAPHS } from '#platform/runtime/names.ts'
import { streamOf } from '#schema/events/envelope.ts'
import { waitUntil } from '../support/wait-until.ts'
import { startWholeShop, type WholeShop } from '../support/whole-shop.ts'
import { ADDRESS, CARD, createShopping, GUEST, nextEvent, type Shopping } from './shopping.ts'

let shop: WholeShop
let shopping: Shopping
before(async () => {
  shop = await startWholeShop({ NEIGHBOUR_TIMEOUT_MS: '2000', REQUEST_TIMEOUT_MS: '8000' })
  shopping = createShopping(shop)
})
after(() => shop.stop())

const SECRETS = {
  password: 'a password that nobody may ever read',
  newPassword: 'another password that nobody may read',
  wrongPassword: 'a guess at somebody else’s password',
  cardNumber: '4242424242424242',
  spacedCardNumber: '4000 0000 0000 0002',
  unknownToken: 'tok_that_no_provider_ever_gave',
}
const SESSION = 'session { accessToken refreshToken user { id } } userErrors { code }'

const CHECKOUT =
  'mutation ($input: CheckoutInput!) { checkout(input: $input) { order { id status payments { id } } userErrors { code } } }'

const linesWith = (text: string) => shop.logs.filter((line) => line.includes(text))

/** Everything that has a secret in it, once; `sessions` collects the tokens that were given. */
async function useEverySecret(email: string, sessions: { accessToken: string; refreshToken: string }[]) {
  const { mutate } = shopping
  const sign = async (name: string, type: string, input: object) => {
    const { session } = await mutate(name, type, SESSION, GUEST, input)
    if (session !== null) sessions.push(session)
    return { token: session?.accessToken ?? '', refreshToken: session?.refreshToken ?? '' }
  }
  await sign('register', 'RegisterInput', { email, password: SECRETS.password, name: 'Ada' })
  await sign('login', 'LoginInput', { email, password: SECRETS.wrongPassword })
  const me = await sign('login', 'LoginInput', { email, password: SECRETS.password })
  await sign('refreshSession', 'RefreshSessionInput', { refreshToken: me.refreshToken })
  const change = { currentPassword: SECRETS.password, newPassword: SECRETS.newPassword }
  await mutate('changePassword', 'ChangePasswordInput', 'userErrors { code }', me, change)
  for (const token of [CARD.visa, SECRETS.cardNumber, SECRETS.spacedCardNumber, SECRETS.unknownToken])
    await mutate('savePaymentMethod', 'SavePaymentMethodInput', 'userErrors { code }', me, { token })
  const variantId = await shopping.variant()
  for (const token of [CARD.visa, CARD.declined, CARD.authentication, SECRETS.cardNumber, SECRETS.unknownToken]) {
    const { id } = await shopping.cart(GUEST, [{ variantId }])
    const input = { cartId: id, shippingAddress: ADDRESS, payment: { token }, idempotencyKey: newId() }
    await shop.ask(CHECKOUT, { input }, me)
  }
  const events = shop.watch('subscription { myOrdersChanged { id } }', {}, me)
  const seen: unknown[] = []
  const first = nextEvent(events).then((data) => seen.push(data))
  await waitUntil('an event', async () => {
    await shopping.buy(me, [{ variantId }])
    return seen.length > 0
  })
  await first
  await events.return?.()
  await mutate('logout', 'LogoutInput', 'userErrors { code }', GUEST, { refreshToken: me.refreshToken })
  return me
}

const assertNoSecret = (secrets: readonly string[]) => {
  for (const secret of secrets)
    assert.deepEqual(
      linesWith(secret).map((line) => line.slice(0, 300)),
      [],
      secret,
    )
}

/** Who wrote a line that carries the request's id. */
const writersOf = (requestId: string) =>
  new Set(linesWith(`"requestId":"${requestId}"`).map((line) => JSON.parse(line).service))

/** Who published an event in the name of the request. */
async function publishersOf(requestId: string): Promise<string[]> {
  const { redis } = await shop.runtime('orders')
  const streams = await Promise.all(
    SUBGRAPHS.map(async (name) => ({ name, entries: await redis.xrange(streamOf(name), '-', '+') })),
  )
  return streams.filter(({ entries }) => JSON.stringify(entries).includes(requestId)).map(({ name }) => name)
}

test('the client’s X-Request-Id goes with a purchase through router, subgraphs, jobs and events, whatever is down', async () => {
  const requestId = `purchase-${newId()}`
  const headers = { 'x-request-id': requestId }
  const customer = shop.user()
  const { id } = await shopping.cart(GUEST, [{ variantId: await shopping.variant() }])
  const input = { cartId: id, shippingAddress: ADDRESS, payment: { token: CARD.visa }, idempotencyKey: newId() }
  await shop.stopSubgraph('payments')
  const answer = await shop.ask(CHECKOUT, { input }, customer, { headers })
  assert.equal(answer.headers?.get('x-request-id'), requestId)
  const { order } = answer.data.checkout
  assert.equal(order.status, 'PENDING')
  assert.deepEqual([...writersOf(requestId)].toSorted(), ['orders', 'router'])
  const jobs = await shop.books.rows<{ payload: { requestId: string } }>(
    'orders',
    'select payload from graphile_worker._private_jobs',
  )
  assert.ok(jobs.some(({ payload }) => payload.requestId === requestId))
  await shop.startSubgraph('payments')
  await shopping.hurryJobs('orders', 'settle-order')
  await shopping.becomes(order.id, ({ status }) => status === 'CONFIRMED')
  await waitUntil('the events of all who had a part in it', async () => {
    const publishers = await publishersOf(requestId)
    return ['inventory', 'orders', 'payments'].every((name) => publishers.includes(name))
  })
})

test('a fault deep inside is found by the client’s X-Request-Id', async () => {
  const requestId = `fault-${newId()}`
  const document = 'query ($id: ID!) { variant(id: $id) { stock { available } } }'
  const id = await shopping.variant()
  const db = (await shop.runtime('inventory')).database.sql()
  await sql`alter table stock_level rename to stock_level_away`.execute(db)
  const { errors } = await shop.ask(document, { id }, GUEST, { headers: { 'x-request-id': requestId } })
  await sql`alter table stock_level_away rename to stock_level`.execute(db)
  assert.equal(errors?.length, 1)
  assert.ok(writersOf(requestId).has('inventory'), linesWith(String(errors?.[0]?.extensions?.['errorId'])).join(''))
})

test('no password, token or card number is in any line of any log, whatever was done and whatever failed', async () => {
  const sessions: { accessToken: string; refreshToken: string }[] = []
  const email = `${newId()}@example.com`
  const me = await useEverySecret(email, sessions)
  const tokens = sessions.flatMap(({ accessToken, refreshToken }) => [accessToken, refreshToken])
  assert.ok(tokens.length >= 6)
  const secrets = [...Object.values(SECRETS), ...Object.values(CARD), ...tokens, me.token]
  assertNoSecret(secrets)
  // The same while nothing can be stored: what goes wrong is logged with its cause.
  for (const name of ['users', 'payments'] as const) {
    await sql`drop schema public cascade`.execute((await shop.runtime(name)).database.sql())
  }
  const inputs = [
    ['register', 'RegisterInput', { email: `x${email}`, password: SECRETS.password, name: 'Ada' }],
    ['login', 'LoginInput', { email, password: SECRETS.newPassword }],
    ['refreshSession', 'RefreshSessionInput', { refreshToken: tokens.at(-1) }],
    ['logout', 'LogoutInput', { refreshToken: tokens.at(-1) }],
    ['savePaymentMethod', 'SavePaymentMethodInput', { token: CARD.mastercard }],
  ] as const
  const person = shop.user()
  for (const [name, type, input] of inputs) {
    const document = `mutation ($input: ${type}!) { ${name}(input: $input) { userErrors { code } } }`
    const { errors } = await shop.ask(document, { input }, person)
    const id = String(errors?.[0]?.extensions?.['errorId'])
    assert.ok(linesWith(id).length > 0, `${name}: ${JSON.stringify(errors)}`)
  }
  assertNoSecret(secrets)
})
