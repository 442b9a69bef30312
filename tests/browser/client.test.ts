import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'
import { z } from 'zod'
import { freePort } from '#platform/embedded/free-port.ts'
import { listen } from '#platform/runtime/http.ts'
import { askAsAdmin } from '../../cli/client/admin.ts'
import { readBuiltSite } from '../../router/pages/built-site.ts'
import { postGraphQL } from '../support/client.ts'
import { startSeededShop } from '../support/seeded-shop.ts'
import { openPage, startBrowser } from './support/browser.ts'

const folder = await mkdtemp(join(tmpdir(), 'agora-client-page-'))
after(() => rm(folder, { recursive: true }))
await build({
  root: fileURLToPath(new URL('../../examples/client-page', import.meta.url)),
  base: '/shop/',
  logLevel: 'error',
  build: { outDir: folder, emptyOutDir: true },
})

// The page is of another origin than the graph, as most are.
const port = await freePort()
const origin = `http://127.0.0.1:${port}`
const site = await readBuiltSite(folder, { path: '/shop', headers: {} })
const pages = await listen(
  { paths: site ?? {}, otherwise: (_request, response) => void response.writeHead(404).end() },
  { host: '127.0.0.1', port },
)
after(() => pages.server.close())
const shop = await startSeededShop({ CORS_ORIGINS: origin })
after(() => shop.stop())
const browser = await startBrowser()
const address = `${origin}/shop?graph=${encodeURIComponent(shop.urls.router)}`

async function setStock(onHand: number): Promise<void> {
  const { data } = await postGraphQL(shop.urls.router, { document: '{ variantBySku(sku: "KHP-BLUE") { id } }' })
  const ask = (await askAsAdmin(shop.env))('inventory')
  await ask({
    document: 'mutation ($input: SetStockInput!) { setStock(input: $input) { userErrors { message } } }',
    variables: { input: { variantId: data.variantBySku.id, onHand } },
    answer: z.object({ setStock: z.object({ userErrors: z.tuple([]) }) }),
  })
}

test('the typed client in a browser: prices, live stock, and a sign-in that outlives a reload', async () => {
  const { page, complaints, screenshot } = await openPage(browser)
  await page.goto(address)
  const row = page.getByRole('row').filter({ hasText: 'Kids Headphones' })
  await row.getByText('$34.99').waitFor()
  await row.getByText('80', { exact: true }).waitFor()
  await setStock(12)
  await row.getByText('12', { exact: true }).waitFor()

  await page.getByLabel('Password').fill('not this one')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page
    .getByRole('alert')
    .getByText(/password/i)
    .waitFor()
  await page.getByLabel('Password').fill('DemoPass123!')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByText('Signed in as').waitFor()
  await screenshot('client-page')
  await page.reload()
  await page.getByText('Signed in as').waitFor()
  assert.deepEqual(complaints, [])
})

test('two tabs whose token is about to end trade it once', async () => {
  const { page } = await openPage(browser)
  await page.goto(address)
  await page.getByLabel('Password').fill('DemoPass123!')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByText('Signed in as').waitFor()
  await page.evaluate(() => {
    const session = JSON.parse(localStorage.getItem('agora-session') ?? '')
    localStorage.setItem(
      'agora-session',
      JSON.stringify({ ...session, accessTokenExpiresAt: new Date().toISOString() }),
    )
  })
  let refreshes = 0
  page.context().on('request', (request) => {
    if (request.postData()?.includes('mutation RefreshSession') === true) refreshes += 1
  })
  const other = await page.context().newPage()
  await Promise.all([page.reload(), other.goto(address)])
  await Promise.all([page.getByText('Signed in as').waitFor(), other.getByText('Signed in as').waitFor()])
  assert.equal(refreshes, 1)
})
