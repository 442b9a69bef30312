import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { renderSecrets } from './keys-file.ts'

// `npm run keys` adds the secrets that docker-compose.yml asks for to .env. It never replaces any: new keys end every
// session, and a PostgreSQL that exists keeps its old password.
const FILE = new URL('../.env', import.meta.url)
const present = existsSync(FILE) ? readFileSync(FILE, 'utf8') : ''

if (/^(TOKEN_SIGNING_KEY|\w+_SERVICE_KEY|SERVICE_JWKS|POSTGRES_PASSWORD)=./m.test(present)) {
  process.stderr.write('.env holds keys already. Remove their lines first, if you want new ones.\n')
  process.exitCode = 1
} else {
  // Readable by nobody else: who has these keys can sign in as anyone.
  writeFileSync(FILE, present + renderSecrets(), { mode: 0o600 })
  process.stdout.write('Wrote new keys to .env: docker compose reads them from there.\n')
}
