import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { createRedis } from '#platform/live/redis.ts'
import { createLoginLimiter } from '../../subgraphs/users/login-limiter.ts'
import { quiet } from '../support/quiet.ts'
import { startTestShop, type TestShop } from '../support/shop.ts'

let shop: TestShop
before(async () => {
  shop = await startTestShop({ subgraphs: ['users'], env: { LOGIN_FAILURES_PER_ACCOUNT: '3' } })
})
after(() => shop.stop())

const SESSION =
  'session { accessToken refreshToken accessTokenExpiresAt user { id email name role } } userErrors { code path }'
const REGISTER = `mutation ($input: RegisterInput!) { register(input: $input) { ${SESSION} } }`
const LOGIN = `mutation ($input: LoginInput!) { login(input: $input) { ${SESSION} } }`
const REFRESH = `mutation ($token: String!) { refreshSession(input: { refreshToken: $token }) { ${SESSION} } }`
const LOGOUT = 'mutation ($token: String!) { logout(input: { refreshToken: $token }) { userErrors { code } } }'
const ME = '{ me { id email name phone } }'
const PASSWORD = 'correct horse battery'

let count = 0
const register = async (overrides: object = {}) => {
  count += 1
  const input = { email: `person${count}@example.com`, password: PASSWORD, name: 'Ada Lovelace', ...overrides }
  const { data } = await shop.call('users', REGISTER, { input })
  return { ...data.register, email: input.email }
}
const as = (session: { accessToken: string }) => ({ id: null, tokenFor: () => session.accessToken })

test('registers, and the token says who it is', async () => {
  const { session, userErrors } = await register({ email: '  New@Example.COM ' })
  assert.deepEqual(userErrors, [])
  assert.equal(session.user.email, 'new@example.com')
  assert.equal(session.user.role, 'CUSTOMER')
  const { data } = await shop.call('users', ME, {}, as(session))
  assert.equal(data.me.id, session.user.id)
  const guest = await shop.call('users', ME)
  assert.equal(guest.data.me, null)
})

test('refuses a taken address, a weak password and an address that is none, each with its field', async () => {
  const { email } = await register()
  const again = await shop.call('users', REGISTER, {
    input: { email: email.toUpperCase(), password: PASSWORD, name: 'B' },
  })
  assert.deepEqual(again.data.register.userErrors, [{ code: 'EMAIL_TAKEN', path: ['input', 'email'] }])
  const wrong = await shop.call('users', REGISTER, { input: { email: 'nobody', password: 'short', name: 'C' } })
  assert.deepEqual(wrong.data.register.userErrors, [
    { code: 'INVALID_EMAIL', path: ['input', 'email'] },
    { code: 'WEAK_PASSWORD', path: ['input', 'password'] },
  ])
})

test('gives one account to ten who register the same address at once', async () => {
  const input = { email: 'race@example.com', password: PASSWORD, name: 'R' }
  const answers = await Promise.all(Array.from({ length: 10 }, () => shop.call('users', REGISTER, { input })))
  assert.equal(answers.filter((answer) => answer.data.register.session !== null).length, 1)
})

test('answers an unknown address and a wrong password alike, and after three failures refuses the right one too', async () => {
  const { email } = await register()
  const attempt = async (password: string, address = email) =>
    (await shop.call('users', LOGIN, { input: { email: address, password } })).data.login.userErrors.map(
      (error: { code: string }) => error.code,
    )
  assert.deepEqual(await attempt('wrong password', 'unknown@example.com'), ['INVALID_CREDENTIALS'])
  for (let failure = 0; failure < 2; failure += 1)
    assert.deepEqual(await attempt('wrong password'), ['INVALID_CREDENTIALS'])
  assert.deepEqual(await attempt(PASSWORD), [])
  assert.deepEqual(await attempt('wrong password'), ['INVALID_CREDENTIALS'])
  assert.deepEqual(await attempt(PASSWORD), ['TOO_MANY_ATTEMPTS'])
})

test('counts failed logins of an IPv6 network together, whatever address of it they come from', async () => {
  const redis = createRedis(shop.env['REDIS_URL'] ?? '', quiet)
  try {
    const config = { LOGIN_FAILURES_PER_ACCOUNT: 100, LOGIN_FAILURES_PER_ADDRESS: 2, LOGIN_FAILURE_WINDOW_S: 60 }
    const limiter = createLoginLimiter({ redis, config, log: quiet })
    const fail = (clientAddress: string) =>
      limiter.guard({ email: 'someone@example.com', clientAddress }, async () => ({ isFailure: true, value: 'failed' }))
    assert.deepEqual([await fail('2001:db8::1'), await fail('2001:db8:0:0:ffff::1')], ['failed', 'failed'])
    assert.equal(await fail('2001:db8::2'), null)
    assert.equal(await fail('2001:db8:0:1::2'), 'failed')
  } finally {
    redis.disconnect()
  }
})

