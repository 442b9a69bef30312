import assert from 'node:assert/strict'
import { test } from 'node:test'
import { generateKeys } from '#platform/auth/generate-keys.ts'
import { essenceOf, toTerminalLine } from '#platform/embedded/log-lines.ts'
import { readConfig } from '#platform/runtime/config.ts'
import { type SubgraphName, SUBGRAPHS } from '#platform/runtime/names.ts'
import { planShop } from '../../cli/start/plan.ts'
import { wantsDemoData } from '../../cli/start/seed.ts'
import { startBlock } from '../../cli/start/start-block.ts'

const keys = generateKeys()
const ports = {
  router: 4000,
  subgraphs: Object.fromEntries(SUBGRAPHS.map((name, index) => [name, 4001 + index])) as Record<SubgraphName, number>,
  sandbox: 4100,
}
const plan = planShop({
  env: {
    HOST: '0.0.0.0',
    USERS_URL: 'http://elsewhere.example/graphql',
    TOKEN_SIGNING_KEY: 'leaked',
    SHOP_CURRENCY: 'EUR',
  },
  host: '0.0.0.0',
  ports,
  keys,
  postgresUrl: 'postgres://agora:secret@127.0.0.1:5432/agora',
  redisUrl: 'redis://127.0.0.1:6379',
})
const services = [plan.sandbox, ...plan.subgraphs, plan.router]

test('only users can sign access tokens, and every subgraph has a key of its own', () => {
  const holders = services.filter(({ env }) => env['TOKEN_SIGNING_KEY'] !== undefined)
  assert.deepEqual(
    holders.map(({ name }) => name),
    ['users'],
  )
  assert.equal(plan.subgraphs[0]?.env['TOKEN_SIGNING_KEY'], keys.tokenSigningKey)
  for (const { name, env } of plan.subgraphs) assert.equal(env['SERVICE_KEY'], keys.serviceKeys[name])
  assert.equal(plan.router.env['SERVICE_KEY'], undefined)
})

test('only the router is reachable from outside', () => {
  const reachable = services.filter(({ env }) => env['HOST'] !== '127.0.0.1')
  assert.deepEqual(
    reachable.map(({ name }) => name),
    ['router'],
  )
  assert.equal(plan.urls.router, 'http://127.0.0.1:4000/graphql')
})

test('the real addresses win over those of the environment, whose other settings go on', () => {
  assert.equal(plan.router.env['USERS_URL'], 'http://127.0.0.1:4001/graphql')
  for (const { env } of services) assert.equal(env['SHOP_CURRENCY'], 'EUR')
})

test('public passwords never get into production, nor unasked into a server of one’s own', () => {
  const wants = (env: Record<string, string>, isEmbedded: boolean) => wantsDemoData(readConfig(env), { isEmbedded })
  assert.equal(wants({}, true), true)
  assert.equal(wants({}, false), false)
  assert.equal(wants({ SEED_DEMO: '1' }, false), true)
  assert.equal(wants({ NODE_ENV: 'production', SEED_DEMO: '1' }, true), false)
})

test('the start block names the accounts where they were made, and nowhere else', () => {
  const backing = { postgres: { url: '', isEmbedded: true, note: 'embedded' }, redis: { url: '', note: 'in memory' } }
  const facts = { urls: plan.urls, backing, dataDir: '.data', pages: { graphiql: true, sandbox: true } }
  assert.match(
    startBlock({ ...facts, isSeeded: true }),
    /demo@ecommerce\.com\s+DemoPass123!\n\s+admin@ecommerce\.com\s+AdminPass123!/,
  )
  assert.doesNotMatch(startBlock({ ...facts, isSeeded: false }), /ecommerce\.com/)
})

test('a log entry is one line at a terminal; an error shows where it happened', () => {
  const entry = {
    level: 'warn',
    time: '2026-11-20T21:00:01.000Z',
    service: 'orders',
    msg: 'lost',
    port: 1,
    err: { message: 'gone', stack: 'at x' },
  }
  assert.equal(toTerminalLine('orders', JSON.stringify(entry)), '21:00:01 orders    warn  lost port=1: gone')
  assert.equal(
    toTerminalLine('orders', JSON.stringify({ ...entry, level: 'error' })),
    '21:00:01 orders    error lost port=1\nat x',
  )
  assert.equal(toTerminalLine('orders', '    at main.ts:3'), 'orders    │     at main.ts:3')
  assert.equal(toTerminalLine('orders', '{ not json'), 'orders    │ { not json')
})

test('the last words of a dying process are its reason, not the end of its stack trace', () => {
  const trace = ['Error: no such thing', '    at main.ts:3', "  code: 'X'", '}', 'Node.js v24.21.0']
  assert.deepEqual(
    trace.map(essenceOf).filter((words) => words !== undefined),
    ['Error: no such thing'],
  )
  assert.equal(essenceOf('{"level":"fatal","msg":"could not start","err":{"message":"why"}}'), 'could not start: why')
})
