import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { parse } from 'graphql'
import { drawPlan } from '../../../cli/graph/explain/draw.ts'
import { explain, summaryOf } from '../../../cli/graph/explain/explain.ts'
import { GraphError } from '../../../cli/graph/graph-error.ts'
import { workingTree } from '../../../cli/graph/source/files.ts'
import { readGraph } from '../../../cli/graph/source/read-graph.ts'
import { createRepository } from './repository.ts'

const { root } = await createRepository()
const graph = await readGraph(workingTree(root))
assert.ok('supergraphSdl' in graph)
const { supergraphSdl } = graph

test('an operation is explained by its fetches, each with its step, its subgraph and what it asks for', async () => {
  const document = parse('query Reviewed { books { title reviews } reviewPage { hasNextPage } }')
  const { name, fetches, plan, cost } = await explain(supergraphSdl, { document, variables: {} })
  assert.equal(name, 'Reviewed')
  assert.deepEqual(
    fetches.map(({ subgraph, step, of, at }) => [subgraph, step, of, at]),
    [
      ['books', 1, [], ''],
      ['reviews', 2, ['Book'], 'books.@'],
      ['reviews', 1, [], ''],
    ],
  )
  assert.match(plan, /Fetch\(service: "books"\)/)
  assert.equal(cost, undefined)
})

test('its picture has a box for each fetch, and no text of the operation breaks it', async () => {
  const document = parse('query Reviewed { books(topic: "<&>") { reviews } }')
  const svg = drawPlan(await explain(supergraphSdl, { document, variables: {} }))
  assert.equal(svg.match(/<g>/g)?.length, 2)
  assert.match(svg, /Reviewed: 2 fetches in 2 steps/)
  assert.match(svg, /&lt;&amp;&gt;/)
})

test('an operation that the graph refuses is not explained but told so', async () => {
  const refused = explain(supergraphSdl, { document: parse('{ nothing }'), variables: {} })
  await assert.rejects(refused, (error) => error instanceof GraphError && /nothing/.test(error.message))
})

test('the cost follows from the variables that were given, or else from those it is sent with; one that lacks is named', async () => {
  const shop = await readFile(new URL('../../../schema/supergraph.graphql', import.meta.url), 'utf8')
  const document = parse(
    'query Find($first: Int!, $q: String!) { searchProducts(query: $q, first: $first) { nodes { id } } }',
  )
  const asked = async (variables: object, example = {}) =>
    explain(shop, { document, variables: { ...variables }, example })
  const lacking = await asked({})
  assert.deepEqual([lacking.cost, lacking.missing, lacking.fetches.length], [undefined, ['first'], 1])
  const sent = await asked({}, { first: 7, q: '${unique}' })
  const given = await asked({ first: 7 })
  assert.ok(sent.cost !== undefined)
  assert.deepEqual([given.cost, given.given, given.missing], [sent.cost, { first: 7 }, []])
  assert.match(summaryOf(given), /costs up to \d+ with \$first 7$/)
  await assert.rejects(asked({ first: 'x' }), /--variables: first: Int cannot represent/)
  await assert.rejects(asked({ frist: 7 }), /--variables: the operation has no \$frist/)
})
