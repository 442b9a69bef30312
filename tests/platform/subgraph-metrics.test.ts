import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readMetrics } from '../support/metrics.ts'
import { useBacking } from '../support/backing.ts'
import { waitUntil } from '../support/wait-until.ts'
import { startGate } from './support/gate.ts'
import { startDouble } from './support/orders-double.ts'

const backing = await useBacking()
const gate = await startGate(backing.postgresUrl)
backing.defer(() => gate.shut())
const shop = await startDouble(
  { ...backing, postgresUrl: gate.url },
  {
    parts: {
      jobs: () => ({
        handlers: {
          'follow-up': async (payload) => {
            if ((payload as { number: string }).number === 'bad') throw new Error('not this time')
          },
        },
      }),
      // Its own events, as a neighbour's would come.
      consumes: () => ({
        orders: {
          'order.asked': async ({ subject }) => {
            if (subject === 'bad') throw new Error('not this time')
          },
        },
      }),
    },
  },
)
await shop.running.ready
const user = shop.user()
const ask = (document: string) => shop.call(document, user)
const read = () => readMetrics(shop.running.url)
const reaches = (sample: string, value: number) =>
  waitUntil(`${sample} is ${value}`, async () => (await read())(sample) === value)

test('counts operations by type and code', async () => {
  await ask('{ order(id: "a") { id } }')
  await ask('{ order(id: "bug") { id } }')
  await ask('{ nonsense }')
  const metric = await read()
  const count = (type: string, code: string) => metric(`agora_subgraph_operations_total{type="${type}",code="${code}"}`)
  assert.deepEqual(
    [count('query', 'OK'), count('query', 'INTERNAL_SERVER_ERROR'), count('unknown', 'GRAPHQL_VALIDATION_FAILED')],
    [1, 1, 1],
  )
  assert.equal(metric('agora_subgraph_operation_duration_seconds_count{type="query"}'), 2)
})

test('counts attempts at jobs, and shows those that wait', async () => {
  await ask('{ orderByNumber(number: "1") { id } }')
  await reaches('agora_job_attempts_total{job="follow-up",outcome="done"}', 1)
  await ask('{ orderByNumber(number: "bad") { id } }')
  await reaches('agora_job_attempts_total{job="follow-up",outcome="failed"}', 1)
  await reaches('agora_jobs{job="follow-up",state="later"}', 1)
  const metric = await read()
  assert.equal(metric('agora_jobs_late_seconds'), 0)
  assert.ok((metric('agora_db_connections{pool="jobs",state="idle"}') ?? 0) > 0)
  assert.equal(metric('agora_db_waiting{pool="work"}'), 0)
})

test('counts events that were sent and how deliveries of them ended', async () => {
  await reaches('agora_events_published_total', 2)
  await reaches('agora_outbox', 0)
  await reaches('agora_events_consumed_total{source="orders",outcome="handled"}', 1)
  await reaches('agora_events_consumed_total{source="orders",outcome="failed"}', 1)
  assert.equal((await read())('agora_events_consumed_total{source="orders",outcome="dead"}'), 0)
})

test('still answers with the rest when PostgreSQL is away', async () => {
  await gate.shut()
  await waitUntil('it is away', async () => (await read())('agora_jobs{job="follow-up",state="later"}') === undefined)
  assert.equal((await read())('agora_job_attempts_total{job="follow-up",outcome="done"}'), 1)
  await gate.open()
  await reaches('agora_jobs{job="follow-up",state="later"}', 1)
})
