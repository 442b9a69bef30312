import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { networkInterfaces, tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { Redis } from 'ioredis'
import { type EmbeddedRedis, startEmbeddedRedis } from '#platform/embedded/redis.ts'
import { findRedisServer } from '#platform/embedded/redis-server.ts'
import { createLifecycle } from '#platform/runtime/lifecycle.ts'
import { quiet } from '../support/quiet.ts'
import { waitUntil } from '../support/wait-until.ts'

const HOLD = new URL('fixtures/hold-redis.ts', import.meta.url).pathname
const hasServer = (await findRedisServer(quiet)) !== undefined
// A machine without redis-server has one kind only; the other one's promises are kept where .ci/run installs it.
const KINDS = hasServer ? (['js', 'server'] as const) : (['js'] as const)

async function fixture(t: TestContext) {
  const parent = await mkdtemp(join(tmpdir(), 'agora-redis-test-'))
  const lifecycle = createLifecycle(quiet)
  lifecycle.add('directory', () => rm(parent, { recursive: true, force: true }))
  t.after(() => lifecycle.stop())
  const start = async (kind: 'js' | 'server'): Promise<EmbeddedRedis> => {
    const redis = await startEmbeddedRedis({ kind, dataDir: join(parent, 'redis'), log: quiet })
    lifecycle.add('redis', redis.stop)
    return redis
  }
  const client = (url: string) => {
    const redis = new Redis(url, { maxRetriesPerRequest: null })
    redis.on('error', () => undefined)
    lifecycle.add('client', () => redis.disconnect())
    return redis
  }
  return {
    start,
    client,
    dataDir: join(parent, 'redis'),
    defer: (stop: () => unknown) => lifecycle.add('deferred', stop),
  }
}

const isListening = (port: number, host: string): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ port, host, timeout: 2_000 })
    socket
      .once('connect', () => resolve(true))
      .once('error', () => resolve(false))
      .once('timeout', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })

for (const kind of KINDS) {
  test(`${kind}: listens on loopback only`, async (t) => {
    const { url } = await (await fixture(t)).start(kind)
    const port = Number(new URL(url).port)
    assert.ok(await isListening(port, '127.0.0.1'))
    const outside = Object.values(networkInterfaces())
      .flat()
      .filter((address) => address?.family === 'IPv4' && !address.internal)
    for (const address of outside) assert.equal(await isListening(port, address?.address ?? ''), false)
  })

  test(`${kind}: answers pipelines without waiting for an acknowledgement`, async (t) => {
    const { start, client } = await fixture(t)
    const redis = client((await start(kind)).url)
    await redis.ping()
    const startedAt = performance.now()
    // Forty milliseconds each without TCP_NODELAY: two seconds.
    for (let count = 0; count < 50; count++) await redis.pipeline().set('key', count).get('key').exec()
    assert.ok(performance.now() - startedAt < 1_000)
  })

  test(`${kind}: has what events need: streams with groups, claims, trimming`, async (t) => {
    const { start, client } = await fixture(t)
    const redis = client((await start(kind)).url)
    await redis.xgroup('CREATE', 'events', 'group', '0', 'MKSTREAM')
    for (let count = 0; count < 3; count++) await redis.xadd('events', 'MAXLEN', '~', 100, '*', 'event', String(count))
    const read = await redis.xreadgroup('GROUP', 'group', 'one', 'COUNT', 10, 'STREAMS', 'events', '>')
    assert.equal(JSON.stringify(read).match(/"event"/g)?.length, 3)
    const claimed = await redis.xautoclaim('events', 'group', 'two', 0, '0-0')
    assert.equal(JSON.stringify(claimed).match(/"event"/g)?.length, 3)
  })

  test(`${kind}: has what carts need: scripts with JSON that publish`, async (t) => {
    const { start, client } = await fixture(t)
    const { url } = await start(kind)
    const [redis, subscriber] = [client(url), client(url)]
    await subscriber.subscribe('cart')
    const heard = once(subscriber, 'message')
    const script = `local cart = cjson.decode(ARGV[1]); cart.n = cart.n + 1
      redis.call('SET', KEYS[1], cjson.encode(cart), 'PX', 60000); redis.call('PUBLISH', 'cart', cart.n); return cart.n`
    assert.equal(await redis.eval(script, 1, 'key', '{"n":1}'), 2)
    assert.deepEqual(await heard, ['cart', '2'])
    assert.equal(await redis.get('key'), '{"n":2}')
  })

  test(`${kind}: stops while clients wait for something`, async (t) => {
    const { start, client } = await fixture(t)
    const redis = await start(kind)
    // Never answered: ioredis would ask again if the server came back.
    void client(redis.url)
      .blpop('never', 0)
      .catch(() => undefined)
    await client(redis.url).ping()
    await redis.stop()
    assert.equal(await isListening(Number(new URL(redis.url).port), '127.0.0.1'), false)
  })
}

test('says whether what it holds survives', async (t) => {
  const { start, client } = await fixture(t)
  const kind = hasServer ? 'server' : 'js'
  const first = await start(kind)
  assert.equal(first.durable, hasServer)
  await client(first.url).set('cart', 'full')
  await first.stop()
  const second = await start(kind)
  assert.equal(await client(second.url).get('cart'), hasServer ? 'full' : null)
})

test('a redis-server that is asked for and missing is told in a sentence', async () => {
  const path = process.env['PATH']
  process.env['PATH'] = ''
  try {
    await assert.rejects(
      startEmbeddedRedis({ kind: 'server', log: quiet }),
      /expected a redis-server, 6\.2 or newer, on the PATH/,
    )
  } finally {
    process.env['PATH'] = path
  }
})

/** A process that starts Redis in `dataDir` and holds it until it is killed. */
async function hold(dataDir: string): Promise<{ holder: ChildProcess; url: string }> {
  const holder = spawn(process.execPath, [HOLD, dataDir], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [url] = await once(holder.stdout, 'data')
  return { holder, url: String(url).trim() }
}

test('is gone when its owner is killed, and starts again with what was written', async (t) => {
  const { start, client, dataDir, defer } = await fixture(t)
  const { holder, url } = await hold(dataDir)
  defer(() => holder.kill('SIGKILL'))
  await client(url).set('cart', 'full')
  holder.kill('SIGKILL')
  await waitUntil('it is gone', async () => !(await isListening(Number(new URL(url).port), '127.0.0.1')))
  const again = await start(hasServer ? 'server' : 'js')
  assert.equal(await client(again.url).get('cart'), hasServer ? 'full' : null)
})
