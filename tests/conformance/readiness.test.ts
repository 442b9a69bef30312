import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { generateKeys } from '#platform/auth/generate-keys.ts'
import { SUBGRAPH_VARIABLES, startSubgraph } from '#platform/graphql/start-subgraph.ts'
import { readConfig, urlVariable } from '#platform/runtime/config.ts'
import { SUBGRAPHS, type SubgraphName } from '#platform/runtime/names.ts'
import { REGISTRY } from '../../subgraphs/registry.ts'
import { quiet } from '../support/quiet.ts'
import { startTestShop, type TestShop } from '../support/shop.ts'
import { waitUntil } from '../support/wait-until.ts'

const NOWHERE = { POSTGRES_URL: 'postgres://agora@127.0.0.1:1/agora', REDIS_URL: 'redis://127.0.0.1:1' }

let shop: TestShop
before(async () => {
  shop = await startTestShop({ subgraphs: SUBGRAPHS, sandbox: true })
})
after(() => shop.stop())

const addressOf = (name: SubgraphName, path: string) => new URL(path, shop.env[urlVariable(name)])
const get = async (address: URL) => {
  const response = await fetch(address)
  return {
    status: response.status,
    body: (await response.json()) as { status: string; missing?: Record<string, string> },
  }
}

describe('every subgraph', () => {
  for (const name of SUBGRAPHS) {
    test(`${name} is alive and ready`, async () => {
      assert.deepEqual(await get(addressOf(name, '/health')), { status: 200, body: { status: 'alive' } })
      await waitUntil(`${name} is ready`, async () => (await get(addressOf(name, '/ready'))).status === 200)
    })

    test(`${name} starts without its backing services, says what is missing, and serves nothing meanwhile`, async () => {
      const env = { ...shop.env, ...NOWHERE, SERVICE_KEY: generateKeys().serviceKeys[name], PORT: '0' }
      const subgraph = await startSubgraph(await REGISTRY[name](), {
        config: readConfig(env, SUBGRAPH_VARIABLES),
        log: quiet,
      })
      try {
        assert.equal((await get(new URL('/health', subgraph.url))).status, 200)
        const expected = name === 'carts' ? ['redis'] : ['postgres', 'redis']
        const isTold = async () => {
          const { status, body } = await get(new URL('/ready', subgraph.url))
          return status === 503 && expected.every((part) => typeof body.missing?.[part] === 'string')
        }
        await waitUntil(`${name} names ${expected.join(' and ')}`, isTold)
      } finally {
        await subgraph.stop()
      }
    })
  }
})
