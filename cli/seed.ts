import { parseArgs } from 'node:util'
import { askAsAdmin } from './client/admin.ts'
import { runCommand } from './client/run-command.ts'
import { assertMayBeSeeded, isFinished, seedShop } from './seed/seed-shop.ts'
import { describeSeeded } from './seed/report.ts'

// `npm run seed` puts demo data into a running shop; `npm start` calls it with --if-empty, before the router is up.
await runCommand(async () => {
  const { values } = parseArgs({ options: { 'if-empty': { type: 'boolean' }, url: { type: 'string' } } })
  assertMayBeSeeded(process.env)
  const ask = await askAsAdmin(process.env, values.url)
  if (values['if-empty'] && (await isFinished(ask))) return
  process.stdout.write(`${describeSeeded(await seedShop(ask))}\n`)
})
