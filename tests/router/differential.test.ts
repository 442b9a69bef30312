import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type Answered, type Both, createBoth, type Problem } from './differential/executors.ts'
import { GRAPHS } from './differential/graphs.ts'
import { drawOperation } from './differential/operations.ts'
import { type Faults, NO_FAULTS, serveGraph } from './differential/subgraph-servers.ts'

const graphs = await Promise.all(GRAPHS.map(serveGraph))
// Each run is two plans and two executions over HTTP: ten thousand of them for each kind of fault would take hours.
const MOST_RUNS = 1_000
const numRuns = Math.min(fc.readConfigureGlobal()?.numRuns ?? 60, MOST_RUNS)

const FAULTS: Record<string, Partial<Faults>> = {
  'failing resolvers': { failing: 0.15, empty: 0.15 },
  'nulls where none may be': { broken: 0.3 },
  'missing entities': { missing: 0.3 },
  'subgraphs that do not answer': { calls: 0.3 },
  'slow subgraphs': { slow: 0.5, failing: 0.05 },
  'all of it at once': { failing: 0.05, empty: 0.1, broken: 0.05, missing: 0.1, calls: 0.1, slow: 0.2 },
}

for (const graph of graphs) {
  const runBoth = createBoth(graph.supergraph)
  /** Draws operations, and has `check` compare what both answer while these faults are in the subgraphs. */
  const compare = (faults: Omit<Faults, 'seed'>, check: (both: Both, operation: string) => void) =>
    fc.assert(
      fc.asyncProperty(fc.gen(), fc.nat({ max: 1_000_000 }), async (g, seed) => {
        graph.setFaults({ ...faults, seed })
        const operation = drawOperation(g, graph.supergraph.apiSchema)
        const both = await runBoth(operation)
        if (both === undefined) return fc.pre(false)
        check(both, `${JSON.stringify(operation)} ${JSON.stringify(both)}`)
      }),
      // Shrinking takes minutes, and says little more: the seed is told.
      { numRuns: faults === NO_FAULTS ? numRuns : Math.ceil(numRuns / 3), endOnFailure: true },
    )

  test(`${graph.name}: answers as the stock executor does`, () =>
    compare(NO_FAULTS, ({ ours, stock }, told) => {
      assert.deepEqual(ours.data, stock.data, told)
      assert.deepEqual(problemsOf(ours), problemsOf(stock), told)
    }))

  for (const [what, faults] of Object.entries(FAULTS)) {
    test(`${graph.name}: with ${what} finds the same data, and says of each null that is no answer why`, () =>
      compare({ ...NO_FAULTS, ...faults }, ({ ours, stock }, told) => {
        assert.deepEqual(ours.data, stock.data, told)
        assert.deepEqual(reasonsOf(ours), reasonsOf(stock), told)
        for (const { path } of ours.errors.filter(isOfField))
          assert.equal(valueAt(ours.data, path) ?? null, null, `${path?.join('.')} ${told}`)
      }))
  }
}

/** What the subgraphs reported, or that they could not be asked. */
const reasonsOf = ({ errors }: Answered): string[] => [
  ...new Set(
    errors
      .filter(({ message }) => !OURS_ALONE.test(message) && !VIOLATION.test(message))
      .map(({ message, extensions }) => JSON.stringify([message, extensions?.['code'], extensions?.['serviceName']]))
      .toSorted(),
  ),
]

/** Not of a whole entity, nor of a call: another may have brought some of its fields. What a subgraph needed from another is no part of the answer. */
const isOfField = ({ message }: Problem): boolean => /^no |^Cannot return null|^Invalid/.test(message)

/** The value where a path leads; null where it meets a null on its way. */
function valueAt(data: unknown, path: Problem['path'] = []): unknown {
  let value = data
  for (const key of path) value = typeof value === 'object' && value !== null ? Reflect.get(value, key) : value
  return path.length === 0 ? null : value
}

// Stock tells of these only where nothing else failed.
const VIOLATION = /^(Cannot return null|Invalid)/

/** docs/decisions/0007: an error that stock gives no place in the answer has the way to its list; ours says why what is null. */
const problemsOf = ({ errors }: Answered): string[] =>
  errors
    .filter(({ message }) => !OURS_ALONE.test(message))
    .map(({ message, path, extensions }) =>
      JSON.stringify([
        withoutType(message),
        placeOf(path)?.join('.'),
        extensions?.['code'],
        extensions?.['serviceName'],
      ]),
    )
    .toSorted()

/** Stock names the type that a fragment is on, ours the object's. */
const withoutType = (message: string): string => message.replace(/field \w+\./, 'field ')

const OURS_ALONE = /does not know this|to say its type/

const placeOf = (path: Problem['path']): Problem['path'] => {
  const end = path?.findIndex((key) => key === '@' || key === '_entities') ?? -1
  return end === -1 ? path : path?.slice(0, end)
}
