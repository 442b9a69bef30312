import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type BenchGraph, startBenchGraph } from './bench-graph.ts'
import { CONTENDERS, type Contender, isOffered } from './contenders/contenders.ts'
import { installHive } from './contenders/install-hive.ts'
import { OPERATIONS, SIZES, type Size } from './graph/operations.ts'
import { expectedAnswer } from './graph/supergraph.ts'
import type { Effort } from './measure.ts'
import type { Measured } from './ratios.ts'
import { reportMachine, reportSize } from './report.ts'
import { reportEverything } from './report-everything.ts'
import type { Question } from './start-contender.ts'
import { type Round, takeRound } from './take-round.ts'

// `npm run bench:router -- --quick --size heavy --only stock,ours`: our router against others, in turns, in one run.
const CONNECTIONS = 50
// Stock takes about five seconds of load until V8 has compiled what is hot: measured before, it looks a third dearer than it is.
const WARM_UP_MS = 6_000
const QUICK_WARM_UP_MS = 2_000

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    size: { type: 'string', default: SIZES.join() },
    only: { type: 'string', default: CONTENDERS.map(({ name }) => name).join() },
    rounds: { type: 'string' },
    seconds: { type: 'string' },
  },
})

// The processes of the benchmark end with this one.
process.once('SIGINT', () => process.exit(130))

try {
  await main()
} catch (error) {
  process.stderr.write(`bench:router: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}

async function main(): Promise<void> {
  const sizes = chosen('--size', options.size, SIZES)
  const names = chosen(
    '--only',
    options.only,
    CONTENDERS.map(({ name }) => name),
  )
  const rounds = count('--rounds', options.rounds ?? (options.quick ? '1' : '3'))
  const effort: Effort = {
    connections: CONNECTIONS,
    warmUpMs: options.quick ? QUICK_WARM_UP_MS : WARM_UP_MS,
    slices: count('--seconds', options.seconds ?? (options.quick ? '2' : '5')),
  }
  const measured = await prepare(CONTENDERS.filter(({ name }) => names.includes(name)))
  const graph = await startBenchGraph()
  try {
    say(reportMachine(effort, rounds))
    const questions = await ask(graph)
    for (const size of sizes) await compare({ graph, size, question: questions[size], measured, rounds, effort })
    process.stdout.write(reportEverything(sizes, measured))
  } finally {
    await graph.stop()
  }
  const isOursWrong = measured.some(({ contender, failure }) => contender.name.startsWith('ours') && failure?.isFault)
  if (isOursWrong) process.exitCode = 1
}

async function prepare(contenders: readonly Contender[]): Promise<Measured[]> {
  const hive = contenders.some(({ isHive }) => isHive) ? await installHive(say) : null
  return contenders.map((contender) => {
    const why = isOffered(contender) ? (contender.isHive ? hive : null) : `our router has no ${contender.needs} yet`
    return { contender, turns: new Map(), ...(why !== null && { failure: { why, isFault: false } }) }
  })
}

async function ask(graph: BenchGraph): Promise<Record<Size, Question & { answersFile: string }>> {
  const answersFile = join(graph.folder, 'answers.json')
  const entries = await Promise.all(
    SIZES.map(async (size) => {
      const { query } = OPERATIONS[size]
      return [size, { query, expected: await expectedAnswer(graph.apiSchema, { query }), answersFile }] as const
    }),
  )
  await writeFile(
    answersFile,
    JSON.stringify(Object.fromEntries(entries.map(([, { query, expected }]) => [query, expected]))),
  )
  return Object.fromEntries(entries) as Record<Size, Question & { answersFile: string }>
}

type Comparison = Round & { rounds: number }

/** Round by round: each begins with new processes, as V8 compiles what is hot a little differently each time. */
async function compare(comparison: Comparison): Promise<void> {
  const { size, question, measured, rounds } = comparison
  for (let round = 1; round <= rounds; round++) {
    say(`${size}, round ${round} of ${rounds} …`)
    await takeRound(comparison)
  }
  process.stdout.write(reportSize(size, Buffer.byteLength(question.expected), measured))
}

function chosen<Name extends string>(option: string, list: string, names: readonly Name[]): Name[] {
  const wanted = list.split(',')
  const unknown = wanted.find((name) => !names.some((known) => known === name))
  if (unknown !== undefined) throw new Error(`${option}: expected some of ${names.join()}, got ${unknown}`)
  return names.filter((name) => wanted.includes(name))
}

function count(option: string, value: string): number {
  const number = Number(value)
  if (!(Number.isInteger(number) && number > 0 && number <= 100))
    throw new Error(`${option}: expected a number from 1 to 100, got ${value}`)
  return number
}

function say(line: string): void {
  process.stderr.write(`${line}\n`)
}
