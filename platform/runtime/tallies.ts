import { Histogram, type HistogramConfiguration } from 'prom-client'

// What happens with each request is counted here, and told to the metrics when they are read: to find the place of a set of
// labels each time, as prom-client does, takes twenty times as long as to count.

/** Counts by the values of labels. */
export type Tally = {
  /** Once more; a value for each label, in their order. */
  add(...values: string[]): void
  /** All that was counted since it was asked last. */
  take(): { values: readonly string[]; count: number }[]
}

type Cell = { readonly values: readonly string[]; readonly inner: Map<string, Cell>; count: number }

/** Nothing counted yet. */
export function createTally(): Tally {
  const cells: Cell[] = []
  const newCell = (values: readonly string[]): Cell => {
    const cell = { values, inner: new Map<string, Cell>(), count: 0 }
    cells.push(cell)
    return cell
  }
  const within = (outer: Cell, value: string): Cell => {
    const known = outer.inner.get(value)
    if (known !== undefined) return known
    const cell = newCell([...outer.values, value])
    outer.inner.set(value, cell)
    return cell
  }
  const root = newCell([])
  return {
    add: (...values) => {
      let cell = root
      for (const value of values) cell = within(cell, value)
      cell.count += 1
    },
    take: () => {
      const taken = cells.filter(({ count }) => count > 0).map(({ values, count }) => ({ values, count }))
      for (const cell of cells) cell.count = 0
      return taken
    },
  }
}

type Observed = { buckets: number[]; sum: number; count: number }
type Sample = { labels: object; sharedLabels: object; value: number; metricName: string }

/** A histogram with one label, or none; told by {@link TalliedHistogram.add}. */
export class TalliedHistogram<Label extends string = string> extends Histogram<Label> {
  readonly #of: HistogramConfiguration<Label> & { buckets: number[] }
  readonly #observed = new Map<string, Observed>()

  constructor(configuration: HistogramConfiguration<Label> & { buckets: number[] }) {
    super(configuration)
    this.#of = configuration
    if (configuration.labelNames?.length === 0) this.#begin('')
  }

  /** One more `value`, in the unit of the name. */
  add(value: number, label = ''): void {
    const observed = this.#observed.get(label) ?? this.#begin(label)
    observed.sum += value
    observed.count += 1
    const at = this.#of.buckets.findIndex((bound) => value <= bound)
    if (at !== -1) observed.buckets[at] = (observed.buckets[at] ?? 0) + 1
  }

  /** What both ways of prom-client to read a histogram read. */
  async getForPromString(): Promise<object> {
    const { name, help, aggregator = 'sum' } = this.#of
    const values = [...this.#observed].flatMap(([label, observed]) => this.#samplesOf(label, observed))
    return { name, help, type: 'histogram', aggregator, values }
  }

  #begin(label: string): Observed {
    const observed = { buckets: this.#of.buckets.map(() => 0), sum: 0, count: 0 }
    this.#observed.set(label, observed)
    return observed
  }

  #samplesOf(value: string, { buckets, sum, count }: Observed): Sample[] {
    const { name, labelNames: [label] = [] } = this.#of
    const sharedLabels = label === undefined ? {} : { [label]: value }
    const sample = (suffix: string, sampled: number, labels: object = {}) => ({
      labels,
      sharedLabels,
      value: sampled,
      metricName: `${name}_${suffix}`,
    })
    let below = 0
    const bucketed = this.#of.buckets.map((le, index) => sample('bucket', (below += buckets[index] ?? 0), { le }))
    return [...bucketed, sample('bucket', count, { le: '+Inf' }), sample('sum', sum), sample('count', count)]
  }
}
