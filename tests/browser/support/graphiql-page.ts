import type { Browser, BrowserContextOptions, Locator } from 'playwright-core'
import { openPage, type WatchedPage } from './browser.ts'

/** GraphiQL as a person has it in front of them. */
export type GraphiqlPage = WatchedPage & {
  openTab(name: string): Promise<void>
  /** Opens the tab, and clicks the button in the very frame that shows its text. */
  openTabAndExecute(name: string): Promise<void>
  write(editor: 'query' | 'headers', text: string): Promise<void>
  /** Clicks the button that sends a query, starts a subscription, or ends it. */
  execute(): Promise<void>
  /** Resolves once the response shows `text`. */
  untilResponseHas(text: string): Promise<void>
}

/** Opens GraphiQL in a browser that was never there, and waits until it knows the schema. */
export async function openGraphiql(
  browser: Browser,
  origin: string,
  options?: BrowserContextOptions,
): Promise<GraphiqlPage> {
  const watched = await openPage(browser, options)
  const { page } = watched
  await page.goto(`${origin}/graphiql`)
  await page.locator('.graphiql-query-editor .view-line').filter({ hasText: 'query' }).first().waitFor()
  await page.locator('.graphiql-response .monaco-editor').waitFor()
  await page.locator('.graphiql-sidebar .graphiql-spin').waitFor({ state: 'detached' })
  const editors = {
    query: page.locator('.graphiql-query-editor .monaco-editor'),
    headers: page.locator('.graphiql-editor-tool .graphiql-editor:not(.hidden) .monaco-editor'),
  }
  return {
    ...watched,
    openTab: (name) => page.getByRole('tab', { name, exact: true }).click(),
    write: async (editor, text) => {
      if (editor === 'headers') await page.getByRole('button', { name: 'Headers', exact: true }).click()
      await replaceText(editors[editor], text)
    },
    openTabAndExecute: (name) => page.evaluate(openAndExecute(name)),
    execute: () => page.locator('.graphiql-execute-button').click(),
    // Monaco writes no-break spaces, and a line into an element of its own.
    untilResponseHas: (text) =>
      page
        .locator('.graphiql-response .view-line')
        .filter({
          hasText: new RegExp(text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`).replaceAll(' ', String.raw`\s`)),
        })
        .first()
        .waitFor(),
  }
}

async function replaceText(editor: Locator, text: string): Promise<void> {
  await editor.click()
  const { keyboard } = editor.page()
  await keyboard.press('ControlOrMeta+A')
  await keyboard.insertText(text)
  // The editor closes brackets and quotes by itself: those that it added stand behind the cursor.
  await keyboard.press('ControlOrMeta+Shift+End')
  await keyboard.press('Delete')
}

/** In the page: no click from outside comes as soon. */
const openAndExecute = (name: string): string => `(async () => {
  const editor = document.querySelector('.graphiql-query-editor')
  const tab = [...document.querySelectorAll('.graphiql-tab-button')].find(({ textContent }) => textContent.includes('${name}'))
  tab.click()
  while (!editor.textContent.includes('${name}')) await new Promise(requestAnimationFrame)
  document.querySelector('.graphiql-execute-button').click()
})()`
