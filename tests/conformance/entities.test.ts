import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { getNamedType, getNullableType, type GraphQLObjectType, isLeafType, isListType } from 'graphql'
import { newId } from '#platform/kernel/ids.ts'
import { SUBGRAPHS, type SubgraphName } from '#platform/runtime/names.ts'
import type { TestViewer } from '../support/viewers.ts'
import { type Populated, startPopulatedShop } from './populated-shop.ts'
import { populations } from './populations.ts'
import { call, directive, entityTypes, readSdl, type SubgraphSdl } from './sdl.ts'

let shop: Populated
before(async () => {
  shop = await startPopulatedShop()
})
after(() => shop.stop())

const sdls: SubgraphSdl[] = []
for (const name of SUBGRAPHS) sdls.push(await readSdl(name))
const entities = sdls.flatMap((sdl) => entityTypes(sdl).map((type) => ({ subgraph: sdl.name, type })))

/** The subgraph that knows which entities of a type there are; others only add fields to it. */
function ownerOf(type: GraphQLObjectType): SubgraphName {
  const size = (of: GraphQLObjectType) => Object.keys(of.getFields()).length
  const candidates = entities.filter((entity) => entity.type.name === type.name)
  const [owner] = candidates.toSorted((a, b) => size(b.type) - size(a.type))
  return owner?.subgraph ?? assert.fail()
}

/** Fields that can be asked of a reference that carries the key alone. */
const ownFields = (type: GraphQLObjectType) =>
  Object.values(type.getFields()).filter((field) => !directive(field, 'requires') && !directive(field, 'external'))
const leaves = (type: GraphQLObjectType) =>
  ownFields(type).filter(
    (field) => isLeafType(getNamedType(field.type)) && field.args.length === 0 && !directive(field, 'requiresScopes'),
  )

const ask = (subgraph: SubgraphName, type: string, ids: readonly unknown[], selection: string, viewer: TestViewer) =>
  shop.call(
    subgraph,
    `query ($of: [_Any!]!) { _entities(representations: $of) { __typename ... on ${type} { ${selection} } } }`,
    { of: ids.map((id) => ({ __typename: type, id })) },
    viewer,
  )

/** Who may see everything of a type that tests have: the person for what is theirs alone. */
const viewer = (): TestViewer => shop.user({ id: shop.owner.id, role: 'ADMIN' })

const MANY = 50
/** Known, unknown and malformed ids, mixed. */
function mixedIds(type: string): { id: string; isKnown: boolean }[] {
  const known = shop.known[type] ?? assert.fail(`populated-shop.ts has no ${type}`)
  return Array.from({ length: MANY }, (_, index) => {
    const id = known[index % known.length]
    if (index % 5 < 3 && id !== undefined) return { id, isKnown: true }
    return { id: index % 5 === 3 ? newId() : `no-id-${index}`, isKnown: false }
  })
}

describe('fifty references at once', () => {
  for (const { subgraph, type } of entities) {
    test(`${subgraph}: ${type.name} costs one statement at most, keeps the order, and is null where there is none`, async () => {
      const asked = mixedIds(type.name)
      const selection = leaves(type)
        .map((field) => field.name)
        .join(' ')
      const run = async () =>
        ask(
          subgraph,
          type.name,
          asked.map(({ id }) => id),
          selection,
          viewer(),
        )
      const statements = await leastStatements(subgraph, run)
      assert.ok(statements.length <= 1, statements.join('\n'))
      const { data, errors } = await run()
      assert.equal(errors, undefined, JSON.stringify(errors))
      assert.equal(data._entities.length, MANY)
      for (const [index, { id, isKnown }] of asked.entries()) {
        const found = data._entities[index]
        if (isKnown || found !== null) assert.equal(found?.id, id, `${index}`)
        if (!isKnown && subgraph === ownerOf(type)) assert.equal(found, null, `${index}: ${id}`)
      }
    })
  }
})

/** What an operation costs; the least of some runs, since jobs have statements of their own. */
async function leastStatements(subgraph: SubgraphName, run: () => Promise<unknown>): Promise<string[]> {
  const measured: string[][] = []
  for (let i = 0; i < 3; i++) {
    shop.resetStatements()
    await run()
    measured.push(shop.statements(subgraph))
  }
  return measured.toSorted((a, b) => a.length - b.length)[0] ?? []
}

describe('anonymous references give public fields only', () => {
  const announced = populations.flatMap(({ publicTypes }) => publicTypes)
  const isPublic = (type: GraphQLObjectType) =>
    ['products', 'inventory'].includes(ownerOf(type)) || announced.includes(type.name)
  for (const { subgraph, type } of entities) {
    if (isPublic(type)) {
      test(`${subgraph}: ${type.name} is public`, async () => {
        const ids = shop.known[type.name] ?? []
        const { data } = await ask(subgraph, type.name, ids, 'id', shop.guest)
        assert.deepEqual(
          data._entities.map((found: { id: string }) => found.id),
          ids,
        )
      })
      continue
    }
    for (const who of ['a guest', 'a stranger'] as const) {
      test(`${subgraph}: ${type.name} tells ${who} nothing but its key`, async () => {
        const asking = who === 'a guest' ? shop.guest : shop.user()
        for (const field of ownFields(type).filter(({ name }) => name !== 'id')) {
          const { data } = await ask(subgraph, type.name, shop.known[type.name] ?? [], `value: ${call(field)}`, asking)
          for (const found of data?._entities ?? []) {
            const isHidden = found === null || found.value === null
            assert.ok(isHidden || isEmptyList(field.type, found.value), `${field.name}: ${JSON.stringify(found)}`)
          }
        }
      })
    }
  }

  test('a DRAFT is null to whoever does not keep the catalogue, wherever it is referenced', async () => {
    const seen = async (type: string, id: string, asking: TestViewer) =>
      (await ask('products', type, [id], 'id', asking)).data._entities[0]
    for (const [type, id] of [
      ['Product', shop.draft.product],
      ['ProductVariant', shop.draft.variant],
    ] as const) {
      for (const asking of [shop.guest, shop.user(), shop.user({ role: 'SUPPORT' })])
        assert.equal(await seen(type, id, asking), null)
      for (const role of ['MERCHANT', 'ADMIN'] as const)
        assert.equal((await seen(type, id, shop.user({ role }))).id, id)
    }
  })
})

const isEmptyList = (type: Parameters<typeof getNullableType>[0], value: unknown): boolean =>
  isListType(getNullableType(type)) && Array.isArray(value) && value.length === 0

test('what has no loader of references here says so, and nothing more', async () => {
  const { data, errors } = await ask('orders', 'ProductVariant', [newId()], 'id', shop.guest)
  assert.equal(data?._entities?.[0]?.sku, undefined)
  assert.ok(
    (errors ?? []).every((error) => error.extensions?.['code'] !== 'INTERNAL_SERVER_ERROR'),
    JSON.stringify(errors),
  )
})
