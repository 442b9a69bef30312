import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { generateKeys } from '#platform/auth/generate-keys.ts'
import { newId } from '#platform/kernel/ids.ts'
import { waitUntil } from '../../support/wait-until.ts'
import { startPayments, type TestPayments } from './fixtures/payments-shop.ts'

let payments: TestPayments
before(async () => void (payments = await startPayments({}, [])))
after(() => payments.stop())

const VISA = { token: 'pm_card_visa' }

/** Payments as a process of its own, that can be killed. */
async function startProcess(): Promise<ChildProcess> {
  const { env } = payments.shop
  const address = new URL(env['PAYMENTS_URL'] ?? '')
  // The double of orders does not look at signatures: any key will do.
  const own = { PORT: address.port, SERVICE_KEY: generateKeys().serviceKeys.payments, LOG_LEVEL: 'silent' }
  const child = spawn(process.execPath, ['subgraphs/main.ts', 'serve', 'payments'], {
    env: { ...env, ...own },
    stdio: 'inherit',
  })
  const isReady = async () => {
    const response = await fetch(new URL('/ready', address)).catch(() => null)
    return response?.status === 200
  }
  await waitUntil('payments is ready', isReady, { timeoutMs: 30_000 })
  return child
}

async function kill(child: ChildProcess): Promise<void> {
  const exited = once(child, 'exit')
  child.kill('SIGKILL')
  await exited
}

test('killed after the provider has charged, before it has answered: the charge is found, and made once', async (t) => {
  const child = await startProcess()
  t.after(() => child.kill('SIGKILL'))
  const person = payments.shop.user()
  const order = payments.orders.place(person.id)
  payments.shop.sandbox.faults.set({ latencyMs: 2_000 })
  const input = { orderId: order.id, payment: VISA, idempotencyKey: newId() }
  const lost = assert.rejects(payments.pay(person, input))
  await waitUntil('the provider has charged', async () => (await payments.ledger(order.id)).charges.length === 1)
  await kill(child)
  await lost
  payments.shop.sandbox.faults.set({ latencyMs: 0 })
  await payments.shop.startSubgraph('payments')
  await waitUntil('the order is confirmed', () => order.status === 'CONFIRMED')
  const again = await payments.pay(person, input)
  assert.deepEqual([again.payment.status, again.userErrors], ['COMPLETED', []])
  assert.equal((await payments.ledger(order.id)).intents.length, 1)
})

test('what was in the hands of a process that was killed is taken up again within a minute or two', async () => {
  const person = payments.shop.user()
  const order = payments.orders.place(person.id)
  const { payment } = await payments.pay(person, {
    orderId: order.id,
    payment: { token: 'pm_card_authenticationRequired' },
  })
  const db = (await payments.shop.runtime('payments')).database.sql()
  const jobs = sql`update graphile_worker._private_jobs set locked_at = now(), locked_by = 'dead' where key = ${`resolve-payment:${payment.id}`}`
  await jobs.execute(db)
  await payments.confirm(payment.nextActionUrl, 'approve')
  await sql`update payment set updated_at = now() - interval '2 minutes' where id = ${payment.id}`.execute(db)
  await sql`select graphile_worker.add_job('sweep-payments')`.execute(db)
  await waitUntil('the order is confirmed', () => order.status === 'CONFIRMED')
})
