import { type Aggregator, collectDefaultMetrics, Counter, Gauge, type Metric, Registry } from 'prom-client'
import type { HttpHandler } from './http.ts'
import { createTally, TalliedHistogram, type Tally } from './tallies.ts'

/** A metric: its name ends in its unit (`_seconds`, `_bytes`, `_total` for what only grows). */
type Description<Label extends string> = {
  name: string
  help: string
  labels?: readonly Label[]
  /** How the values of several processes become one: their sum unless given. */
  aggregator?: Aggregator
}

/**
 * The metrics of one service. Asked for the same name twice, each function gives the same metric: what is started anew
 * (a supergraph that changed) goes on counting where the one before it stopped. Throws where the labels differ.
 */
export type Metrics = {
  counter<Label extends string = never>(of: Description<Label>): Counter<Label>
  /** A counter for what happens with each request: counts once more, by a value for each label in their order. */
  tally(of: Description<string>): Tally['add']
  gauge<Label extends string = never>(of: Description<Label>): Gauge<Label>
  /** `buckets` in the unit of the name, rising; one label at most. */
  histogram<Label extends string = never>(of: Description<Label> & { buckets: number[] }): TalliedHistogram<Label>
  /** Calls `read` before the metrics are read, for gauges of what is known elsewhere; the function that comes back ends that. */
  onRead(read: () => void | Promise<void>): () => void
  /** All of them as they are now, for `AggregatorRegistry.aggregate`. */
  read(): Promise<object[]>
  /** `/metrics`, in the text format of Prometheus. */
  answer: HttpHandler
}

/** New, with those of the process: CPU, memory, garbage collection, lag of the event loop. */
export function createMetrics(): Metrics {
  // They observe from now on, not only from the first time that somebody asks.
  ofProcess()
  const registry = new Registry()
  const readers = new Set<() => void | Promise<void>>()
  const labelsOf = new Map<string, string>()
  const once = <Kind extends Metric>({ name, labels = [] }: Description<string>, create: () => Kind): Kind => {
    const wanted = labels.join(', ')
    const given = labelsOf.get(name) ?? wanted
    // Two parts that mean different things by one name: told at the start, and not when one of them counts.
    if (given !== wanted) throw new Error(`metric ${name}: expected the labels [${given}] that it has, got [${wanted}]`)
    labelsOf.set(name, wanted)
    return (registry.getSingleMetric(name) as Kind | undefined) ?? create()
  }
  const configurationOf = <Label extends string>({ name, help, labels = [], aggregator }: Description<Label>) => ({
    name,
    help,
    labelNames: labels,
    registers: [registry],
    ...(aggregator && { aggregator }),
  })
  const counter: Metrics['counter'] = (of) => once(of, () => new Counter(configurationOf(of)))
  const tallies = new Map<string, Tally>()
  const prepare = () => Promise.all([...readers].map(async (read) => read()))
  return {
    counter,
    tally: (of) => {
      const counted = counter(of)
      const tally = tallies.get(of.name) ?? createTally()
      if (!tallies.has(of.name)) readers.add(() => tell(counted, of.labels ?? [], tally))
      tallies.set(of.name, tally)
      return tally.add
    },
    gauge: (of) => once(of, () => new Gauge(configurationOf(of))),
    histogram: (of) => once(of, () => new TalliedHistogram({ ...configurationOf(of), buckets: of.buckets })),
    onRead: (read) => {
      readers.add(read)
      return () => void readers.delete(read)
    },
    read: async () => {
      await prepare()
      return (await Promise.all([registry.getMetricsAsJSON(), ofProcess().getMetricsAsJSON()])).flat()
    },
    answer: async (_request, response) => {
      await prepare()
      const texts = await Promise.all([registry.metrics(), ofProcess().metrics()])
      response.writeHead(200, { 'content-type': registry.contentType }).end(texts.join('\n'))
    },
  }
}

function tell(counted: Counter, labels: readonly string[], tally: Tally): void {
  for (const { values, count } of tally.take())
    counted.inc(Object.fromEntries(labels.map((label, index) => [label, values[index] ?? ''])), count)
}

let processRegistry: Registry | undefined

/** Once a process, however many services run in it: each of these metrics costs a timer or an observer. */
function ofProcess(): Registry {
  if (processRegistry !== undefined) return processRegistry
  processRegistry = new Registry()
  collectDefaultMetrics({ register: processRegistry })
  return processRegistry
}
