import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AggregatorRegistry, Histogram, Registry } from 'prom-client'
import { createMetrics } from '#platform/runtime/metrics.ts'
import { createTally, TalliedHistogram } from '#platform/runtime/tallies.ts'

const VALUES = [0.0004, 0.001, 0.003, 0.2, 7, 0.002]

for (const labelNames of [[], ['type']] as const)
  test(`a histogram reads as that of prom-client with ${labelNames.length} labels, as text, as JSON and summed up`, async () => {
    const configuration = { name: 'took_seconds', help: 'how long', labelNames, buckets: [0.001, 0.002, 1] }
    const [theirs, ours] = [new Registry(), new Registry()]
    const [known, tallied] = [
      new Histogram({ ...configuration, registers: [theirs] }),
      new TalliedHistogram({ ...configuration, registers: [ours] }),
    ]
    assert.equal(await ours.metrics(), await theirs.metrics())
    for (const [index, value] of VALUES.entries()) {
      const type = index % 2 === 0 ? 'query' : 'mutation'
      known.observe(labelNames.length === 0 ? {} : { type }, value)
      tallied.add(value, labelNames.length === 0 ? undefined : type)
    }
    assert.equal(await ours.metrics(), await theirs.metrics())
    const twice = async (registry: Registry) => {
      const read = await registry.getMetricsAsJSON()
      return AggregatorRegistry.aggregate([read, read]).metrics()
    }
    assert.equal(await twice(ours), await twice(theirs))
  })

test('a tally gives what was counted since it was asked last, by the values of its labels', () => {
  const { add, take } = createTally()
  assert.deepEqual(take(), [])
  add('query', 'OK')
  add('query', 'BAD_USER_INPUT')
  add('query', 'OK')
  const byCode = (taken: ReturnType<typeof take>) => taken.map(({ values, count }) => [...values, count].join(' '))
  assert.deepEqual(byCode(take()), ['query OK 2', 'query BAD_USER_INPUT 1'])
  add('query', 'OK')
  assert.deepEqual(byCode(take()), ['query OK 1'])
})

test('a counter that is tallied in two places adds up, and grows on after it was read', async () => {
  const metrics = createMetrics()
  const of = { name: 'asked_total', help: 'how often', labels: ['type'] }
  const [here, there] = [metrics.tally(of), metrics.tally(of)]
  here('query')
  there('query')
  const read = async () => (await metrics.read()).find((metric) => 'name' in metric && metric.name === 'asked_total')
  assert.partialDeepStrictEqual(await read(), { values: [{ value: 2, labels: { type: 'query' } }] })
  there('query')
  assert.partialDeepStrictEqual(await read(), { values: [{ value: 3, labels: { type: 'query' } }] })
})