test('never limits logins that succeed', async () => {
  const { email } = await register()
  const logins = Array.from({ length: 12 }, () => shop.call('users', LOGIN, { input: { email, password: PASSWORD } }))
  const answers = await Promise.all(logins)
  assert.ok(answers.every((answer) => answer.data.login.session !== null))
})

test('rotates refresh tokens, forgives a repeat within ten seconds, and revokes the family after that', async () => {
  const { session } = await register()
  const first = await shop.call('users', REFRESH, { token: session.refreshToken })
  const newer = first.data.refreshSession.session
  assert.notEqual(newer.refreshToken, session.refreshToken)
  const repeated = await shop.call('users', REFRESH, { token: session.refreshToken })
  assert.notEqual(repeated.data.refreshSession.session, null)
  const { database } = await shop.runtime('users')
  await database.jobPool.query(`update refresh_token set used_at = used_at - interval '11 seconds'`)
  const stolen = await shop.call('users', REFRESH, { token: session.refreshToken })
  assert.equal(stolen.data.refreshSession.userErrors[0].code, 'INVALID_TOKEN')
  const family = await shop.call('users', REFRESH, { token: newer.refreshToken })
  assert.equal(family.data.refreshSession.userErrors[0].code, 'INVALID_TOKEN')
  const answer = await shop.call('users', ME, {}, as(newer))
  assert.equal(answer.errors?.[0]?.extensions?.['code'], 'UNAUTHENTICATED')
})

test('ends a session at logout, its access token at once, and again without an error', async () => {
  const { session } = await register()
  for (let time = 0; time < 2; time += 1) {
    const { data } = await shop.call('users', LOGOUT, { token: session.refreshToken })
    assert.deepEqual(data.logout.userErrors, [])
  }
  const answer = await shop.call('users', ME, {}, as(session))
  assert.equal(answer.status, 401)
  assert.equal(answer.errors?.[0]?.extensions?.['code'], 'UNAUTHENTICATED')
})

test('changes the password, keeps this session and ends the others', async () => {
  const { session, email } = await register()
  const other = (await shop.call('users', LOGIN, { input: { email, password: PASSWORD } })).data.login.session
  const CHANGE =
    'mutation ($input: ChangePasswordInput!) { changePassword(input: $input) { user { id } userErrors { code } } }'
  const wrong = await shop.call(
    'users',
    CHANGE,
    { input: { currentPassword: 'not this one', newPassword: 'a new long one' } },
    as(session),
  )
  assert.equal(wrong.data.changePassword.userErrors[0].code, 'INVALID_CREDENTIALS')
  const right = await shop.call(
    'users',
    CHANGE,
    { input: { currentPassword: PASSWORD, newPassword: 'a new long one' } },
    as(session),
  )
  assert.deepEqual(right.data.changePassword.userErrors, [])
  assert.equal((await shop.call('users', ME, {}, as(session))).data.me.email, email)
  assert.equal((await shop.call('users', ME, {}, as(other))).status, 401)
})

test('disables an account: no session is left and no login succeeds, until it is enabled again', async () => {
  const { session, email } = await register()
  const admin = shop.user({ role: 'ADMIN' })
  const SET =
    'mutation ($id: ID!, $on: Boolean!) { setUserActive(input: { userId: $id, isActive: $on }) { user { isActive } userErrors { code } } }'
  const disabled = await shop.call('users', SET, { id: session.user.id, on: false }, admin)
  assert.equal(disabled.data.setUserActive.user.isActive, false)
  assert.equal((await shop.call('users', ME, {}, as(session))).status, 401)
  const refused = await shop.call('users', LOGIN, { input: { email, password: PASSWORD } })
  assert.equal(refused.data.login.userErrors[0].code, 'ACCOUNT_DISABLED')
  await shop.call('users', SET, { id: session.user.id, on: true }, admin)
  assert.notEqual((await shop.call('users', LOGIN, { input: { email, password: PASSWORD } })).data.login.session, null)
  const forbidden = await shop.call('users', SET, { id: session.user.id, on: false }, shop.user())
  assert.equal(forbidden.errors?.[0]?.extensions?.['code'], 'FORBIDDEN')
})

