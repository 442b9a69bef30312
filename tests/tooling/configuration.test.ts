import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { parseEnv } from 'node:util'
import { renderSecrets, serviceKeyName } from '../../cli/keys-file.ts'
import { renderEnvExample } from '../../cli/render-env-example.ts'
import { readSigningKey } from '#platform/auth/keys.ts'
import { readConfig } from '#platform/runtime/config.ts'
import { SUBGRAPHS } from '#platform/runtime/names.ts'

const committed = readFileSync(new URL('../../.env.example', import.meta.url), 'utf8')

test('.env.example lists every variable as the code knows it', () => {
  assert.equal(committed, renderEnvExample(), 'run `npm run env-example` and commit what it writes')
})

test('.env.example, copied as it is, says the same as no file at all', () => {
  assert.deepEqual(readConfig(parseEnv(committed)), readConfig({}))
})

test('the secrets that `npm run keys` writes are keys once they are read back', () => {
  const secrets = parseEnv(renderSecrets())
  assert.ok(readSigningKey(secrets.TOKEN_SIGNING_KEY ?? '').kid)
  const jwks = JSON.parse(secrets.SERVICE_JWKS ?? '') as Record<string, { kid: string }>
  for (const name of SUBGRAPHS) {
    assert.equal(readSigningKey(secrets[serviceKeyName(name)] ?? '').kid, jwks[name]?.kid)
  }
})
