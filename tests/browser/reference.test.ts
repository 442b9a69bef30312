import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { runDocs } from '../../cli/graph/docs/command.ts'
import { openPage, startBrowser, type WatchedPage } from './support/browser.ts'

const folder = await mkdtemp(join(tmpdir(), 'agora-reference-'))
after(() => rm(folder, { recursive: true }))
const root = fileURLToPath(new URL('../../', import.meta.url))
assert.ok(await runDocs(['--root', root, '--out', folder, '--format', 'github']))
const index = pathToFileURL(join(folder, 'index.html')).href
const browser = await startBrowser()

/** Everything came from the folder, and nothing was complained about. */
function assertQuiet({ requests, complaints }: WatchedPage): void {
  assert.deepEqual(complaints, [])
  for (const address of requests) assert.ok(address.startsWith(pathToFileURL(folder).href), address)
}

test('from a file, without a mouse: search finds a field and goes there', async () => {
  const watched = await openPage(browser)
  const { page } = watched
  await page.goto(index)
  await page.keyboard.press('/')
  await page.keyboard.type('instock')
  await page.locator('#page-found a', { hasText: 'ProductVariant.inStock' }).waitFor()
  await page.keyboard.press('ArrowDown')
  assert.equal(await page.locator('#page-found a[aria-selected=true] code').textContent(), 'ProductVariant.inStock')
  await page.keyboard.press('Enter')
  await page.waitForURL(/types\/ProductVariant\.html#inStock$/)
  await page.locator('section#inStock:target').waitFor()
  assertQuiet(watched)
})

test('search forgives typing mistakes, and says so where nothing is like it', async () => {
  const watched = await openPage(browser)
  const { page } = watched
  await page.goto(index)
  const first = page.locator('#page-found a code').first()
  for (const [typed, name] of [
    ['Product', 'Product'],
    ['chekout', 'checkout'],
    ['serchProdcts', 'Query.searchProducts'],
    ['productvariant instokc', 'ProductVariant.inStock'],
  ] as const) {
    await page.locator('#page-search').fill(typed)
    await page.locator('#page-found a', { hasText: name }).first().waitFor()
    assert.equal(await first.textContent(), name)
  }
  await page.locator('#page-search').fill('zzzzqqqq')
  await page.getByText('Nothing found').waitFor()
  assertQuiet(watched)
})

test('light or dark as the system has it, or as the reader chose, on every page', async () => {
  const watched = await openPage(browser, { colorScheme: 'dark' })
  const { page } = watched
  const background = () => page.evaluate('getComputedStyle(document.body).backgroundColor')
  await page.goto(index)
  const dark = await background()
  await page.getByRole('button', { name: 'Light' }).click()
  const light = await background()
  assert.notEqual(light, dark)
  await page.getByRole('link', { name: 'Query', exact: true }).first().click()
  await page.getByRole('heading', { name: 'Query', level: 1 }).waitFor()
  assert.equal(await background(), light)
  await watched.screenshot('reference')
  assertQuiet(watched)
})

test('on a phone no page is wider than the screen', async () => {
  const watched = await openPage(browser, { viewport: { width: 390, height: 844 } })
  const { page } = watched
  for (const path of ['index.html', 'types/Query.html', 'types/Product.html', 'operations/product-page.html']) {
    await page.goto(new URL(path, index).href)
    assert.ok(await page.evaluate('document.documentElement.scrollWidth <= innerWidth'), path)
  }
  await watched.screenshot('reference-phone')
  assertQuiet(watched)
})
