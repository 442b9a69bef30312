import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { createDeferring, type Both } from './defer/deferring.ts'
import { GRAPHS } from './differential/graphs.ts'
import { drawOperation } from './differential/operations.ts'
import { type Faults, NO_FAULTS, serveGraph } from './differential/subgraph-servers.ts'

const graphs = await Promise.all(GRAPHS.map(serveGraph))
// A plan with @defer takes ten times as long as one without.
const numRuns = (fc.readConfigureGlobal()?.numRuns ?? 100) / 5

for (const graph of graphs) {
  const runBoth = createDeferring(graph.supergraph)
  const compare = (faults: Omit<Faults, 'seed'>, runs: number, check: (both: Both, told: string) => void) =>
    fc.assert(
      fc.asyncProperty(fc.gen(), fc.nat({ max: 1_000_000 }), async (g, seed) => {
        graph.setFaults({ ...faults, seed })
        const operation = drawOperation(g, graph.supergraph.apiSchema, drawDefer)
        const both = await runBoth(operation).catch((cause: unknown) => {
          throw new Error(`can't be put together: ${JSON.stringify(operation)}`, { cause })
        })
        if (both === undefined) return fc.pre(false)
        check(both, `${JSON.stringify(operation)} ${JSON.stringify(both)}`)
      }),
      { numRuns: runs, endOnFailure: true },
    )

  test(`${graph.name}: all parts of an answer together are the answer without @defer`, () =>
    compare(NO_FAULTS, numRuns, ({ whole, merged }, told) => {
      // What the viewer may not see, and enum values that are hidden: nothing else can be wrong.
      if (whole.errors !== undefined) assert.ok(holds(merged.data, whole.data) && tells(merged, whole.errors), told)
      else assert.deepEqual(merged, { data: whole.data, errors: [], failed: [] }, told)
    }))

  test(`${graph.name}: where resolvers fail the parts hold all that the whole answer holds`, () =>
    compare({ ...NO_FAULTS, failing: 0.15, broken: 0.1 }, Math.ceil(numRuns / 3), ({ whole, merged }, told) =>
      assert.ok(holds(withLostKeys(merged, whole.data), whole.data), told),
    ))

  test(`${graph.name}: whatever fails, every part that has none of its data says why`, () =>
    compare(
      { ...NO_FAULTS, missing: 0.2, calls: 0.2, failing: 0.1, broken: 0.1 },
      Math.ceil(numRuns / 3),
      ({ merged }, told) => {
        for (const place of merged.failed)
          assert.ok(
            merged.errors.some(({ path }) => path === undefined || isAlong(path, place)),
            `${place.join('.')} ${told}`,
          )
      },
    ))
}

/** `@defer` at a third of the fragments. */
const drawDefer = (g: fc.GeneratorValue): string =>
  ['', '', ' @defer', ' @defer', ' @defer(if: $yes)', ' @defer(if: $no)'][g(fc.nat, { max: 5 })] ?? ''

const isAlong = (path: readonly unknown[], place: readonly unknown[]): boolean =>
  place.every((key, index) => path.length <= index || path[index] === key)

/** Whether `whole` has nothing that is not in `merged`: a null rises further where nothing is deferred. */
function holds(merged: unknown, whole: unknown): boolean {
  if (whole === null || whole === undefined) return true
  if (typeof whole !== 'object' || typeof merged !== 'object' || merged === null) return whole === merged
  return Object.entries(whole).every(([key, value]) => holds(Reflect.get(merged, key), value))
}

/** Whether each of these errors is told, where it is of anything that is shown. */
const tells = ({ data, errors }: Both['merged'], expected: readonly Both['merged']['errors'][number][]): boolean =>
  expected.every(
    ({ message, path = [] }) =>
      path.some((_, index) => index < path.length - 1 && valueAt(data, path.slice(0, index + 1)) === null) ||
      errors.some((error) => error.message === message && error.path?.join('.') === path.join('.')),
  )

/** The whole answer's objects in place of those of which a key could not be read: it is read beside what is shown first. */
function withLostKeys({ data, errors }: Both['merged'], whole: unknown): unknown {
  const merged = structuredClone(data)
  for (const { path = [] } of errors) {
    const length = path.findIndex((_, index) => valueAt(merged, path.slice(0, index + 1)) === null) + 1
    const lost = path.slice(0, length)
    const isKey = length > 0 && length < path.length && isObject(valueAt(whole, lost)) && !leadsOn(whole, path)
    const parent = isKey ? valueAt(merged, lost.slice(0, -1)) : undefined
    if (isObject(parent)) Reflect.set(parent, lost.at(-1) ?? '', valueAt(whole, lost))
  }
  return merged
}

/** Whether the client asked for what a path leads to: it may be null, but it is there. */
const leadsOn = (data: unknown, path: readonly (string | number)[]): boolean =>
  path.every((key, index) => {
    const parent = valueAt(data, path.slice(0, index))
    return !isObject(parent) || Reflect.has(parent, key)
  })

const valueAt = (data: unknown, path: readonly (string | number)[]): unknown =>
  path.reduce((value: unknown, key) => (isObject(value) ? Reflect.get(value, key) : undefined), data)

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null
