import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { messageOf } from '#platform/kernel/errors.ts'
import { withSecrets } from './keys-file.ts'

// `npm run keys` adds the secrets that docker-compose.yml asks for to .env. It replaces none of them: new keys end every
// session, and a PostgreSQL that exists keeps its old password.
const FILE = new URL('../.env', import.meta.url)
const present = existsSync(FILE) ? readFileSync(FILE, 'utf8') : ''

try {
  const complete = withSecrets(present)
  if (complete === present) {
    process.stderr.write('.env holds all keys already. Remove their lines first, if you want new ones.\n')
    process.exitCode = 1
  } else {
    // Readable by nobody else: who has these keys can sign in as anyone.
    writeFileSync(FILE, complete, { mode: 0o600 })
    process.stdout.write('Wrote new keys to .env: docker compose reads them from there.\n')
  }
} catch (error) {
  process.stderr.write(`.env holds a key that can't be read: remove its line for a new one (${messageOf(error)})\n`)
  process.exitCode = 1
}
