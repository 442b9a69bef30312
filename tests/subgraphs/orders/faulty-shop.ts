import { sql } from 'kysely'
import { waitUntil } from '../../support/wait-until.ts'
import { type Fault, type FaultyProxy, startFaultyProxy } from './faulty-proxy.ts'
import { type OrdersShop, startOrdersShop } from './orders-shop.ts'

const NEIGHBOURS = ['inventory', 'payments', 'carts'] as const

// The work that must be done before the shop is at rest. Orders' `expire-order` is not among it: it waits for its time.
const WORK = {
  orders: ['settle-order', 'refund-order', 'send-refund'],
  payments: ['report-payment', 'resolve-payment', 'resolve-refund'],
} as const

/** The shop of {@link startOrdersShop} with neighbours whose calls can be lost. */
export type FaultyShop = Awaited<ReturnType<typeof startFaultyShop>>

/** Starts it; `stop` stops all of it. */
export async function startFaultyShop() {
  const [inventory, payments, carts] = [await startFaultyProxy(), await startFaultyProxy(), await startFaultyProxy()]
  const proxies: Record<(typeof NEIGHBOURS)[number], FaultyProxy> = { inventory, payments, carts }
  const orders = await startOrdersShop({
    env: {
      INVENTORY_URL: inventory.url,
      PAYMENTS_URL: payments.url,
      CARTS_URL: carts.url,
      // A second to try again in, so that tests of what can't be reached do not take half a minute.
      NEIGHBOUR_TIMEOUT_MS: '5000',
      REQUEST_TIMEOUT_MS: '6000',
    },
  })
  for (const name of NEIGHBOURS) proxies[name].forwardTo((await orders.shop.runtime(name)).config.PORT ?? 0)
  const onCall = (decide: (document: string) => Fault) => NEIGHBOURS.forEach((name) => proxies[name].onCall(decide))
  return {
    orders,
    /** What becomes of calls from now on, by their GraphQL text. */
    onCall,
    /** From now on, every call of `field` goes wrong. */
    lose: (field: string, fault: Fault) => onCall((document) => (document.includes(`${field}(input`) ? fault : null)),
    /** From now on, all is well. */
    heal: () => onCall(() => null),
    /** Hurries every job there is until `condition` holds. */
    eventually: (what: string, condition: () => Promise<boolean>) =>
      waitUntil(
        what,
        async () => {
          await orders.hurryJobs('orders', WORK.orders)
          await orders.hurryJobs('payments', WORK.payments)
          return condition()
        },
        { timeoutMs: 30_000 },
      ),
    /** What is left to be done, but for what waits for its time. */
    workLeft: async () => [...(await jobsOf(orders, 'orders')), ...(await jobsOf(orders, 'payments'))],
    /** Runs a job of orders now. */
    run: async (job: string, orderId: string) => {
      await sql`select graphile_worker.add_job(${job}, ${JSON.stringify({ orderId })}::json)`.execute(
        await orders.db('orders'),
      )
    },
    stop: async () => {
      for (const name of NEIGHBOURS) await proxies[name].stop()
      await orders.shop.stop()
    },
  }
}

async function jobsOf(orders: OrdersShop, name: keyof typeof WORK): Promise<string[]> {
  const { rows } = await sql<{ job: string }>`
    select concat_ws(' ', task_identifier, key, last_error) as job from graphile_worker.jobs
    where task_identifier = any(${WORK[name]}::text[])`.execute(await orders.db(name))
  return rows.map(({ job }) => job)
}
