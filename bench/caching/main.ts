import { parseArgs } from 'node:util'
import { z } from 'zod'
import { askAsAdmin } from '../../cli/client/admin.ts'
import { type RouterProcess, startRouterProcess } from './router-process.ts'
import { startDemoShop } from './shop.ts'

// `npm run bench:caching`: what a read of the catalogue costs the router with the cache and without, and how long after a
// change it is still answered from before it. docs/caching.md explains the figures.
const { values } = parseArgs({
  options: { requests: { type: 'string', default: '3000' }, changes: { type: 'string', default: '300' } },
})
const REQUESTS = Number(values.requests)
const CHANGES = Number(values.changes)
const CONNECTIONS = 20

const PAGE = `query ($slug: String!) { productBySlug(slug: $slug) { id name description images { url altText }
  category { name ancestors { name slug } } variants { id sku name options { name value } price { amount currency } } } }`
const LIST = `{ products(first: 20) { nodes { id name slug defaultVariant { id price { amount currency } } } pageInfo { endCursor } } }`
const WITH_STOCK = `{ products(first: 20) { nodes { id name inStock defaultVariant { id price { amount } } } } }`
const VARIANT = 'query ($id: ID!) { variant(id: $id) { price { amount } } }'
const CHANGE = `mutation ($input: SetVariantPricesInput!) { setVariantPrices(input: $input) { variant { id } userErrors { message } } }`

type Answer = { data: ReturnType<typeof JSON.parse>; errors?: unknown }

async function ask(url: string, query: string, variables: object = {}): Promise<Answer['data']> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  })
  const { data, errors } = (await response.json()) as Answer
  if (errors !== undefined) throw new Error(`expected an answer without errors, got ${JSON.stringify(errors)}`)
  return data
}

const shop = await startDemoShop()
try {
  const [cached, plain] = await Promise.all([
    startRouterProcess({ ...shop.env, REDIS_URL: shop.env['REDIS_URL'] ?? '', RATE_LIMIT: 'off', CACHE: 'on' }),
    startRouterProcess({ ...shop.env, REDIS_URL: shop.env['REDIS_URL'] ?? '', RATE_LIMIT: 'off', CACHE: 'off' }),
  ])
  try {
    process.stdout.write(`Redis: ${shop.redisKind}; ${CONNECTIONS} connections, ${REQUESTS} requests a turn\n\n`)
    const { products } = await ask(plain.url, '{ products(first: 60) { nodes { slug defaultVariant { id } } } }')
    const slugs: string[] = products.nodes.map(({ slug }: { slug: string }) => slug)
    await compare('product page', cached, plain, (n) => [PAGE, { slug: slugs[n % slugs.length] }])
    await compare('list of 20', cached, plain, () => [LIST, {}])
    await compare('list of 20 with stock', cached, plain, () => [WITH_STOCK, {}])
    const variantId: string = products.nodes[0].defaultVariant.id
    await measureStaleness('idle', cached, variantId, 0)
    await measureStaleness('under load', cached, variantId, 5)
  } finally {
    await Promise.all([cached.stop(), plain.stop()])
  }
} finally {
  await shop.stop()
}

type Request = (n: number) => [query: string, variables: object]

async function compare(name: string, cached: RouterProcess, plain: RouterProcess, request: Request): Promise<void> {
  const turns = [
    ['kept', await turn(cached, request)],
    ['asked', await turn(plain, request)],
  ] as const
  for (const [how, { cpuMs, calls, p50Ms, p99Ms }] of turns)
    process.stdout.write(
      `${name}, ${how}: ${cpuMs.toFixed(3)} ms CPU a request, ${calls.toFixed(3)} calls a request, p50 ${p50Ms.toFixed(2)} ms, p99 ${p99Ms.toFixed(2)} ms\n`,
    )
}

async function turn(router: RouterProcess, request: Request) {
  await load(router, request, REQUESTS / 3)
  const before = await router.usage()
  const times = await load(router, request, REQUESTS)
  const after = await router.usage()
  return {
    cpuMs: (after.cpuMs - before.cpuMs) / REQUESTS,
    calls: (after.calls - before.calls) / REQUESTS,
    p50Ms: quantile(times, 0.5),
    p99Ms: quantile(times, 0.99),
  }
}

async function load({ url }: RouterProcess, request: Request, count: number): Promise<number[]> {
  const times: number[] = []
  let next = 0
  const client = async () => {
    while (next < count) {
      next += 1
      const startedAt = performance.now()
      await ask(url, ...request(next))
      times.push(performance.now() - startedAt)
    }
  }
  await Promise.all(Array.from({ length: CONNECTIONS }, client))
  return times
}

/** From the answer to the change, at its subgraph and so just after its commit, to the first answer of the router with it. */
async function measureStaleness(name: string, { url }: RouterProcess, id: string, readers: number): Promise<void> {
  const admin = (await askAsAdmin(shop.env))('products')
  let isOver = false
  const reading = Array.from({ length: readers }, async () => {
    while (!isOver) await ask(url, LIST)
  })
  const times: number[] = []
  let stale = 0
  for (let n = 1; n <= CHANGES; n += 1) {
    const amount = `${100 + n}.00`
    await ask(url, VARIANT, { id })
    await admin({
      answer: z.unknown(),
      document: CHANGE,
      variables: { input: { variantId: id, prices: [{ price: { amount, currency: 'USD' } }] } },
    })
    const changedAt = performance.now()
    let reads = 0
    while ((await ask(url, VARIANT, { id })).variant.price.amount !== amount) reads += 1
    times.push(performance.now() - changedAt)
    if (reads > 0) stale += 1
  }
  isOver = true
  await Promise.all(reading)
  process.stdout.write(
    `staleness, ${name}: ${CHANGES} changes of a price, p50 ${quantile(times, 0.5).toFixed(1)} ms, p99 ${quantile(times, 0.99).toFixed(1)} ms, most ${Math.max(...times).toFixed(1)} ms from the commit to the first fresh read; ${stale} times the first read was stale\n`,
  )
}

function quantile(times: readonly number[], share: number): number {
  const sorted = times.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}
