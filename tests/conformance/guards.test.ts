import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { ROLES } from '#platform/auth/viewer.ts'
import { SUBGRAPHS, type SubgraphName } from '#platform/runtime/names.ts'
import type { Answer } from '../support/client.ts'
import type { TestViewer } from '../support/viewers.ts'
import { type Populated, startPopulatedShop } from './populated-shop.ts'
import { directive, fieldsOf, operationFor, pathTo, readSdl, rootFields, selectionOf, type SubgraphSdl } from './sdl.ts'

let shop: Populated
before(async () => {
  shop = await startPopulatedShop()
})
after(() => shop.stop())

const sdls: SubgraphSdl[] = []
for (const name of SUBGRAPHS) sdls.push(await readSdl(name))
const fields = sdls.flatMap((sdl) => rootFields(sdl).map((root) => ({ sdl, ...root })))

/** What comes back for one operation, over HTTP or WebSocket: the codes of its errors, none where it is answered. */
async function codes(name: SubgraphName, operation: string, document: string, viewer: TestViewer): Promise<unknown[]> {
  if (operation !== 'subscription') return codesOf((await shop.call(name, document, {}, viewer)).errors)
  const events = shop.subscribe(name, document, {}, viewer)
  const errors = await events.next().then(
    ({ value }) => value?.errors,
    (refused: Answer['errors']) => refused,
  )
  await events.return?.()
  return codesOf(errors)
}
const codesOf = (errors: Answer['errors']) => (errors ?? []).map(({ extensions }) => extensions?.['code'])

/** A token of `viewer` that was made for another service than the one that is asked. */
const misdirected = (viewer: TestViewer, name: SubgraphName): TestViewer => ({
  ...viewer,
  tokenFor: () => viewer.tokenFor(SUBGRAPHS.find((other) => other !== name) ?? 'users'),
})

describe('what is @inaccessible at the root answers only to a service token for this service', () => {
  const inaccessible = fields.filter(({ field }) => directive(field, 'inaccessible') !== undefined)
  assert.ok(inaccessible.length > 0)
  for (const { sdl, operation, field } of inaccessible) {
    test(`${sdl.name}: ${field.name}`, async () => {
      const document = operationFor(operation, field)
      assert.deepEqual(await codes(sdl.name, operation, document, shop.guest), ['UNAUTHENTICATED'])
      for (const role of ROLES)
        assert.deepEqual(await codes(sdl.name, operation, document, shop.user({ role })), ['FORBIDDEN'], role)
      const service = shop.service(sdl.name === 'orders' ? 'payments' : 'orders')
      assert.deepEqual(await codes(sdl.name, operation, document, misdirected(service, sdl.name)), ['UNAUTHENTICATED'])
      // Let in: what it says there may be malformed, which is another matter.
      const within = await codes(sdl.name, operation, document, service)
      assert.deepEqual(
        within.filter((code) => code !== 'BAD_USER_INPUT'),
        [],
      )
    })
  }
})

describe('what demands a person or a scope refuses everybody else', () => {
  const guarded = fields.filter(({ field }) => directive(field, 'authenticated') ?? directive(field, 'requiresScopes'))
  assert.ok(guarded.length > 0)
  for (const { sdl, operation, field } of guarded) {
    test(`${sdl.name}: ${field.name}`, async () => {
      const document = operationFor(operation, field)
      assert.deepEqual(await codes(sdl.name, operation, document, shop.guest), ['UNAUTHENTICATED'])
      if (directive(field, 'requiresScopes') === undefined) return
      assert.deepEqual(await codes(sdl.name, operation, document, shop.user()), ['FORBIDDEN'])
      assert.deepEqual(await codes(sdl.name, operation, document, shop.service('orders', shop.user().id)), [
        'FORBIDDEN',
      ])
    })
  }
})

describe('what demands something below the root refuses there', () => {
  const roots = new Set(['Query', 'Mutation', 'Subscription'])
  const guarded = sdls.flatMap((sdl) =>
    fieldsOf(sdl)
      .filter(
        ({ type, field }) =>
          !roots.has(type.name) && (directive(field, 'authenticated') ?? directive(field, 'requiresScopes')),
      )
      .map((at) => ({ sdl, at })),
  )
  for (const { sdl, at } of guarded) {
    test(`${sdl.name}: ${at.type.name}.${at.field.name}`, async () => {
      const way = pathTo(sdl, at) ?? assert.fail('no entity leads there')
      const document = `query ($of: [_Any!]!) { _entities(representations: $of) { ... on ${way.entity.name} { ${selectionOf(way.path, {})} } } }`
      const of = [{ __typename: way.entity.name, id: shop.known[way.entity.name]?.[0] }]
      const ask = async (viewer: TestViewer) => codesOf((await shop.call(sdl.name, document, { of }, viewer)).errors)
      assert.deepEqual(await ask(shop.guest), ['UNAUTHENTICATED'])
      assert.deepEqual(await ask(shop.user()), ['FORBIDDEN'])
      assert.deepEqual(await ask(shop.user({ role: 'ADMIN' })), [])
    })
  }
})

describe('a bad token is refused, not taken for none', () => {
  for (const name of SUBGRAPHS) {
    test(name, async () => {
      const viewer = shop.user()
      const forged = { ...viewer, tokenFor: () => `${viewer.tokenFor(name)?.slice(0, -4)}AAAA` }
      for (const bad of [forged, { id: null, tokenFor: () => 'nonsense' }, misdirected(shop.service('orders'), name)]) {
        const { status, errors } = await shop.call(name, '{ __typename }', {}, bad)
        assert.deepEqual([status, codesOf(errors)], [401, ['UNAUTHENTICATED']])
      }
    })
  }
})