const ADDRESS = { recipient: 'Ada', line1: '1 Main St', city: 'London', postalCode: 'N1', countryCode: 'GB' }
const ADD =
  'mutation ($address: AddressInput!, $default: Boolean) { addAddress(input: { address: $address, makeDefault: $default }) { address { id isDefault } user { defaultAddress { id } addresses { id isDefault } } userErrors { code path } } }'

test('keeps an address book with one default, which passes on when it is removed', async () => {
  const { session } = await register()
  const viewer = as(session)
  const first = (await shop.call('users', ADD, { address: ADDRESS }, viewer)).data.addAddress
  assert.equal(first.address.isDefault, true)
  const second = (await shop.call('users', ADD, { address: ADDRESS, default: true }, viewer)).data.addAddress
  assert.equal(second.user.defaultAddress.id, second.address.id)
  const REMOVE =
    'mutation ($id: ID!) { removeAddress(input: { id: $id }) { user { defaultAddress { id } addresses { id } } userErrors { code } } }'
  const removed = (await shop.call('users', REMOVE, { id: second.address.id }, viewer)).data.removeAddress
  assert.deepEqual(removed.user, { defaultAddress: { id: first.address.id }, addresses: [{ id: first.address.id }] })
  const stranger = (await shop.call('users', REMOVE, { id: first.address.id }, as((await register()).session))).data
    .removeAddress
  assert.equal(stranger.userErrors[0].code, 'ADDRESS_NOT_FOUND')
})

test('names each field of an address that can’t be one', async () => {
  const { session } = await register()
  const answer = await shop.call('users', ADD, { address: { ...ADDRESS, city: ' ', countryCode: 'XX' } }, as(session))
  assert.deepEqual(answer.data.addAddress.userErrors, [
    { code: 'INVALID_ADDRESS', path: ['input', 'address', 'city'] },
    { code: 'INVALID_ADDRESS', path: ['input', 'address', 'countryCode'] },
  ])
})

test('shows an account to itself and to users:read only', async () => {
  const { session } = await register()
  const document = 'query ($r: [_Any!]!) { _entities(representations: $r) { ... on User { email } } }'
  const variables = {
    r: [
      { __typename: 'User', id: session.user.id },
      { __typename: 'User', id: 'malformed' },
    ],
  }
  assert.deepEqual((await shop.call('users', document, variables)).data._entities, [null, null])
  assert.deepEqual((await shop.call('users', document, variables, shop.user())).data._entities, [null, null])
  assert.equal((await shop.call('users', document, variables, as(session))).data._entities[0].email, session.user.email)
  assert.equal(
    (await shop.call('users', document, variables, shop.user({ role: 'SUPPORT' }))).data._entities[0].email,
    session.user.email,
  )
})

test('lists accounts in pages that stay right, found by a prefix', async () => {
  for (let person = 0; person < 5; person += 1) await register({ name: `Zed ${person}` })
  const support = shop.user({ role: 'SUPPORT' })
  const LIST =
    'query ($after: String) { users(first: 2, after: $after, filter: { search: "zed" }) { nodes { name } totalCount pageInfo { hasNextPage endCursor } } }'
  const names: string[] = []
  let after: string | null = null
  do {
    const page: {
      nodes: { name: string }[]
      totalCount: number
      pageInfo: { hasNextPage: boolean; endCursor: string }
    } = (await shop.call('users', LIST, { after }, support)).data.users
    assert.equal(page.totalCount, 5)
    names.push(...page.nodes.map((node) => node.name))
    after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null
  } while (after !== null)
  assert.deepEqual(names, ['Zed 4', 'Zed 3', 'Zed 2', 'Zed 1', 'Zed 0'])
  const wrong = await shop.call('users', 'query { users(first: 101) { nodes { id } } }', {}, support)
  assert.match(wrong.errors?.[0]?.message ?? '', /^first: expected a number from 1 to 100/)
})

test('writes no password and no token into a log', async () => {
  const { session, email } = await register()
  await shop.call('users', LOGIN, { input: { email, password: 'some wrong secret' } })
  await shop.call('users', REFRESH, { token: session.refreshToken })
  const log = shop.logs.join('\n')
  for (const secret of [PASSWORD, 'some wrong secret', session.accessToken, session.refreshToken])
    assert.ok(!log.includes(secret))
})
