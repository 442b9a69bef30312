import assert from 'node:assert/strict'
import { test } from 'node:test'
import { postGraphQL, subscribeGraphQL } from '../support/client.ts'
import { readMetrics } from '../support/metrics.ts'
import { waitUntil } from '../support/wait-until.ts'
import { startGraph } from './fixtures/graph.ts'
import { startTestRouter } from './fixtures/router.ts'

const graph = await startGraph()
const router = await startTestRouter(graph.supergraphSdl)
const ask = (document: string) => postGraphQL(router.url, { document })
const operations = (type: string, code: string) => `agora_router_operations_total{type="${type}",code="${code}"}`

test('counts operations by type and code over every transport, and requests by status', async () => {
  await ask('{ product(id: 1) { name } }')
  await ask('{ product(id: 1) { name cost } }')
  await ask('mutation { rename(id: 1, name: "Headphones") { name } }')
  await ask('{ nonsense }')
  await ask('{')
  const events = subscribeGraphQL(router.wsUrl, { document: 'subscription { priceChanged(id: 1) { price } }' })
  await events.next()
  await events.return?.()
  const refused = subscribeGraphQL(router.wsUrl, { document: 'subscription { nonsense }' })
  await refused.next().catch(() => undefined)
  const metric = await readMetrics(router.base)
  const expected = {
    [operations('query', 'OK')]: 1,
    [operations('query', 'UNAUTHORIZED_FIELD_OR_TYPE')]: 1,
    [operations('mutation', 'OK')]: 1,
    [operations('subscription', 'OK')]: 1,
    [operations('unknown', 'GRAPHQL_VALIDATION_FAILED')]: 2,
    [operations('unknown', 'GRAPHQL_PARSE_FAILED')]: 1,
    'agora_router_http_requests_total{status="200"}': 3,
    'agora_router_http_requests_total{status="400"}': 2,
  }
  const actual = Object.fromEntries(Object.keys(expected).map((sample) => [sample, metric(sample)]))
  assert.deepEqual(actual, expected)
  assert.ok((metric('agora_router_operation_duration_seconds_count{type="query"}') ?? 0) >= 2)
  assert.ok((metric('nodejs_eventloop_lag_p99_seconds') ?? -1) >= 0)
})

test('counts plans, fetches of each subgraph and calls and executions that were shared, on through a reload', async () => {
  const plans = async (result: string) =>
    (await readMetrics(router.base))(`agora_router_plans_total{result="${result}"}`) ?? 0
  const [planned, hits] = [await plans('planned'), await plans('hit')]
  const held = graph.stock.hold()
  const all = [ask('{ warehouses }'), ask('{ warehouses }'), ask('{ warehouses __typename }')]
  await held.called
  const shared = async () => {
    const metric = await readMetrics(router.base)
    return (
      metric('agora_router_shared_executions_total') === 1 &&
      metric('agora_router_subgraph_shared_calls_total{subgraph="stock"}') === 1
    )
  }
  await waitUntil('an execution and a call are shared', shared)
  held.release()
  await Promise.all(all)
  await ask('{ warehouses }')
  assert.equal(await plans('planned'), planned + 2)
  assert.ok((await plans('hit')) > hits)
  const metric = await readMetrics(router.base)
  assert.equal(metric('agora_router_subgraph_calls_total{subgraph="stock",outcome="answered"}'), 2)
  assert.equal(metric('agora_router_subgraph_breaker_state{subgraph="stock"}'), 0)
  assert.ok((metric('agora_router_plans') ?? 0) >= 1)
  const before = await plans('hit')
  await router.reload(graph.supergraphSdl.replace('"Not in the list price."', '"Not for everybody."'))
  // Warming up asks for plans, too.
  const warmed = await plans('hit')
  assert.ok(warmed >= before)
  await ask('{ warehouses }')
  assert.equal(await plans('hit'), warmed + 1)
})
