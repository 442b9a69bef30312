import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { sql } from 'kysely'
import { SUBGRAPHS, type SubgraphName } from '#platform/runtime/names.ts'
import type { Answer } from '../support/client.ts'
import { startTestShop, type TestShop } from '../support/shop.ts'
import { directive, entityTypes, operationFor, readSdl, rootFields, type SubgraphSdl } from './sdl.ts'

// An answer gives nothing away: neither SQL nor names of tables, nor a stack, a file, an address or a library's own words.
const LEAK =
  /select |insert into|relation|column|public\.| at \S+ \(|\.ts\b|node_modules|127\.0\.0\.1|localhost|ECONN|Redis|WRONGTYPE|Connection is closed|fetch failed|kysely|mikro/i
const OUR_FAULT = ['INTERNAL_SERVER_ERROR', 'DOWNSTREAM_SERVICE_ERROR']

// What is broken here stays so: nobody need wait for it.
const IMPATIENT = { NEIGHBOUR_TIMEOUT_MS: '1000', REQUEST_TIMEOUT_MS: '6000' }

type Fault = NonNullable<Answer['errors']>[number]

/** Asks for every field of the root, and for every entity; gives the errors that are not the caller's. */
async function faultsOf(shop: TestShop, sdl: SubgraphSdl): Promise<Fault[]> {
  const admin = shop.user({ role: 'ADMIN' })
  const roots = rootFields(sdl)
    .filter(({ operation }) => operation !== 'subscription')
    .map(({ operation, field }) => ({
      document: operationFor(operation, field),
      viewer: directive(field, 'inaccessible') ? shop.service(sdl.name === 'orders' ? 'payments' : 'orders') : admin,
    }))
  const entities = entityTypes(sdl).map((type) => ({
    document: `{ _entities(representations: [{ __typename: "${type.name}", id: "${admin.id}" }]) { ... on ${type.name} { ${fieldOf(type)} } } }`,
    viewer: admin,
  }))
  const answers = []
  for (const { document, viewer } of [...roots, ...entities])
    answers.push(await shop.call(sdl.name, document, {}, viewer))
  const errors = answers.flatMap((answer) => answer.errors ?? [])
  return errors.filter((error) => error.extensions?.['code'] !== 'BAD_USER_INPUT')
}

const fieldOf = (type: ReturnType<typeof entityTypes>[number]): string =>
  Object.values(type.getFields()).find(({ name, args }) => name !== 'id' && args.length === 0 && name === 'version')
    ?.name ?? 'id'

/** Every fault is masked, has an id, and stands in the log once under that id, with its cause and its request. */
function assertMasked(shop: TestShop, faults: readonly Fault[]): void {
  assert.ok(faults.length > 0, 'expected the broken part to be noticed')
  for (const fault of faults) {
    assert.ok(OUR_FAULT.includes(String(fault.extensions?.['code'])), JSON.stringify(fault))
    assert.doesNotMatch(JSON.stringify([fault.message, fault.extensions]), LEAK)
    const id = String(fault.extensions?.['errorId'])
    const lines = shop.logs.filter((line) => line.includes(id))
    assert.equal(lines.length, 1, `${lines.length} lines of ${id}: ${JSON.stringify(fault)}`)
    const { err, requestId } = JSON.parse(lines[0] ?? '')
    assert.ok(err.stack, 'expected the cause in the log')
    assert.ok(requestId, 'expected the id of the request in the log')
  }
}

/** Takes its storage away under a subgraph that runs. */
async function breakStorage(shop: TestShop, name: SubgraphName): Promise<void> {
  const runtime = await shop.runtime(name)
  if (name === 'carts') return runtime.redis.disconnect()
  await sql`drop schema public cascade`.execute(runtime.database.sql())
}

describe('whatever breaks inside is masked, named by an id, and logged once', () => {
  let shop: TestShop
  before(async () => {
    shop = await startTestShop({ subgraphs: SUBGRAPHS, sandbox: true, env: IMPATIENT })
  })
  after(() => shop.stop())

  for (const name of SUBGRAPHS) {
    test(`${name} without its storage`, async () => {
      await breakStorage(shop, name)
      assertMasked(shop, await faultsOf(shop, await readSdl(name)))
    })
  }
})

describe('a neighbour that does not answer is an outage, told as such', () => {
  let shop: TestShop
  before(async () => {
    shop = await startTestShop({
      subgraphs: ['users', 'inventory', 'orders', 'payments'],
      sandbox: true,
      env: IMPATIENT,
    })
  })
  after(() => shop.stop())

  for (const name of ['inventory', 'orders'] as const) {
    test(`${name} without products and carts`, async () => {
      const faults = await faultsOf(shop, await readSdl(name))
      assertMasked(shop, faults)
      for (const fault of faults)
        assert.equal(fault.extensions?.['code'], 'DOWNSTREAM_SERVICE_ERROR', JSON.stringify(fault))
    })
  }
})
