import { parseArgs } from 'node:util'
import { ROLES, type Role } from '#platform/auth/viewer.ts'
import { askAsAdmin } from './client/admin.ts'
import { ShopError } from './client/ask.ts'
import { runCommand } from './client/run-command.ts'
import { findAccount, giveRole } from './seed/accounts.ts'

const USAGE = `npm run grant -- EMAIL ${ROLES.join('|')} [--url http://127.0.0.1:4000/graphql]`

// How the first ADMIN of a shop is made: whoever holds the shop's signing key may give any role. The account must exist.
await runCommand(async () => {
  const { values, positionals } = parseArgs({ options: { url: { type: 'string' } }, allowPositionals: true })
  const [email, given] = positionals
  const role = ROLES.find((name) => name === given?.toUpperCase())
  if (email === undefined || role === undefined || positionals.length > 2) throw new ShopError(`usage: ${USAGE}`)
  await grant(email, role, values.url)
})

async function grant(email: string, role: Role, url: string | undefined): Promise<void> {
  const ask = (await askAsAdmin(process.env, url))('users')
  const account = await findAccount(ask, email)
  if (account === undefined)
    throw new ShopError(`nobody is registered as ${email}: register first, then run this again`)
  await giveRole(ask, account.id, role)
  process.stdout.write(`${account.email} was ${account.role} and is ${role} from the next sign-in on.\n`)
}
