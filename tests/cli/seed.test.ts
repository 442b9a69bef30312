import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { after, before, test } from 'node:test'
import { promisify } from 'node:util'
import { z } from 'zod'
import { generateKeys } from '#platform/auth/generate-keys.ts'
import { type AskSubgraph, askAsAdmin } from '../../cli/client/admin.ts'
import { createAsk } from '../../cli/client/ask.ts'
import { ADMIN, CUSTOMER } from '../../cli/seed/accounts.ts'
import { CATALOGUE } from '../../cli/seed/catalogue.ts'
import { describeSeeded } from '../../cli/seed/report.ts'
import { isFinished, seedShop } from '../../cli/seed/seed-shop.ts'
import { type Shop, startShop } from '../../cli/start/one-process.ts'
import { type Backing, startBacking } from '../support/backing.ts'
import { quiet } from '../support/quiet.ts'

const NOTHING = { categories: 0, products: 0, stockRecords: 0, accounts: 0 }

let backing: Backing
let shop: Shop
let ask: AskSubgraph

before(async () => {
  backing = await startBacking()
  const env = { NODE_ENV: 'test', POSTGRES_URL: backing.postgresUrl, REDIS_URL: backing.redisUrl }
  shop = await startShop({ env, logFor: () => quiet })
  ask = await askAsAdmin(shop.env)
})

after(async () => {
  await shop.stop()
  await backing.stop()
})

test('takes up a run that was interrupted, even twice at once, and tells how much it made', async () => {
  const stopped = interruptedAfter(ask, 40)
  await assert.rejects(seedShop(stopped), /interrupted/)
  assert.equal(await isFinished(ask), false)
  const [seeded, other] = await Promise.all([seedShop(ask), seedShop(ask)])
  const made = seeded.products + other.products
  assert.ok(made > 0 && made < CATALOGUE.products.length, `${made} were missing`)
  assert.match(describeSeeded(seeded), /^Made .*demo accounts?\.$/)
  assert.equal(await isFinished(ask), true)
})

test('fills the catalogue with stock, and makes both demo accounts', async () => {
  assert.deepEqual(await counts(), { products: CATALOGUE.products.length, users: 2 })
  assert.ok(CATALOGUE.products.length >= 55)
  const stock = await stockOf('wireless-headphones-pro')
  assert.equal(
    stock.reduce((sum, available) => sum + available, 0),
    100,
  )
  for (const { email, password, role } of [ADMIN, CUSTOMER]) assert.equal(await roleAfterLogin(email, password), role)
})

test('changes nothing when it runs again, not even stock that was sold meanwhile', async () => {
  const document = `mutation ($input: SetStockInput!) { setStock(input: $input) { variant { id } } }`
  const input = { variantId: await firstVariantOf('wireless-headphones-pro'), onHand: 7 }
  await ask('inventory')({ document, variables: { input }, answer: z.unknown() })
  const seeded = await seedShop(ask)
  assert.deepEqual(seeded, NOTHING)
  assert.match(describeSeeded(seeded), /nothing was made/)
  assert.equal((await stockOf('wireless-headphones-pro'))[0], 7)
})

test('works through the router as well, and with --if-empty stays silent in a shop that has its demo data', async () => {
  const viaRouter = ['--url', shop.urls.router]
  assert.match((await runSeed(viaRouter)).stdout, /nothing was made/)
  assert.equal((await runSeed([...viaRouter, '--if-empty'])).stdout, '')
})

test('refuses production in a sentence', async () => {
  const failed = await runSeed([], { NODE_ENV: 'production' }).catch((error: unknown) => error)
  assert.match(errorOutput.parse(failed).stderr, /^NODE_ENV=production: no demo data .*\n$/)
})

