import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { test, type TestContext } from 'node:test'
import fc from 'fast-check'
import { createMetrics } from '#platform/runtime/metrics.ts'
import { ConfigError, describeVariables, readConfig, subgraphUrls, urlVariable } from '#platform/runtime/config.ts'
import { close, type HttpHandler, listen, PortTakenError } from '#platform/runtime/http.ts'
import { createLifecycle } from '#platform/runtime/lifecycle.ts'
import { pause } from '#platform/runtime/pause.ts'
import { createReadiness } from '#platform/runtime/readiness.ts'
import { createTurns } from '#platform/runtime/turns.ts'
import { quiet } from '../support/quiet.ts'
import { capturedLog } from './support/captured-log.ts'

const nothing: HttpHandler = (_request, response) => void response.end('nothing')
const local = { host: '127.0.0.1', port: 0 }

async function serve(t: TestContext, paths: Record<string, HttpHandler>) {
  const captured = capturedLog()
  const { server, url } = await listen({ paths, otherwise: nothing, log: captured.log }, local)
  t.after(() => close(server))
  return { url, server, ...captured }
}

test('a wrong variable is one line that names it, what it holds and what is allowed', () => {
  const wrong = {
    PORT: '70000',
    LOG_LEVEL: 'loud',
    ONE_PROCESS: 'maybe',
    USERS_URL: 'ftp://x',
    SANDBOX_FAIL_AFTER: '2',
    NODE_ENV: 'prod',
  }
  for (const [name, value] of Object.entries(wrong)) {
    assert.throws(
      () => readConfig({ [name]: value }),
      (error) => {
        assert.ok(error instanceof ConfigError)
        assert.ok(error.message.startsWith(`${name}: ${JSON.stringify(value)} is not allowed: `), error.message)
        return !error.message.includes('\n')
      },
    )
  }
})

test('never repeats a secret', () => {
  for (const name of ['POSTGRES_URL', 'REDIS_URL']) {
    for (const value of ['hunter2', 'http://u:hunter2@h', 'localhost:hunter2']) {
      assert.throws(
        () => readConfig({ [name]: value }),
        (error) => error instanceof ConfigError && !error.message.includes('hunter2'),
      )
    }
  }
})

test('a missing variable says what it is for; empty is missing', () => {
  assert.throws(
    () => readConfig({ POSTGRES_URL: '' }, ['POSTGRES_URL']),
    /^ConfigError: POSTGRES_URL is missing: PostgreSQL server/,
  )
  const config = readConfig({ POSTGRES_URL: 'postgres://h/shop', SEED_DEMO: '1', STRANGER: 'x' }, ['POSTGRES_URL'])
  assert.deepEqual(
    [config.POSTGRES_URL, config.SEED_DEMO, config.SHOP_CURRENCY, 'STRANGER' in config],
    ['postgres://h/shop', true, 'USD', false],
  )
})

test('knows the address of each subgraph by its name', () => {
  assert.equal(urlVariable('users'), 'USERS_URL')
  assert.equal(subgraphUrls(readConfig({ CARTS_URL: 'http://h:4004/graphql' })).carts, 'http://h:4004/graphql')
  const described = describeVariables()
  assert.ok(described.every(({ meaning }) => meaning !== ''))
  assert.equal(described.find(({ name }) => name === 'SHUTDOWN_GRACE_MS')?.default, 10_000)
})

test('writes no secret, at whatever depth it hides', () => {
  const { log, text, lines } = capturedLog()
  const secrets = {
    authorization: 'hunter2',
    password: 'hunter2',
    token: 'hunter2',
    refreshToken: 'hunter2',
    cookie: 'hunter2',
    clientSecret: 'hunter2',
    cardNumber: 'hunter2',
  }
  log.info({ ...secrets, request: { headers: secrets }, input: secrets }, 'seen')
  log.child({ token: 'hunter2' }).warn('seen')
  assert.doesNotMatch(text(), /hunter2/)
  assert.equal(lines()[0]?.['password'], '[redacted]')
  assert.deepEqual([lines()[0]?.level, lines()[0]?.['service']], ['info', 'test'])
})

test('stops in the opposite order, all of it, once', async () => {
  const { log, lines } = capturedLog()
  const stopped: string[] = []
  const lifecycle = createLifecycle(log)
  lifecycle.add('first', () => stopped.push('first'))
  lifecycle.add('broken', () => Promise.reject(new Error('stuck')))
  lifecycle.add('last', async () => stopped.push('last'))
  await Promise.all([lifecycle.stop(), lifecycle.stop()])
  assert.deepEqual(stopped, ['last', 'first'])
  assert.deepEqual(
    lines().map(({ part, msg }) => [part, msg]),
    [['broken', 'could not be stopped cleanly']],
  )
})

test('what is added while it stops is stopped as well', async () => {
  const stopped: string[] = []
  const lifecycle = createLifecycle(quiet)
  lifecycle.add('first', () => stopped.push('first'))
  const stopping = lifecycle.stop()
  lifecycle.add('late', () => stopped.push('late'))
  await stopping
  await lifecycle.stop()
  assert.deepEqual(stopped.toSorted(), ['first', 'late'])
})

