import { messageOf } from '#platform/kernel/errors.ts'
import { readConfig } from '#platform/runtime/config.ts'
import { shownPages } from '../router/options/pages.ts'
import { readRouterOptions } from '../router/options/router-options.ts'
import { buildGraphiql } from './pages/build-graphiql.ts'

// `npm run pages`: builds the pages that the router serves, where they are not built yet or their sources changed.
// With --if-shown, which goes before `npm run router`: only if the router is to show them, and a failure stops nothing.
const ifShown = process.argv.includes('--if-shown')

try {
  if (!ifShown || (await isShown())) {
    const isNew = await buildGraphiql()
    process.stdout.write(isNew ? 'GraphiQL is built.\n' : ifShown ? '' : 'GraphiQL is built already.\n')
  }
} catch (error) {
  process.stderr.write(`GraphiQL could not be built: ${messageOf(error)}\n`)
  process.exitCode = ifShown ? 0 : 1
}

async function isShown(): Promise<boolean> {
  const config = readConfig(process.env)
  return shownPages((await readRouterOptions(config)).pages, config).graphiql
}
