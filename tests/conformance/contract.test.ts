import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { after, before, describe, test } from 'node:test'
import { type DocumentNode, isTypeDefinitionNode, parse, print, visit } from 'graphql'
import { SUBGRAPHS, type SubgraphName } from '#platform/runtime/names.ts'
import { startTestShop, type TestShop } from '../support/shop.ts'
import { type Coordinates, coordinatesOf } from './coordinates.ts'
import { readSdl } from './sdl.ts'

// Written once from the design of the public contract, which may grow but never changes what is in it.
// What came later has no part in it.
const contract = JSON.parse(await readFile(new URL('contract.json', import.meta.url), 'utf8')) as Record<
  string,
  Coordinates
>

/** Parts of the contract that come later: they are left out of the SDL rather than answered falsely. */
const LATER: Readonly<Partial<Record<SubgraphName, RegExp>>> = {
  users:
    /requestPasswordReset|RequestPasswordReset|resetPassword|ResetPassword|exportMyData|ExportMyData|eraseMyAccount|EraseMyAccount/,
  products: /recommendations/,
  payments: /[Rr]econciliation/,
}

describe('the SDL is the contract, less what comes later', () => {
  for (const name of SUBGRAPHS.filter((one) => one in contract)) {
    test(name, async () => {
      const served = coordinatesOf((await readSdl(name)).document)
      const expected = Object.entries(contract[name] ?? {})
      assert.ok(expected.length > 50)
      for (const [coordinate, what] of expected) {
        assert.equal(served[coordinate], LATER[name]?.test(coordinate) ? undefined : what, coordinate)
      }
    })
  }
})

describe('what a subgraph says of itself is what is written in schema/', () => {
  let shop: TestShop
  before(async () => {
    shop = await startTestShop({ subgraphs: SUBGRAPHS, sandbox: true })
  })
  after(() => shop.stop())

  for (const name of SUBGRAPHS) {
    test(name, async () => {
      const { data, errors } = await shop.call(name, '{ _service { sdl } }')
      assert.equal(errors, undefined)
      assert.deepEqual(normalised(parse(data._service.sdl)), normalised((await readSdl(name)).document))
    })

    test(`${name} has a description of every type, field, value and argument`, async () => {
      const bare = [...definitionsOf((await readSdl(name)).document)].filter(
        ({ description }) => description === undefined,
      )
      assert.deepEqual(
        bare.map((node) => node.name.value),
        [],
      )
    })
  }
})

const isSpecifications = (name: string): boolean => /^(_|link__|federation__)/.test(name)

/** The definitions as text in the order of their names, without what the library adds beside them: the specification's own. */
function normalised(document: DocumentNode): string[] {
  const plain = visit(document, {
    StringValue: (node) => ({ ...node, block: false }),
    FieldDefinition: (node) => (isSpecifications(node.name.value) ? null : undefined),
  })
  const types = plain.definitions.filter((node) => isTypeDefinitionNode(node) && !isSpecifications(node.name.value))
  return types.map(print).toSorted()
}

type Described = { description?: unknown; name: { value: string } }

function definitionsOf(document: DocumentNode): Described[] {
  const found: Described[] = []
  const note = (node: Described) => void found.push(node)
  visit(document, {
    ObjectTypeDefinition: note,
    InputObjectTypeDefinition: note,
    EnumTypeDefinition: note,
    EnumValueDefinition: note,
    FieldDefinition: note,
    InputValueDefinition: note,
  })
  return found
}