const stopping = {
  finishes: [0, 'SIGTERM'],
  'is interrupted': [0, 'SIGINT'],
  fails: [1, 'SIGTERM'],
  hangs: [1, 'SIGTERM'],
} as const
for (const [how, [code, signal]] of Object.entries(stopping)) {
  test(`a process whose stopping ${how} exits ${code}`, async () => {
    const script = new URL('./support/stoppable.ts', import.meta.url).pathname
    const child = spawn(process.execPath, [script, how], { stdio: ['ignore', 'pipe', 'inherit'] })
    await once(child.stdout, 'data')
    child.kill(signal)
    child.kill(signal)
    assert.deepEqual(await once(child, 'exit'), [code, null])
  })
}

test('works of one key take turns, in order; those of others do not wait', async () => {
  const turns = createTurns()
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(fc.constantFrom('a', 'b'), fc.nat(2), fc.boolean())), async (works) => {
      const done: Record<string, number[]> = { a: [], b: [] }
      const running = new Set<string>()
      const results = works.map(([key, ticks, fails], index) =>
        turns(key, async () => {
          assert.equal(running.has(key), false)
          running.add(key)
          for (let tick = 0; tick < ticks; tick += 1) await Promise.resolve()
          running.delete(key)
          done[key]?.push(index)
          if (fails) throw new Error('failed')
        }),
      )
      const settled = await Promise.allSettled(results)
      assert.deepEqual(
        settled.map(({ status }) => status === 'rejected'),
        works.map(([, , fails]) => fails),
      )
      for (const indices of Object.values(done))
        assert.deepEqual(
          indices,
          indices.toSorted((a, b) => a - b),
        )
    }),
  )
})

test('a pause ends when it is over or when it is stopped, and leaves no listener', async () => {
  const stopper = new AbortController()
  for (let n = 0; n < 20; n += 1) await pause(0, stopper.signal)
  const long = pause(60_000, stopper.signal)
  stopper.abort()
  await long
  await pause(60_000, stopper.signal)
})

test('tells what is missing, also where a check fails or hangs', async () => {
  const readiness = createReadiness(['graph'])
  readiness.watch('good', () => null)
  readiness.watch('bad', () => Promise.reject(new Error('refused')))
  assert.deepEqual(await readiness.missing(), { graph: 'starting', bad: 'refused' })
  readiness.report('graph', null)
  readiness.watch('bad', () => new Promise(() => undefined))
  assert.deepEqual(await readiness.missing(), { bad: 'no answer within 2000 ms' })
})

test('a taken port is told in a sentence; any free one is taken for 0', async (t) => {
  const { url } = await serve(t, {})
  const port = Number(new URL(url).port)
  const second = listen({ paths: {}, otherwise: nothing }, { host: '127.0.0.1', port })
  await assert.rejects(
    second,
    (error) =>
      error instanceof PortTakenError && error.message === `port ${port} on 127.0.0.1 is taken by another program`,
  )
  await assert.rejects(listen({ paths: {}, otherwise: nothing }, { host: '203.0.113.1', port: 0 }))
})

test('what a handler throws is masked, and found in the log', async (t) => {
  const fail = () => {
    throw new Error('secret detail')
  }
  const { url, lines } = await serve(t, { '/fails': fail })
  const response = await fetch(`${url}/fails`)
  const body = await response.text()
  assert.equal(response.status, 500)
  assert.doesNotMatch(body, /secret/)
  const { errorId } = JSON.parse(body).errors[0].extensions
  assert.equal(lines().filter((line) => line['errorId'] === errorId).length, 1)
})

test('a handler that fails in the middle of its answer cuts it off', async (t) => {
  const half: HttpHandler = (_request, response) => {
    response.writeHead(200).write('half')
    throw new Error('gone')
  }
  const { url } = await serve(t, { '/half': half })
  await assert.rejects(fetch(`${url}/half`).then((response) => response.text()))
})

test('closing waits for the request under way, and twice does no harm', async () => {
  const mayEnd = Promise.withResolvers<void>()
  const begun = Promise.withResolvers<void>()
  const slow: HttpHandler = async (_request, response) => {
    begun.resolve()
    await mayEnd.promise
    response.end('done')
  }
  const { server, url } = await listen({ paths: { '/slow': slow }, otherwise: nothing }, local)
  const answer = fetch(`${url}/slow`)
  await begun.promise
  const closed = close(server)
  mayEnd.resolve()
  assert.equal(await (await answer).text(), 'done')
  await closed
  await close(server)
})

test('a metric of one name and other labels is refused at the start, not when it counts', () => {
  const metrics = createMetrics()
  const counter = metrics.counter({ name: 'shop_things_total', help: 'Things', labels: ['kind'] })
  assert.equal(metrics.counter({ name: 'shop_things_total', help: 'Things', labels: ['kind'] }), counter)
  assert.throws(
    () => metrics.counter({ name: 'shop_things_total', help: 'Things', labels: ['colour'] }),
    /metric shop_things_total: expected the labels \[kind\] that it has, got \[colour\]/,
  )
})
