import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { parseEnv } from 'node:util'
import { withSecrets, serviceKeyName } from '../../cli/keys-file.ts'
import { keysFile, keysIn } from '../../cli/start/keys.ts'
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
  const secrets = parseEnv(withSecrets(''))
  assert.ok(readSigningKey(secrets.TOKEN_SIGNING_KEY ?? '').kid)
  const jwks = JSON.parse(secrets.SERVICE_JWKS ?? '') as Record<string, { kid: string }>
  for (const name of SUBGRAPHS) {
    assert.equal(readSigningKey(secrets[serviceKeyName(name)] ?? '').kid, jwks[name]?.kid)
  }
})

test('a subgraph that came later gets a key of its own; all that was there stays', () => {
  const before = withSecrets('LOG_LEVEL=debug\n')
  assert.equal(withSecrets(before), before)
  const after = withSecrets(before.replace(/^CARTS_SERVICE_KEY=.*\n/m, ''))
  const [old, fresh] = [parseEnv(before), parseEnv(after)]
  for (const name of Object.keys(old).filter((key) => !/^CARTS|JWKS/.test(key))) assert.equal(fresh[name], old[name])
  const jwks = JSON.parse(fresh['SERVICE_JWKS'] ?? '') as Record<string, { kid: string }>
  assert.notEqual(fresh['CARTS_SERVICE_KEY'], old['CARTS_SERVICE_KEY'])
  assert.equal(readSigningKey(fresh['CARTS_SERVICE_KEY'] ?? '').kid, jwks['carts']?.kid)
})

test('so it does in a shop that was started before it came, where nobody has to log in again', async (t) => {
  const dataDir = mkdtempSync(join(tmpdir(), 'agora-keys-'))
  t.after(() => rmSync(dataDir, { recursive: true }))
  const before = await keysIn(dataDir)
  assert.deepEqual(await keysIn(dataDir), before)
  const { carts: _gone, ...serviceKeys } = before.serviceKeys
  writeFileSync(keysFile(dataDir), JSON.stringify({ ...before, serviceKeys }))
  const completed = await keysIn(dataDir)
  assert.deepEqual({ ...completed.serviceKeys, carts: '' }, { ...before.serviceKeys, carts: '' })
  assert.equal(completed.tokenSigningKey, before.tokenSigningKey)
  assert.notEqual(completed.serviceKeys.carts, before.serviceKeys.carts)
  assert.deepEqual(await keysIn(dataDir), completed)
})
