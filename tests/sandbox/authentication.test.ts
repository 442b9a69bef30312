import assert from 'node:assert/strict'
import { test } from 'node:test'
import { charge, get, ledgerOf, post, press, type Reply, sandboxFor, usePostgres } from './support.ts'

const postgresUrl = await usePostgres()

const waiting = (sandbox: { url: string }, more: Record<string, unknown> = {}): Promise<Reply> =>
  post(sandbox, '/v1/payment_intents', charge({ payment_method: 'pm_card_authenticationRequired', ...more }))

const pageOf = (reply: Reply): string => reply.body.next_action?.redirect_to_url.url ?? 'no page'

test('takes nothing before the person approves, and says where to do so', async (t) => {
  const sandbox = await sandboxFor(t, postgresUrl)
  const { status, body } = await waiting(sandbox)
  assert.deepEqual([status, body.status, body.amount_captured], [200, 'requires_action', 0])
  assert.equal(body.next_action?.redirect_to_url.url, `${sandbox.url}/3ds/${body.id}`)
})

test('sends browsers to the public address where there is one', async (t) => {
  const sandbox = await sandboxFor(t, postgresUrl, { env: { SANDBOX_PUBLIC_URL: 'https://pay.example.com/' } })
  const reply = await waiting(sandbox)
  assert.equal(pageOf(reply), `https://pay.example.com/3ds/${reply.body.id}`)
})

test('shows a page with shop, amount and two buttons that needs nothing from elsewhere', async (t) => {
  const sandbox = await sandboxFor(t, postgresUrl)
  const response = await fetch(pageOf(await waiting(sandbox, { amount: 123_456, currency: 'eur' })))
  assert.equal(response.status, 200)
  assert.match(response.headers.get('content-type') ?? '', /^text\/html/)
  assert.match(response.headers.get('content-security-policy') ?? '', /default-src 'none'.*frame-ancestors 'none'/)
  const html = await response.text()
  for (const text of ['Agora', '1234.56 EUR', '>Approve<', '>Fail<']) assert.ok(html.includes(text), text)
  assert.doesNotMatch(html, /src=|https?:/)
  const yen = await fetch(pageOf(await waiting(sandbox, { amount: 500, currency: 'jpy' })))
  assert.match(await yen.text(), />500 JPY</)
})

test('charges on approval and sends the person back to the shop, keeping what its address says', async (t) => {
  const sandbox = await sandboxFor(t, postgresUrl)
  const reply = await waiting(sandbox, { return_url: 'https://shop.example.com/done?order=7' })
  const response = await press(pageOf(reply), 'approve')
  assert.equal(response.status, 303)
  const location = `https://shop.example.com/done?order=7&payment_intent=${reply.body.id}&redirect_status=succeeded`
  assert.equal(response.headers.get('location'), location)
  const { body } = await get(sandbox, `/v1/payment_intents/${reply.body.id}`)
  assert.deepEqual([body.status, body.amount_captured, body.next_action], ['succeeded', 2_500, null])
})

test('takes nothing when it fails, and says why', async (t) => {
  const sandbox = await sandboxFor(t, postgresUrl)
  const reply = await waiting(sandbox, { return_url: 'http://127.0.0.1:1/back' })
  const response = await press(pageOf(reply), 'fail')
  assert.match(response.headers.get('location') ?? '', /^http:\/\/127.0.0.1:1\/back\?.*redirect_status=failed$/)
  const { body } = await get(sandbox, `/v1/payment_intents/${reply.body.id}`)
  assert.deepEqual([body.status, body.amount_captured], ['requires_payment_method', 0])
  assert.match(JSON.stringify(body.last_payment_error), /"code":"authentication_failed"/)
})

test('says what became of it to who has no address to go back to', async (t) => {
  const sandbox = await sandboxFor(t, postgresUrl)
  const page = pageOf(await waiting(sandbox))
  const done = await press(page, 'approve')
  assert.equal(done.status, 200)
  assert.match(await done.text(), /The payment was approved/)
  const again = await fetch(page)
  assert.doesNotMatch(await again.text(), /<button/)
  assert.equal((await fetch(`${sandbox.url}/3ds/pi_unknown`)).status, 404)
  assert.equal((await press(`${sandbox.url}/3ds/pi_unknown`, 'approve')).status, 404)
})

test('decides once: what comes later changes nothing', async (t) => {
  const sandbox = await sandboxFor(t, postgresUrl)
  const request = { metadata: { payment_id: crypto.randomUUID() } }
  const page = pageOf(await waiting(sandbox, request))
  await Promise.all([press(page, 'approve'), press(page, 'approve'), press(page, 'approve')])
  await press(page, 'fail')
  const { charges } = await ledgerOf(sandbox, request)
  assert.deepEqual([charges?.length, charges?.[0]?.status, charges?.[0]?.amount_captured], [1, 'succeeded', 2_500])
})

test('either cancels or charges when both come at once', async (t) => {
  const sandbox = await sandboxFor(t, postgresUrl)
  for (let round = 0; round < 10; round++) {
    const reply = await waiting(sandbox)
    const [canceled] = await Promise.all([
      post(sandbox, `/v1/payment_intents/${reply.body.id}/cancel`, {}, null),
      press(pageOf(reply), 'approve'),
    ])
    const { body } = await get(sandbox, `/v1/payment_intents/${reply.body.id}`)
    assert.equal(body.status, canceled.status === 200 ? 'canceled' : 'succeeded')
    assert.equal(body.amount_captured, canceled.status === 200 ? 0 : 2_500)
  }
})

test('lets no other site approve for the person', async (t) => {
  const sandbox = await sandboxFor(t, postgresUrl)
  const reply = await waiting(sandbox)
  for (const origin of ['https://evil.example.com', 'null']) {
    assert.equal((await press(pageOf(reply), 'approve', { origin })).status, 400)
  }
  assert.equal((await get(sandbox, `/v1/payment_intents/${reply.body.id}`)).body.status, 'requires_action')
  assert.equal((await press(pageOf(reply), 'approve', { origin: sandbox.url })).status, 200)
})
