import assert from 'node:assert/strict'
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { freePort } from '#platform/embedded/free-port.ts'
import { newId } from '#platform/kernel/ids.ts'
import { keysIn } from '../../cli/start/keys.ts'
import { type Backing, startBacking } from '../support/backing.ts'
import { postGraphQL } from '../support/client.ts'
import { assertInvariants, type ShopBooks, shopBooks } from '../support/invariants.ts'
import { createViewers } from '../support/viewers.ts'
import { waitUntil } from '../support/wait-until.ts'
import type { WholeShop } from '../support/whole-shop.ts'
import { ADDRESS, CARD, createShopping, GUEST, type Shopping } from './shopping.ts'

// `npm start` as processes of their own, on a PostgreSQL and a Redis that survive what is done to it here.
const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const PATIENCE = { timeoutMs: 90_000 }
const BUYERS = 8
const STOCK = 5

let backing: Backing
let dataDir: string
let books: ShopBooks
let shopping: Shopping
let running: Started
before(async () => {
  backing = await startBacking()
  dataDir = await mkdtemp(join(tmpdir(), 'agora-crash-'))
  running = await start()
  const { users, shop } = await outside()
  books = shop.books
  shopping = createShopping({ ...users, ...shop })
})
after(async () => {
  await running.stop()
  await backing.stop()
  await rm(dataDir, { recursive: true, force: true })
})

type Started = { child: ChildProcess; port: number; output: () => string; stop(): Promise<void> }

async function start(): Promise<Started> {
  const port = running?.port ?? (await freePort())
  const env = {
    ...process.env,
    NODE_ENV: 'test',
    DATA_DIR: dataDir,
    PORT: String(port),
    POSTGRES_URL: backing.postgresUrl,
    REDIS_URL: backing.redisUrl,
    LOG_LEVEL: 'warn',
    SANDBOX_LATENCY_MS: '100',
    // An order whose charge never reached the provider waits for its customer; here nobody comes, and it ends.
    PAYMENT_DUE_MS: '40000',
  }
  const child = spawn(process.execPath, ['cli/start.ts'], { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text) => void (output += text))
  const closed = once(child, 'close')
  await waitUntil(
    `the shop starts: ${output}`,
    () => output.includes('Agora is ready') || child.exitCode !== null,
    PATIENCE,
  )
  assert.match(output, /Agora is ready/)
  const stop = async () => {
    child.kill('SIGTERM')
    await closed
  }
  return { child, port, output: () => output, stop }
}

/** The shop as it looks from outside: its router, its books, and viewers signed with its keys. */
async function outside() {
  const keys = await keysIn(dataDir)
  const users = createViewers(keys)
  const url = `http://127.0.0.1:${running.port}/graphql`
  const ask: WholeShop['ask'] = (document, variables = {}, asker = users.guest) =>
    postGraphQL(url, { document, variables, token: 'token' in asker ? asker.token : asker.tokenFor('users') })
  const sandboxUrl = /Cards\s+(http:\S+)/.exec(running.output())?.[1] ?? assert.fail(running.output())
  return { users, shop: { ask, books: shopBooks({ postgresUrl: backing.postgresUrl, sandboxUrl }) } }
}

/** The processes of the shop, by what they run. */
async function processes(): Promise<{ pid: number; args: string }[]> {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pid=,ppid=,args='])
  return stdout.split('\n').flatMap((row) => {
    const [, pid, parent, args = ''] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(row) ?? []
    return Number(parent) === running.child.pid ? [{ pid: Number(pid), args }] : []
  })
}

const LOST = 'lost'
/** Eight buyers of five units at once; who gets no answer because somebody was killed, gets `lost`. */
async function buyers() {
  const variantId = await shopping.variant({ stock: STOCK })
  const carts = await Promise.all(Array.from({ length: BUYERS }, () => shopping.cart(GUEST, [{ variantId }])))
  const { users } = await outside()
  const buy = ({ id }: { id: string }) =>
    shopping
      .mutate('checkout', 'CheckoutInput', 'order { id status } userErrors { code }', users.user(), {
        cartId: id,
        shippingAddress: ADDRESS,
        payment: { token: CARD.visa },
        idempotencyKey: newId(),
      })
      .catch(() => LOST)
  return { variantId, answers: Promise.all(carts.map(buy)) }
}

async function assertSettled(variantId: string): Promise<void> {
  const open = `select 1 from customer_order o join order_line l on l.order_id = o.id where l.variant_id = '${variantId}'
    and (o.status = 'PENDING' or o.status = 'CONFIRMED' and o.reached <> 'SETTLED')`
  const isOver = async () => {
    await shopping.hurryJobs('orders', 'settle-order')
    await shopping.hurryJobs('payments', 'resolve-payment')
    return (await books.rows('orders', open)).length === 0
  }
  await waitUntil('every order is paid or ended', isOver, PATIENCE)
  await assertInvariants(books, PATIENCE.timeoutMs)
  const sold = await books.rows(
    'orders',
    `select 1 from customer_order o join order_line l on l.order_id = o.id
    where l.variant_id = '${variantId}' and o.status = 'CONFIRMED'`,
  )
  assert.ok(sold.length <= STOCK)
}

const ordersOf = async (variantId: string) =>
  (await books.rows('orders', `select 1 from order_line where variant_id = '${variantId}'`)).length

for (const name of ['orders', 'payments', 'inventory']) {
  test(`${name} is killed in the middle of checkouts: it is started again, its jobs finish, the books are right`, async () => {
    const { variantId, answers } = await buyers()
    await waitUntil('somebody has ordered', async () => (await ordersOf(variantId)) > 0)
    const victim = (await processes()).find(({ args }) => args.endsWith(`serve ${name}`)) ?? assert.fail()
    process.kill(victim.pid, 'SIGKILL')
    await answers
    await waitUntil('it is told', () => running.output().includes(`${name} ended (SIGKILL)`), PATIENCE)
    await assertSettled(variantId)
    await waitUntil('it is back', () => isReady(name), PATIENCE)
  })
}

/** Whether the subgraph answers, where the start block says that it is. */
async function isReady(name: string): Promise<boolean> {
  const port = new RegExp(`${name} :(\\d+)`).exec(running.output())?.[1]
  return fetch(`http://127.0.0.1:${port}/ready`).then(
    ({ ok }) => ok,
    () => false,
  )
}

test('everything is killed in the middle of checkouts: after another start the jobs finish and the data are there', async () => {
  const customer = await shopping.register()
  const kept = await shopping.buy(customer, [{ variantId: await shopping.variant() }])
  const { variantId, answers } = await buyers()
  await waitUntil('somebody has ordered', async () => (await ordersOf(variantId)) > 0)
  const all = [running.child.pid ?? 0, ...(await processes()).map(({ pid }) => pid)]
  for (const pid of all) process.kill(pid, 'SIGKILL')
  await answers
  running = await start()
  const { users, shop } = await outside()
  books = shop.books
  shopping = createShopping({ ...users, ...shop })
  await assertSettled(variantId)
  const found = await shopping.order(kept.order.id, customer)
  assert.deepEqual([found.number, found.status], [kept.order.number, 'CONFIRMED'])
})
