import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, rm, utimes } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { freePort } from '#platform/embedded/free-port.ts'
import { SUBGRAPHS } from '#platform/runtime/names.ts'
import { consequenceOf } from '../../cli/start/restart-on-change.ts'
import { waitUntil } from '../support/wait-until.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))

test('a file of one subgraph restarts that one', () => {
  assert.deepEqual(consequenceOf(['subgraphs/orders/commands/place-order.ts']), {
    recompose: false,
    restart: ['orders'],
  })
})

test('a file of the platform, of the events or of the executable restarts whoever reads it', () => {
  assert.deepEqual(consequenceOf(['platform/db/migrate.ts']).restart, ['sandbox', ...SUBGRAPHS, 'router'])
  assert.deepEqual(consequenceOf(['schema/events/orders.ts']).restart, ['sandbox', ...SUBGRAPHS, 'router'])
  assert.deepEqual(consequenceOf(['subgraphs/main.ts']).restart, [...SUBGRAPHS])
})

test('a file of the router or of the sandbox restarts that one', () => {
  assert.deepEqual(consequenceOf(['router/errors.ts', 'sandbox/cards.ts']).restart, ['sandbox', 'router'])
})

test('a schema composes anew, then restarts its subgraph and the router', () => {
  assert.deepEqual(consequenceOf(['schema/carts.graphql']), { recompose: true, restart: ['carts', 'router'] })
  assert.deepEqual(consequenceOf(['schema/common.graphql']), { recompose: true, restart: [...SUBGRAPHS, 'router'] })
})

test('what composing writes, and what no process reads, restarts nothing', () => {
  const files = ['schema/supergraph.graphql', 'schema/api.graphql', 'schema/subgraphs/users.graphql']
  assert.deepEqual(consequenceOf([...files, 'subgraphs/orders/README.md']), { recompose: false, restart: [] })
})

test('npm run dev restarts a subgraph whose file is saved', async (t) => {
  const parent = await mkdtemp(join(tmpdir(), 'agora-dev-'))
  await chmod(parent, 0o755)
  const env = {
    ...process.env,
    NODE_ENV: 'production',
    DATA_DIR: join(parent, 'data'),
    PORT: String(await freePort()),
    POSTGRES_URL: '',
    REDIS_URL: '',
  }
  const child = spawn(process.execPath, ['cli/dev.ts'], { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (chunk) => void (output += chunk))
  const exited = once(child, 'close')
  t.after(async () => {
    child.kill('SIGTERM')
    await exited
    await rm(parent, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
  })
  const has = (text: string) => () => output.includes(text)
  await waitUntil('it watches', has('Watching for changes'), { timeoutMs: 90_000 })
  await utimes(join(ROOT, 'subgraphs/products/index.ts'), new Date(), new Date())
  await waitUntil('it restarts', () => /Restarting .*products/.test(output))
  await waitUntil('it is ready again', has('Ready again.'), { timeoutMs: 60_000 })
})
