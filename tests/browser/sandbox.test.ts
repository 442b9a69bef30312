import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startGraph } from '../router/fixtures/graph.ts'
import { startTestRouter } from '../router/fixtures/router.ts'
import { openPage, startBrowser } from './support/browser.ts'

const { supergraphSdl } = await startGraph()
const router = await startTestRouter(supergraphSdl, { GRAPHIQL: 'on', SANDBOX_PAGE: 'on' })
const browser = await startBrowser()

// What the real script defines; its frame is Apollo's.
const EMBEDDED_SANDBOX = `window.EmbeddedSandbox = class {
  constructor({ target, initialEndpoint }) {
    const frame = document.createElement('iframe')
    frame.src = 'https://sandbox.embed.apollographql.com/sandbox/explorer?endpoint=' + encodeURIComponent(initialEndpoint)
    document.querySelector(target).append(frame)
  }
}`

test('without a way to Apollo’s servers, the page at / says so and shows the way to GraphiQL', async () => {
  const { page, screenshot } = await openPage(browser)
  await page.route('https://**', (route) => route.abort())
  await page.goto(`${router.base}/`)
  await page.getByText('can’t be loaded').waitFor()
  await screenshot('sandbox-offline')
  await page.getByRole('main').getByRole('link', { name: 'GraphiQL' }).click()
  await page.locator('.graphiql-execute-button').waitFor()
  assert.equal(page.url(), `${router.base}/graphiql`)
})

test('with one, it embeds Apollo Sandbox for this router, and its policy allows what that takes', async () => {
  const { page, complaints, screenshot } = await openPage(browser)
  await page.route('https://embeddable-sandbox.cdn.apollographql.com/**', (route) =>
    route.fulfill({ contentType: 'text/javascript', body: EMBEDDED_SANDBOX }),
  )
  await page.route('https://sandbox.embed.apollographql.com/**', (route) =>
    route.fulfill({ contentType: 'text/html', body: '<p>Apollo Sandbox</p>' }),
  )
  await page.goto(router.url)
  assert.equal(page.url(), `${router.base}/`)
  await page.frameLocator('iframe').getByText('Apollo Sandbox').waitFor()
  const [, frame] = page.frames()
  assert.equal(new URL(frame?.url() ?? '').searchParams.get('endpoint'), router.url)
  await screenshot('sandbox-embedded')
  assert.deepEqual(complaints, [])
})
