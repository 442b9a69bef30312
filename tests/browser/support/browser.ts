import { accessSync, constants } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { after } from 'node:test'
import { fileURLToPath } from 'node:url'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'

// A page that has not done it by then won't; the machine of CI is slow.
const TIMEOUT_MS = 45_000

const SCREENSHOTS = fileURLToPath(new URL('../screenshots', import.meta.url))

/** A page that is watched: what it asked for, and what it complained about. */
export type WatchedPage = {
  page: Page
  /** Every address that was asked for, sockets included. */
  requests: string[]
  /** Errors in its console, refusals of the content security policy among them, and uncaught exceptions. */
  complaints: string[]
  /** Leaves `tests/browser/screenshots/NAME.png`. */
  screenshot(name: string): Promise<void>
}

/** Debian's Chromium, or what CHROMIUM_PATH names; it is gone when the file's tests are over. */
export async function startBrowser(): Promise<Browser> {
  const browser = await chromium.launch({
    executablePath: chromiumPath(process.env),
    // No sandbox: CI runs as root. The rest keeps the browser from talking to anybody on its own account.
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
  after(() => browser.close())
  return browser
}

/** A new page with nothing stored. */
export async function openPage(browser: Browser, options: BrowserContextOptions = {}): Promise<WatchedPage> {
  const context = await browser.newContext({ viewport: { width: 1400, height: 850 }, ...options })
  const page = await context.newPage()
  page.setDefaultTimeout(TIMEOUT_MS)
  const requests: string[] = []
  const complaints: string[] = []
  page.on('request', (request) => requests.push(request.url()))
  page.on('websocket', (socket) => requests.push(socket.url()))
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()))
  page.on('pageerror', (error) => complaints.push(String(error)))
  const screenshot = async (name: string) => {
    await mkdir(SCREENSHOTS, { recursive: true })
    await page.screenshot({ path: join(SCREENSHOTS, `${name}.png`) })
  }
  return { page, requests, complaints, screenshot }
}

const NAMES = ['chromium', 'chromium-browser', 'google-chrome']

function chromiumPath({ CHROMIUM_PATH, PATH = '' }: NodeJS.ProcessEnv): string {
  if (CHROMIUM_PATH !== undefined) return CHROMIUM_PATH
  const found = PATH.split(delimiter)
    .flatMap((folder) => NAMES.map((name) => join(folder, name)))
    .find(isExecutable)
  if (found === undefined)
    throw new Error(
      `the browser tests need Chromium: none of ${NAMES.join(', ')} is in the PATH; CHROMIUM_PATH may name one`,
    )
  return found
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}
