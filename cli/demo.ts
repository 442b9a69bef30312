import { parseArgs } from 'node:util'
import { readConfig } from '#platform/runtime/config.ts'
import { routerUrl } from './client/router-url.ts'
import { runCommand } from './client/run-command.ts'
import { createScreen } from './demo/screen.ts'
import { playStory } from './demo/story.ts'

// `npm run demo` plays a purchase against a running shop.
await runCommand(async () => {
  const { values } = parseArgs({ options: { url: { type: 'string' } } })
  // https://no-color.org: any value but the empty one.
  const isColoured = process.stdout.isTTY && !process.env['NO_COLOR']
  const screen = createScreen((text) => void process.stdout.write(text), isColoured)
  await playStory(values.url ?? routerUrl(readConfig(process.env)), screen)
})
