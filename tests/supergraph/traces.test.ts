import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { newId } from '#platform/kernel/ids.ts'
import { readConfig } from '#platform/runtime/config.ts'
import { startTracing } from '#platform/telemetry/start-tracing.ts'
import { type OtlpReceiver, type ReceivedSpan, startOtlpReceiver } from '../support/otlp-receiver.ts'
import { quiet } from '../support/quiet.ts'
import { waitUntil } from '../support/wait-until.ts'
import { startWholeShop, type WholeShop } from '../support/whole-shop.ts'
import { ADDRESS, answered, CARD, createShopping, eventWhere, GUEST, nextEvent } from './shopping.ts'

const TRACE = '0af7651916cd43dd8448eb211c80319c'
const CLIENT_SPAN = 'b7ad6b7169203331'
const FETCH_OF_EVENT = `fetch products,graphql.event,graphql.subscribe,${CLIENT_SPAN}`

let receiver: OtlpReceiver
let shop: WholeShop
let stopTracing: () => Promise<void>
before(async () => {
  receiver = await startOtlpReceiver()
  const config = readConfig({ OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url })
  stopTracing = (await startTracing('shop', config, quiet)).stop
  shop = await startWholeShop()
})
after(async () => {
  await shop.stop()
  await stopTracing()
  await receiver.stop()
})

const ofTrace = (id = TRACE): ReceivedSpan[] => receiver.spans.filter(({ traceId }) => traceId === id)
/** The names from a span up to the client's. */
function wayUp(span: ReceivedSpan): string[] {
  const parent = ofTrace(span.traceId).find(({ spanId }) => spanId === span.parentSpanId)
  return [span.name, ...(parent === undefined ? [span.parentSpanId ?? 'nobody'] : wayUp(parent))]
}

test('a checkout is one trace from the client through router and subgraphs down to SQL, and to the job that runs later', async () => {
  const shopping = createShopping(shop)
  const variantId = await shopping.variant({ price: '10.00', stock: 10 })
  const customer = shop.user()
  const { id: cartId } = await shopping.cart(GUEST, [{ variantId }])
  const input = { cartId, shippingAddress: ADDRESS, idempotencyKey: newId(), payment: { token: CARD.visa } }
  const document = `mutation Buy($input: CheckoutInput!) { checkout(input: $input) { order { id status } userErrors { code } } }`
  const headers = { traceparent: `00-${TRACE}-${CLIENT_SPAN}-01` }
  const { checkout } = answered(await shop.ask(document, { input }, customer, { headers }))
  assert.equal(checkout.order.status, 'CONFIRMED')
  await shopping.hurryJobs('orders', 'settle-order')
  await shopping.hurryJobs('orders', 'expire-order')
  const found = (name: string, subgraph?: string) =>
    ofTrace().find(
      (span) => span.name === name && (subgraph === undefined || span.attributes['agora.subgraph'] === subgraph),
    )
  await waitUntil('a job of the trace has run', () => ofTrace().some(({ name }) => name.startsWith('job ')))

  const server = found('POST /graphql')
  assert.ok(ofTrace().some(({ name, parentSpanId }) => name === 'POST /graphql' && parentSpanId === CLIENT_SPAN))
  assert.ok(server)
  for (const name of ['graphql.parse', 'graphql.validate', 'graphql.plan', 'fetch orders', 'call payments'])
    assert.ok(
      found(name),
      `expected a span ${name}, got ${[...new Set(ofTrace().map((span) => span.name))].join(', ')}`,
    )
  const inOrders = ofTrace().filter(
    (span) => span.attributes['agora.subgraph'] === 'orders' && span.name === 'POST /graphql',
  )
  const statement = ofTrace().find(
    ({ name, parentSpanId }) => name === 'SQL INSERT' && inOrders.some(({ spanId }) => spanId === parentSpanId),
  )
  assert.ok(statement, 'expected a statement within the request to orders')
  assert.deepEqual(wayUp(statement).slice(1), [
    'POST /graphql',
    'fetch orders',
    'graphql.execute',
    'POST /graphql',
    CLIENT_SPAN,
  ])
  const ends = new Set(ofTrace().map((span) => wayUp(span).at(-1)))
  assert.deepEqual([...ends], [CLIENT_SPAN], 'every span leads up to the client')
  assert.ok(ofTrace().every(({ service }) => service === 'shop'))
})

test('each event of a subscription over a WebSocket is in the trace of its client, and so are the commands of Redis', async () => {
  const trace = '1af7651916cd43dd8448eb211c80319d'
  const shopping = createShopping(shop)
  const variantId = await shopping.variant({ price: '10.00', stock: 10 })
  const { id: cartId } = await shopping.cart(GUEST, [{ variantId }])
  const headers = { traceparent: `00-${trace}-${CLIENT_SPAN}-01` }
  const document =
    'subscription ($cartId: ID!) { cartChanged(cartId: $cartId) { totalQuantity lines { variant { sku } } } }'
  const events = shop.watch(document, { cartId }, GUEST, { headers })
  assert.equal((await nextEvent(events)).cartChanged.totalQuantity, 1)
  const input = { cartId, variantId, quantity: 2, idempotencyKey: newId() }
  const add = 'mutation ($input: AddToCartInput!) { addToCart(input: $input) { cart { id } userErrors { code } } }'
  answered(await shop.ask(add, { input }, GUEST, { headers }))
  await eventWhere(events, ({ cartChanged }) => cartChanged.totalQuantity === 3)
  await events.return?.()

  const named = (name: RegExp) => ofTrace(trace).filter((span) => name.test(span.name))
  await waitUntil('the spans have come', () => named(/^graphql\.event$/).length >= 2 && named(/^Redis /).length > 0)
  await waitUntil('the fetch of an event has come', () =>
    ofTrace(trace).some((span) => wayUp(span).join() === FETCH_OF_EVENT),
  )
  for (const command of named(/^Redis /)) {
    assert.deepEqual(Object.keys(command.attributes).toSorted(), ['db.operation.name', 'db.system.name'])
    assert.equal(wayUp(command).at(-1), CLIENT_SPAN)
  }
  assert.ok(
    named(/^Redis /).some(
      (command) =>
        wayUp(command).slice(1).join() === `POST /graphql,fetch carts,graphql.execute,POST /graphql,${CLIENT_SPAN}`,
    ),
  )
})

test('no value of a statement leaves with its span', async () => {
  const texts = ofTrace().map(({ attributes }) => JSON.stringify(attributes['db.query.text'] ?? null))
  assert.ok(texts.some((text) => text !== 'null'))
  assert.doesNotMatch(texts.join('\n'), /Lovelace|St James/)
})