test('says in a sentence that there is no shop, which key is missing, and that it is another shop’s', async () => {
  const nobody = await runSeed(['--url', 'http://127.0.0.1:9/graphql']).catch((error: unknown) => error)
  assert.match(errorOutput.parse(nobody).stderr, /^no shop answers at .*npm start.*\n$/)
  const env = { TOKEN_SIGNING_KEY: '', DATA_DIR: 'no-such-directory' }
  const keyless = await runSeed([], env).catch((error: unknown) => error)
  assert.match(errorOutput.parse(keyless).stderr, /keys\.json is not there.*\n$/)
  const stranger = { TOKEN_SIGNING_KEY: generateKeys().tokenSigningKey }
  const refused = await runSeed(['--url', shop.urls.router], stranger).catch((error: unknown) => error)
  assert.match(errorOutput.parse(refused).stderr, /does not accept tokens signed with TOKEN_SIGNING_KEY.*\n$/)
})

test('npm run grant gives the first administrator of a shop their role', async () => {
  const input = { email: 'first@example.com', password: 'correct horse battery', name: 'First' }
  const router = createAsk({ url: shop.urls.router })
  const document = 'mutation ($input: RegisterInput!) { register(input: $input) { userErrors { code } } }'
  await router({ document, variables: { input }, answer: z.unknown() })
  const { stdout } = await run('cli/grant-role.ts', [input.email, 'ADMIN'])
  assert.equal(stdout, 'first@example.com was CUSTOMER and is ADMIN from the next sign-in on.\n')
  assert.equal(await roleAfterLogin(input.email, input.password), 'ADMIN')
  const stranger = await run('cli/grant-role.ts', ['nobody@example.com', 'ADMIN']).catch((error: unknown) => error)
  assert.match(errorOutput.parse(stranger).stderr, /^nobody is registered as nobody@example\.com.*\n$/)
  const misspelt = await run('cli/grant-role.ts', [input.email, 'BOSS']).catch((error: unknown) => error)
  assert.match(errorOutput.parse(misspelt).stderr, /^usage: npm run grant/)
})

const errorOutput = z.looseObject({ stderr: z.string() })

const run = (program: string, args: string[], env: Record<string, string> = {}) =>
  promisify(execFile)(process.execPath, [program, ...args], { env: { ...shop.env, ...env } })

const runSeed = (args: string[], env?: Record<string, string>) => run('cli/seed.ts', args, env)

/** The same, until so many requests were sent. */
function interruptedAfter(all: AskSubgraph, requests: number): AskSubgraph {
  let sent = 0
  return (subgraph) => async (operation) => {
    if (++sent > requests) throw new Error('interrupted')
    return all(subgraph)(operation)
  }
}

async function counts(): Promise<{ products: number; users: number }> {
  return { products: await countOf('products'), users: await countOf('users') }
}

async function countOf(field: 'products' | 'users'): Promise<number> {
  const answer = z.object({ [field]: z.object({ totalCount: z.number() }) })
  const found = await ask(field)({ document: `{ ${field}(first: 1) { totalCount } }`, answer })
  return found[field]?.totalCount ?? Number.NaN
}

async function stockOf(slug: string): Promise<number[]> {
  const variant = z.object({ id: z.string(), stock: z.object({ available: z.number() }) })
  const found = await createAsk({ url: shop.urls.router })({
    document: 'query ($slug: String!) { productBySlug(slug: $slug) { variants { id stock { available } } } }',
    variables: { slug },
    answer: z.object({ productBySlug: z.object({ variants: z.array(variant) }) }),
  })
  return found.productBySlug.variants.map(({ stock }) => stock.available)
}

async function firstVariantOf(slug: string): Promise<string> {
  const { productBySlug } = await ask('products')({
    document: 'query ($slug: String!) { productBySlug(slug: $slug) { variants { id } } }',
    variables: { slug },
    answer: z.object({ productBySlug: z.object({ variants: z.array(z.object({ id: z.string() })) }) }),
  })
  return productBySlug.variants[0]?.id ?? assert.fail(`${slug} has no variant`)
}

async function roleAfterLogin(email: string, password: string): Promise<string> {
  const session = z.object({ user: z.object({ role: z.string() }) })
  const { login } = await createAsk({ url: shop.urls.router })({
    document: 'mutation ($input: LoginInput!) { login(input: $input) { session { user { role } } } }',
    variables: { input: { email, password } },
    answer: z.object({ login: z.object({ session }) }),
  })
  return login.session.user.role
}
