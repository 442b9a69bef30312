import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { type ASTNode, Kind, parse, visit } from 'graphql'
import { API_FILE, composeSupergraph, subgraphFile, SUPERGRAPH_FILE } from '../../cli/graph/source/composition.ts'
import type { SubgraphSource } from '../../cli/graph/source/subgraph-source.ts'
import { renderText } from '../../cli/graph/report/render.ts'
import { SUBGRAPHS } from '#platform/runtime/names.ts'

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')
const routingUrl = (name: string): string => {
  const url = new RegExp(`^  ${name}:\\n    routing_url: (.*)$`, 'm').exec(read('supergraph.yaml'))?.[1]
  assert.ok(url !== undefined, `supergraph.yaml does not name ${name}`)
  return url
}
const sources: SubgraphSource[] = SUBGRAPHS.map((name) => ({
  name,
  url: routingUrl(name),
  sdl: read(`schema/${name}.graphql`),
  commonSdl: read('schema/common.graphql'),
}))

test('the committed schemas are what composing makes', () => {
  const composed = composeSupergraph(sources)
  assert.ok(composed.kind === 'composed')
  assert.deepEqual(
    [...composed.files.keys()].toSorted(),
    [...SUBGRAPHS.map(subgraphFile), SUPERGRAPH_FILE, API_FILE].toSorted(),
  )
  for (const [file, text] of composed.files) assert.ok(read(file) === text, `${file} is stale: run \`npm run compose\``)
})

for (const name of [...SUBGRAPHS, 'common']) {
  test(`schema/${name}.graphql describes every type, field, argument and value`, () => {
    const bare: string[] = []
    visit(parse(read(`schema/${name}.graphql`)), {
      enter: (node) => {
        if (isDescribable(node) && !node.description?.value)
          bare.push(`${node.name.value}, line ${node.loc?.startToken.line}`)
      },
    })
    assert.deepEqual(bare, [])
  })
}

test('the API hides what is between services', () => {
  assert.doesNotMatch(read(API_FILE), /reserveStock|completeCart|chargeOrder|recordPayment|_entities/)
  assert.match(read(SUPERGRAPH_FILE), /reserveStock/)
})

test('an error of composition names the file and the line to mend', () => {
  const withOrders = (change: (sdl: string) => string) =>
    sources.map((source) => (source.name === 'orders' ? { ...source, sdl: change(source.sdl) } : source))
  const line =
    read('schema/orders.graphql')
      .split('\n')
      .findIndex((text) => text.includes('cartVersion: Int!')) + 1

  const unknownType = composeSupergraph(withOrders((sdl) => sdl.replace('cartVersion: Int!', 'cartVersion: Whole!')))
  assert.ok(unknownType.kind === 'failed')
  const [unknown = assert.fail()] = unknownType.errors
  assert.match(renderText(unknown), new RegExp(`Whole[^]*schema/orders\\.graphql:${line} \\(orders\\)`))

  const syntax = composeSupergraph(withOrders((sdl) => sdl.replace('cartVersion: Int!', 'cartVersion Int!')))
  assert.ok(syntax.kind === 'failed')
  assert.deepEqual(
    [syntax.errors[0]?.rule, syntax.errors[0]?.places],
    ['syntax', [{ file: 'schema/orders.graphql', line, of: 'orders' }]],
  )
})

test('an error in what all share names common.graphql', () => {
  const commonSdl = read('schema/common.graphql').replace('type PageInfo @shareable', 'type PageInfo')
  const composed = composeSupergraph(sources.map((source) => ({ ...source, commonSdl })))
  assert.ok(composed.kind === 'failed')
  const [error = assert.fail()] = composed.errors
  assert.match(error.message, /^INVALID_FIELD_SHARING: /)
  assert.equal(error.places[0]?.file, 'schema/common.graphql')
  assert.match(error.hint ?? '', /#invalid_field_sharing$/)
})

const DESCRIBABLE = [
  Kind.ENUM_TYPE_DEFINITION,
  Kind.ENUM_VALUE_DEFINITION,
  Kind.FIELD_DEFINITION,
  Kind.INPUT_OBJECT_TYPE_DEFINITION,
  Kind.INPUT_VALUE_DEFINITION,
  Kind.INTERFACE_TYPE_DEFINITION,
  Kind.OBJECT_TYPE_DEFINITION,
  Kind.SCALAR_TYPE_DEFINITION,
  Kind.UNION_TYPE_DEFINITION,
] as const

type Describable = Extract<ASTNode, { kind: (typeof DESCRIBABLE)[number] }>

function isDescribable(node: ASTNode): node is Describable {
  return (DESCRIBABLE as readonly string[]).includes(node.kind)
}
