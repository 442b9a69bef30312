import { availableParallelism, cpus } from 'node:os'
import type { Contender } from './contenders/contenders.ts'
import { OPERATIONS, type Size } from './graph/operations.ts'
import { type Effort, median, SLICE_MS, type Turn } from './measure.ts'

/** A contender with its turns so far, or why it has none. `isFault`: because it fails, and not because it is not there. */
export type Measured = {
  contender: Contender
  turns: Map<Size, Turn[]>
  failure?: { why: string; isFault: boolean }
}

// How many times less CPU than stock our router promises to need.
const PROMISED: Readonly<Record<string, Readonly<Record<Size, number>>>> = {
  ours: { heavy: 16, medium: 8, small: 5 },
  'ours-unshared': { heavy: 7, medium: 5, small: 3.5 },
}

// What all of it on may cost more than the same router, as it comes, takes for the same requests; and beside it how much
// that is more than without a token in them.
const EVERYTHING = {
  mostPercent: 10,
  pairs: [
    { all: 'ours-all', same: 'ours-token', tokenless: 'ours' },
    { all: 'ours-all-unshared', same: 'ours-token-unshared', tokenless: 'ours-unshared' },
  ],
} as const

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
  const withEverything = EVERYTHING.pairs.flatMap(({ all, same, tokenless }) => {
    const [ofSame, ofTokenless] = [ratioOf(all, same, size, measured), ratioOf(all, tokenless, size, measured)]
    return [
      ...(ofSame === undefined ? [] : [verdictOnMore(`${all} against ${same}`, ofSame)]),
      ...(ofTokenless === undefined
        ? []
        : [`- ${all} against ${tokenless}, which is asked without a token: ${more(ofTokenless)} CPU`]),
    ]
  })
  return [...againstStock, ...againstHive, ...withEverything]
}

const verdict = (what: string, ratio: number, promised: number): string =>
  `- ${what}: ${ratio.toFixed(1)}×, promised ${promised}×: ${ratio >= promised ? 'kept' : 'NOT KEPT'}`

const verdictOnMore = (what: string, ratio: number): string =>
  `- ${what}: ${more(ratio)} CPU, promised at most +${EVERYTHING.mostPercent} %: ${100 * (ratio - 1) <= EVERYTHING.mostPercent ? 'kept' : 'NOT KEPT'}`

const more = (ratio: number): string => `${ratio > 1 ? '+' : ''}${(100 * (ratio - 1)).toFixed(1)} %`

/** How many times the CPU of `other` the one takes: by round, as these were measured side by side; their median. */
function ratioOf(one: string, other: string, size: Size, measured: readonly Measured[]): number | undefined {
  const [ones, others] = [one, other].map((name) => turnsOf(name, size, measured))
  const ratios = (ones ?? []).flatMap(({ cpuMsPerRequest }, round) => {
    const beside = others?.[round]
    return beside === undefined ? [] : [cpuMsPerRequest / beside.cpuMsPerRequest]
  })
  return ratios.length === 0 ? undefined : median(ratios)
}

const turnsOf = (name: string, size: Size, measured: readonly Measured[]): readonly Turn[] =>
  measured.find(({ contender, failure }) => contender.name === name && failure === undefined)?.turns.get(size) ?? []

const digits = (value: number): string => value.toFixed(value < 0.1 ? 3 : 2)
