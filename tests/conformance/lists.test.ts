import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { SUBGRAPHS } from '#platform/runtime/names.ts'
import type { Answer } from '../support/client.ts'
import type { TestViewer } from '../support/viewers.ts'
import { type Populated, startPopulatedShop } from './populated-shop.ts'
import { fieldsOf, operationFor, pathTo, readSdl, selectionOf } from './sdl.ts'

let shop: Populated
let viewer: TestViewer
before(async () => {
  shop = await startPopulatedShop()
  viewer = shop.user({ id: shop.owner.id, role: 'ADMIN' })
})
after(() => shop.stop())

for (const name of SUBGRAPHS) {
  const sdl = await readSdl(name)
  for (const at of fieldsOf(sdl).filter(({ field }) => field.args.some((arg) => arg.name === 'first'))) {
    const ask = (args: object): Promise<Answer> => {
      if (at.type.name === 'Query') return shop.call(name, operationFor('query', at.field, { ...args }), {}, viewer)
      const way = pathTo(sdl, at) ?? assert.fail('no entity leads there')
      const entity = way.entity.name
      const document = `query ($of: [_Any!]!) { _entities(representations: $of) { ... on ${entity} { ${selectionOf(way.path, { ...args })} } } }`
      return shop.call(name, document, { of: [{ __typename: entity, id: shop.known[entity]?.[0] }] }, viewer)
    }

    test(`${name}: ${at.type.name}.${at.field.name} gives 1 to 100 at once, and names \`first\` where it is asked for others`, async () => {
      for (const first of [-1, 0, 101, 2_147_483_647]) {
        const [error] = (await ask({ first })).errors ?? []
        assert.equal(error?.extensions?.['code'], 'BAD_USER_INPUT', `first: ${first}: ${JSON.stringify(error)}`)
        assert.match(JSON.stringify([error.extensions['field'], error.message]), /\bfirst\b/)
      }
      for (const first of [1, 100]) assert.equal((await ask({ first })).errors, undefined, `first: ${first}`)
    })

    test(`${name}: ${at.type.name}.${at.field.name} refuses a cursor that it never gave`, async () => {
      for (const after of ['nonsense', '', 'eyJ4IjoxfQ']) {
        const [error] = (await ask({ first: 1, after })).errors ?? []
        assert.equal(error?.extensions?.['code'], 'BAD_USER_INPUT', `after: ${after}: ${JSON.stringify(error)}`)
      }
    })
  }
}
