import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import fc from 'fast-check'
import { printSchema } from 'graphql'
import { applyContract, type Contract } from '../../router/supergraph/contract.ts'
import { contractOf, parseContracts } from '../../router/supergraph/contracts-file.ts'
import { loadSupergraph } from '../../router/supergraph/load-supergraph.ts'
import { postGraphQL } from '../support/client.ts'
import { compose } from './fixtures/graph.ts'
import { startTestRouter } from './fixtures/router.ts'
import { startSubgraph } from './fixtures/subgraph.ts'

const SDL = `
  type Query {
    book(id: ID!): Book @tag(name: "shop")
    search(filter: Filter!): [Item!] @tag(name: "shop")
    ledger: Ledger @tag(name: "office")
    staff: [Person!] @tag(name: "office")
  }
  interface Item @tag(name: "shop") { id: ID! owner: Person }
  type Book implements Item @key(fields: "id") @tag(name: "shop") {
    id: ID!
    title: String
    cost: Int @tag(name: "office")
    owner: Person @tag(name: "office")
    format: Format
  }
  type Person @tag(name: "office") { name: String }
  type Ledger @tag(name: "office") { entries: [Entry!] }
  type Entry @tag(name: "office") { amount: Int kind: Kind }
  enum Kind { IN OUT }
  enum Format { PAPER FILE STAFF_COPY @tag(name: "office") }
  input Filter { text: String, costBelow: Int @tag(name: "office"), secret: Secret }
  input Secret { key: String! @tag(name: "office") note: String }
`
const books = await startSubgraph('books', SDL, {
  Query: { book: () => ({ id: '1', title: 'Money', cost: 7, format: 'PAPER' }) },
  Item: { __resolveType: () => 'Book' },
})
const supergraphSdl = compose([books])

after(() => books.stop())

const apiOf = (contract: Contract): string =>
  printSchema(loadSupergraph(applyContract(supergraphSdl, contract)).apiSchema)

test('a contract hides what has an excluded tag, and all that is of no use without it', () => {
  const api = apiOf({ exclude: ['office'] })
  for (const gone of ['cost', 'owner', 'STAFF_COPY', 'Ledger', 'Entry', 'Kind', 'Person', 'Secret', 'secret'])
    assert.doesNotMatch(api, new RegExp(`\\b${gone}\\b`), gone)
  for (const kept of ['book', 'search', 'title', 'PAPER', 'text']) assert.match(api, new RegExp(`\\b${kept}\\b`), kept)
})

test('with an include only what has one of its tags, on itself or its type, is left', () => {
  const api = apiOf({ include: ['office'] })
  for (const gone of ['book', 'search', 'Item']) assert.doesNotMatch(api, new RegExp(`\\b${gone}\\b`), gone)
  for (const kept of ['ledger', 'staff', 'Entry', 'Kind']) assert.match(api, new RegExp(`\\b${kept}\\b`), kept)
})

test('whatever a contract excludes and includes, what is left is an API or nothing', () => {
  const tags = fc.subarray(['shop', 'office', 'nobody'])
  fc.assert(
    fc.property(tags, tags, (include, exclude) => {
      const sdl = applyContract(supergraphSdl, { include, exclude })
      try {
        loadSupergraph(sdl)
      } catch (error) {
        // Nothing may be left of Query; anything else would be a contract that contradicts itself.
        assert.match(String(error), /Query/)
      }
    }),
    { numRuns: 30 },
  )
})

test('a router that serves a contract refuses what it hides, and still uses it', async () => {
  const router = await startTestRouter(applyContract(supergraphSdl, { exclude: ['office'] }))
  const answer = await postGraphQL(router.url, { document: '{ book(id: "1") { title format } }' })
  assert.deepEqual(answer.data, { book: { title: 'Money', format: 'PAPER' } })
  const refused = await postGraphQL(router.url, { document: '{ book(id: "1") { cost } }' })
  assert.equal(refused.errors?.[0]?.extensions?.['code'], 'GRAPHQL_VALIDATION_FAILED')
})

test('a contract that the file does not have is told with those that it has', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'agora-contracts-'))
  after(() => rm(folder, { recursive: true }))
  const file = join(folder, 'contracts.yaml')
  await writeFile(file, 'shop:\n  exclude: [office]\n')
  assert.doesNotMatch((await contractOf('shop', file))(supergraphSdl), /cost: Int(?!.*@inaccessible).*@tag/)
  assert.equal((await contractOf(undefined, file))(supergraphSdl), supergraphSdl)
  await assert.rejects(contractOf('constructor', file), /expected one of shop, got constructor/)
  await assert.rejects(contractOf('shop', join(folder, 'none.yaml')), /none\.yaml can't be read/)
  assert.throws(() => parseContracts('shop: {}'), /expected an include or an exclude/)
  assert.throws(() => parseContracts('shop:\n  exclud: [a]'), /exclud/)
})
