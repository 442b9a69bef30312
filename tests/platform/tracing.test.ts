import assert from 'node:assert/strict'
import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import { after, test } from 'node:test'
import { readConfig } from '#platform/runtime/config.ts'
import { sampleUpTo } from '#platform/telemetry/sampling.ts'
import { startTracing } from '#platform/telemetry/start-tracing.ts'
import { traceRequests } from '#platform/telemetry/trace-requests.ts'
import { currentTraceparent, inSpan, isTracing, startSpan } from '#platform/telemetry/tracing.ts'
import { traceHttp } from '../../router/tracing.ts'
import { startOtlpReceiver } from '../support/otlp-receiver.ts'
import { quiet } from '../support/quiet.ts'
import { capturedLog } from './support/captured-log.ts'

const receiver = await startOtlpReceiver()
after(() => receiver.stop())
const start = (env: Record<string, string>, log = quiet) => startTracing('test', readConfig(env), log)
const handle = () => undefined

test('without an address nothing is wrapped, and nothing begins', async () => {
  const tracing = await start({})
  assert.equal(isTracing(), false)
  assert.equal(traceRequests(handle), handle)
  assert.deepEqual([startSpan('x'), await inSpan('x', {}, () => currentTraceparent())], [undefined, undefined])
  await tracing.stop()
})

test('a span continues what its traceparent says, and passes over one that is malformed', async () => {
  const tracing = await start({ OTEL_EXPORTER_OTLP_ENDPOINT: `${receiver.url}/` })
  const parent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
  await inSpan('outer', { parent }, () =>
    inSpan('inner', {}, () => assert.match(String(currentTraceparent()), /^00-0af7/)),
  )
  for (const malformed of ['nonsense', `00-${'0'.repeat(32)}-${'0'.repeat(16)}-01`])
    await inSpan('alone', { parent: malformed }, () => undefined)
  await assert.rejects(
    inSpan('failing', {}, () => Promise.reject(new Error('no'))),
    /no/,
  )
  await tracing.stop()
  assert.equal(isTracing(), false)
  const [inner, outer, ...alone] = receiver.spans
  assert.deepEqual([outer?.traceId, outer?.parentSpanId], [parent.slice(3, 35), 'b7ad6b7169203331'])
  assert.deepEqual([inner?.traceId, inner?.parentSpanId], [outer?.traceId, outer?.spanId])
  assert.deepEqual(
    alone.map(({ name, parentSpanId, service }) => [name, parentSpanId, service]),
    [
      ['alone', undefined, 'test'],
      ['alone', undefined, 'test'],
      ['failing', undefined, 'test'],
    ],
  )
})

test('a trace that its caller does not record is not recorded here, and passed on as such', async () => {
  receiver.spans.length = 0
  const tracing = await start({ OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url })
  await inSpan('x', { parent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00' }, () =>
    assert.match(String(currentTraceparent()), /-00$/),
  )
  await tracing.stop()
  assert.deepEqual(receiver.spans, [])
})

test('a collector that is away is told in the log, and harms nobody', async () => {
  const { log, lines } = capturedLog()
  const tracing = await start({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1' }, log)
  assert.equal(await inSpan('x', {}, () => 'done'), 'done')
  await tracing.stop()
  assert.ok(lines().some(({ msg }) => msg === 'spans could not be sent'))
})

test('of the traces that begin in a busy process ten a second are recorded, of a quiet one all', () => {
  let nowMs = 0
  const sample = sampleUpTo(10, () => nowMs)
  const recorded = (count: number) => Array.from({ length: count }, sample).filter(Boolean).length
  assert.equal(recorded(1_000), 10)
  nowMs += 500
  assert.equal(recorded(1_000), 5)
  nowMs += 60_000
  assert.equal(recorded(1_000), 10)
})

test('what is not recorded is one trace all the same: its parts are passed on as such, and ask nobody for attributes', async () => {
  receiver.spans.length = 0
  const tracing = await start({ OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, OTEL_TRACES_SAMPLER_ARG: '0' })
  const attributes = () => assert.fail('nobody wants to know')
  await inSpan('outer', { attributes }, async () => {
    const outer = currentTraceparent()
    assert.match(String(outer), /^00-[\da-f]{32}-[\da-f]{16}-00$/)
    assert.equal(startSpan('inner', { attributes }), undefined)
    await inSpan('inner', { attributes }, () => assert.equal(currentTraceparent(), outer))
  })
  await tracing.stop()
  assert.deepEqual(receiver.spans, [])
})

test('a request that is not recorded is handled without a span, and says so to whoever it is passed on to', async () => {
  const asked = async (share: string, given?: string) => {
    const tracing = await start({ OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, OTEL_TRACES_SAMPLER_ARG: share })
    const request = Object.assign(new IncomingMessage(new Socket()), { method: 'POST' })
    if (given !== undefined) request.headers['traceparent'] = given
    const seen: unknown[] = []
    const traced = traceHttp(() => void seen.push(currentTraceparent(), request.headers['traceparent']))
    await traced(request, new ServerResponse(request))
    await tracing.stop()
    return seen
  }
  receiver.spans.length = 0
  const [, passedOn] = await asked('0')
  assert.match(String(passedOn), /^00-[\da-f]{32}-[\da-f]{16}-00$/)
  const unseen = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-02`
  assert.deepEqual(await asked('1', unseen), [undefined, unseen])
  assert.notEqual((await asked('0', 'nonsense'))[1], 'nonsense')
  assert.deepEqual(receiver.spans, [])
  const [own] = await asked('0', `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`)
  assert.match(String(own), /^00-a{32}-.*-01$/)
  await asked('1')
  assert.deepEqual(
    receiver.spans.map(({ name, parentSpanId }) => [name, parentSpanId]),
    [
      ['POST /graphql', 'b'.repeat(16)],
      ['POST /graphql', undefined],
    ],
  )
})

test('a protocol that is not spoken is refused at the start', () => {
  assert.throws(
    () => readConfig({ OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }),
    /^ConfigError: OTEL_EXPORTER_OTLP_PROTOCOL: "grpc" is not allowed: expected http\/json, .*4318/,
  )
})
