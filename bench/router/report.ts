import { availableParallelism, cpus } from 'node:os'
import { OPERATIONS, type Size } from './graph/operations.ts'
import { type Effort, median, SLICE_MS, type Turn } from './measure.ts'
import { type Measured, ratioOf } from './ratios.ts'
import { everythingAt } from './report-everything.ts'

// How many times less CPU than stock our router promises to need.
const PROMISED: Readonly<Record<string, Readonly<Record<Size, number>>>> = {
  ours: { heavy: 16, medium: 8, small: 5 },
  'ours-unshared': { heavy: 7, medium: 5, small: 3.5 },
}

const COLUMNS = ['', 'CPU ms/request', '(least–most)', 'of stock', 'requests/s', 'p50 ms', 'p99 ms', 'peak MB', 'cores']

/** Where and how it is measured, in a line. */
export const reportMachine = ({ connections, warmUpMs, slices }: Effort, rounds: number): string =>
  `${cpus()[0]?.model ?? 'unknown CPU'}, ${availableParallelism()} cores, Node ${process.versions.node}; ${connections} connections, ` +
  `${rounds} × ${(slices * SLICE_MS) / 1000} s after ${warmUpMs / 1000} s of warm-up each, in turns of ${SLICE_MS / 1000} s; medians`

/** The table of one size as Markdown, with the ratios that are promised. */
export function reportSize(size: Size, answerBytes: number, measured: readonly Measured[]): string {
  const kilobytes = answerBytes < 1000 ? `${answerBytes} bytes` : `${(answerBytes / 1000).toFixed(1)} KB`
  const rows = measured.map((entry) => rowOf(entry, size, measured))
  const lines = [COLUMNS, COLUMNS.map((_, index) => (index === 0 ? '---' : '---:')), ...rows]
  const table = lines.map((cells) => `| ${cells.join(' | ')} |`)
  return [
    `\n## ${size}: ${OPERATIONS[size].about}, ${kilobytes}\n`,
    ...table,
    '',
    ...verdicts(size, measured),
    '',
  ].join('\n')
}

function rowOf(entry: Measured, size: Size, measured: readonly Measured[]): string[] {
  const turns = entry.turns.get(size) ?? []
  const { title } = entry.contender
  if (entry.failure !== undefined || turns.length === 0)
    return [title, entry.failure?.why.replaceAll(/\s+/g, ' ') ?? 'not measured']
  const of = (key: keyof Turn) => median(turns.map((turn) => turn[key]))
  const cpu = turns.map((turn) => turn.cpuMsPerRequest)
  const ratio = ratioOf('stock', entry.contender.name, size, measured)
  return [
    title,
    digits(median(cpu)),
    `${digits(Math.min(...cpu))}–${digits(Math.max(...cpu))}`,
    ratio === undefined ? '' : `1/${ratio.toFixed(1)}`,
    of('requestsPerSecond').toFixed(0),
    of('p50Ms').toFixed(1),
    of('p99Ms').toFixed(1),
    of('peakRssMb').toFixed(0),
    [of('cores'), of('subgraphCores'), of('loadCores')].map((cores) => cores.toFixed(2)).join(' + '),
  ]
}

function verdicts(size: Size, measured: readonly Measured[]): string[] {
  const againstStock = Object.entries(PROMISED).flatMap(([name, promised]) => {
    const ratio = ratioOf('stock', name, size, measured)
    return ratio === undefined ? [] : [verdict(`stock / ${name}`, ratio, promised[size])]
  })
  const againstHive = ['hive', 'hive-rust'].flatMap((hive) =>
    ['ours', 'ours-queries'].flatMap((ours) => {
      const ratio = ratioOf(hive, ours, size, measured)
      return ratio === undefined ? [] : [verdict(`${hive} / ${ours}`, ratio, 1)]
    }),
  )
  return [...againstStock, ...againstHive, ...everythingAt(size, measured)]
}

const verdict = (what: string, ratio: number, promised: number): string =>
  `- ${what}: ${ratio.toFixed(1)}×, promised ${promised}×: ${ratio >= promised ? 'kept' : 'NOT KEPT'}`

const digits = (value: number): string => value.toFixed(value < 0.1 ? 3 : 2)
