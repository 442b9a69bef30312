import assert from 'node:assert/strict'
import { test } from 'node:test'
import { lint, WAIVERS_FILE } from '../../../cli/graph/lint/lint.ts'
import { RULES } from '../../../cli/graph/lint/rules.ts'
import type { Files } from '../../../cli/graph/source/files.ts'

const SUPERGRAPH = 'subgraphs:\n  shop:\n    routing_url: http://127.0.0.1:4101/graphql\n'

function filesOf(sdl: string, waivers?: string): Files {
  const texts: Record<string, string | undefined> = {
    'supergraph.yaml': SUPERGRAPH,
    'schema/shop.graphql': sdl,
    [WAIVERS_FILE]: waivers,
  }
  return { read: async (path) => texts[path], list: async () => [] }
}

/** Per rule: what it refuses, the coordinate that it names, and the same as it should be. */
const CASES: Readonly<Record<string, { refused: string; coordinate: string; kept: string }>> = {
  described: { refused: '"A"\ntype A {\n  b: Int\n}', coordinate: 'A.b', kept: '"A"\ntype A {\n  "B"\n  b: Int\n}' },
  'type-name': { refused: '"A"\ntype a_b', coordinate: 'a_b', kept: '"A"\ninput AInput' },
  'field-name': { refused: '"A" type A { "B" b_c: Int }', coordinate: 'A.b_c', kept: '"A" type A { "B" bC: Int }' },
  'value-name': { refused: '"A" enum A { "B" b }', coordinate: 'A.b', kept: '"A" enum A { "B" B_1 }' },
  'connection-limited': {
    refused: '"A" type A { "B" b: BConnection }',
    coordinate: 'A.b',
    kept: '"A" type A { "B" b("C" first: Int! = 5): BConnection @listSize(slicingArguments: ["first"]) }',
  },
  'list-sized': {
    refused: '"A" type A { "B" b: [A!] }',
    coordinate: 'A.b',
    kept: '"A" type A { "B" b: [A!] @listSize(assumedSize: 3) "C" c: [Int!] }',
  },
  'items-not-null': {
    refused: '"A" type A { "B" b: [Int] }',
    coordinate: 'A.b',
    kept: '"A" type A { "B" b: [Int!] }',
  },
  'mutation-input': {
    refused: '"M" type Mutation { "B" b("C" c: Int): P } "P" type P { "E" userErrors: Int }',
    coordinate: 'Mutation.b',
    kept: '"M" type Mutation { "B" b("C" input: CInput!): P } "P" type P { "E" userErrors: Int }',
  },
  'mutation-errors': {
    refused: '"M" type Mutation { "B" b("C" input: CInput!): P } "P" type P { "E" e: Int }',
    coordinate: 'Mutation.b',
    kept: '"M" type Mutation { "B" b("C" input: CInput!): P } "P" type P { "E" userErrors: Int }',
  },
  'cost-declared': {
    refused: '"Q" type Query { "S" find("T" query: String): Int }',
    coordinate: 'Query.find',
    kept: '"Q" type Query { "S" find("T" query: String): Int @cost(weight: 5) }',
  },
  'deprecation-dated': {
    refused: '"A" type A { "B" b: Int @deprecated(reason: "old") }',
    coordinate: 'A.b',
    kept: '"A" type A { "B" b: Int @deprecated(reason: "2026-11-28: use c") }',
  },
}

for (const id of Object.keys(RULES)) {
  test(`${id} refuses what breaks it, at its line, and lets pass what keeps it`, async () => {
    const { refused, coordinate, kept } = CASES[id] ?? assert.fail(`no case for ${id}`)
    const [finding = assert.fail(), ...others] = await lint(filesOf(refused))
    assert.deepEqual([finding.rule, others], [id, []])
    assert.ok(finding.message.startsWith(`${coordinate} `), finding.message)
    assert.equal(finding.places[0]?.file, 'schema/shop.graphql')
    assert.deepEqual(await lint(filesOf(kept)), [])
  })
}

test('a waiver lets an exception pass, and is itself refused once nothing needs it', async () => {
  const waiver = '- rule: field-name\n  coordinate: A.b_c\n  reason: An old client.\n'
  assert.deepEqual(await lint(filesOf('"A" type A { "B" b_c: Int }', waiver)), [])
  const [finding] = await lint(filesOf('"A" type A { "B" b: Int }', waiver))
  assert.equal(finding?.rule, 'waiver-unneeded')
  await assert.rejects(lint(filesOf('scalar A', '- rule: no-such-rule\n')), /lint-waivers\.yaml/)
})

test('a file that is no YAML, or no schema, is named with its line', async () => {
  await assert.rejects(
    lint(filesOf('"A" type A { "B" b: Int }', '- [')),
    /^GraphError: schema\/lint-waivers\.yaml: .* line 1/,
  )
  const findings = await lint(filesOf('"A"\ntyp A'))
  assert.deepEqual(
    findings.map(({ rule, places }) => [rule, places]),
    [['syntax', [{ file: 'schema/shop.graphql', line: 1 }]]],
  )
})
