import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { after, test } from 'node:test'
import { readConfig } from '#platform/runtime/config.ts'
import { readRouterOptions } from '../../router/options/router-options.ts'
import { policyOf } from '../../router/options/subgraphs.ts'

const folder = await mkdtemp(join(tmpdir(), 'agora-options-'))
after(() => rm(folder, { recursive: true }))

async function optionsOf(text: string, env: Record<string, string> = {}) {
  const file = join(folder, `${crypto.randomUUID()}.ts`)
  await writeFile(file, text)
  return readRouterOptions(readConfig({ ...env, ROUTER_CONFIG: file }))
}

test('without a file and a variable every option has its default', async () => {
  const options = await readRouterOptions(readConfig({}))
  assert.deepEqual(options.sharing, { inFlight: true, incoming: false })
  assert.deepEqual(options.overrides, { labels: [] })
})

test('the file that ROUTER_CONFIG names sets options, and a variable wins over it', async () => {
  const text = `export default { sharing: { inFlight: false }, overrides: { labels: ['a'] } }`
  assert.equal((await optionsOf(text)).sharing.inFlight, false)
  const options = await optionsOf(text, { SHARE_IN_FLIGHT: 'on', OVERRIDE_LABELS: 'b, c' })
  assert.equal(options.sharing.inFlight, true)
  assert.deepEqual(options.overrides.labels, ['b', 'c'])
})

test('a wrong option is told by its name', async () => {
  await assert.rejects(optionsOf('export default { sharin: {} }'), /router options: sharin is none: expected /)
  await assert.rejects(optionsOf('export default { sharing: { inFlight: 3 } }'), /router options: sharing\.inFlight: /)
  await assert.rejects(optionsOf('export const x = 1'), /ROUTER_CONFIG: .*expected `export default defineRouter/)
})

test('the policy of one subgraph is what all have, with what its own says', async () => {
  const text = `export default { subgraphs: { all: { retries: 1, breaker: { openMs: 5 } }, byName: { a: { breaker: { minimumCalls: 2 } } } } }`
  const { subgraphs } = await optionsOf(text)
  const [a, b] = ['a', 'toString'].map((name) => policyOf(name, subgraphs, 7))
  assert.deepEqual([a?.retries, a?.breaker.openMs, a?.breaker.minimumCalls, a?.timeoutMs], [1, 5, 2, 7])
  assert.deepEqual([b?.retries, b?.breaker.openMs, b?.breaker.minimumCalls], [1, 5, 20])
  await assert.rejects(
    optionsOf('export default { subgraphs: { byName: { a: { retries: -1 } } } }'),
    /router options: subgraphs\.byName\.a\.retries: /,
  )
})

test('the example of a configuration is one', async () => {
  const file = fileURLToPath(new URL('../../router.config.example.ts', import.meta.url))
  const options = await readRouterOptions(readConfig({ ROUTER_CONFIG: file }))
  assert.equal(options.authentication.jwks[0]?.issuer, 'https://id.example.com/')
  assert.deepEqual(
    [
      ...((await options.authorization.policies?.(['a', 'b'], {
        claims: { department: 'a' },
        headers: {},
        signal: new AbortController().signal,
      })) ?? []),
    ],
    ['a'],
  )
  assert.equal(options.persistedDocuments.mode, 'log')
})
