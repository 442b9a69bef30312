import { parseArgs } from 'node:util'
import { type BenchGraph, startBenchGraph } from './bench-graph.ts'
import { CONTENDERS, type Contender } from './contenders/contenders.ts'
import { installHive } from './contenders/install-hive.ts'
import { CATALOGUE } from './graph/operations.ts'
import { expectedAnswer } from './graph/supergraph.ts'
import { type Effort, measure, type Turn, turnOf, warmUp } from './measure.ts'
import { startContender } from './start-contender.ts'

// `node bench/router/linear.ts [--quick] [--contender ours]`: answers from 10 KB to 10 MB, one after the other. What a KB
// costs must stay about the same; a gateway that copies or searches what it has so far gets dearer with every KB.
const KILOBYTES = [10, 30, 100, 300, 1_000, 3_000, 10_000]
// A product of the catalogue as JSON.
const ITEM_BYTES = 231
// Below, the cost of the request itself is what one sees.
const FLAT_FROM_KB = 100
// What garbage collection and caches make of it is less; squared cost would be a hundred.
const FLAT = 2

const { values: options } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, contender: { type: 'string', default: 'ours' } },
})
const effort: Effort = options.quick
  ? { connections: 1, warmUpMs: 500, slices: 1 }
  : { connections: 1, warmUpMs: 4_000, slices: 5 }

// The processes of the benchmark end with this one.
process.once('SIGINT', () => process.exit(130))

try {
  await main(options.contender)
} catch (error) {
  process.stderr.write(`bench/router/linear.ts: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}

async function main(name: string): Promise<void> {
  const contender = CONTENDERS.find((known) => known.name === name)
  if (contender === undefined)
    throw new Error(`--contender: expected ${CONTENDERS.map((known) => known.name).join(' or ')}, got ${name}`)
  const refusal = contender.isHive ? await installHive((line) => process.stderr.write(`${line}\n`)) : null
  if (refusal !== null) throw new Error(refusal)
  const graph = await startBenchGraph()
  try {
    await print(contender, graph)
  } finally {
    await graph.stop()
  }
}

async function print(measured: Contender, from: BenchGraph): Promise<void> {
  process.stdout.write(`${measured.title}: two fetches, a list of products and their stock; one request at a time\n\n`)
  process.stdout.write('| answer KB | requests | p50 ms | CPU ms/request | CPU µs/KB | peak MB |\n')
  process.stdout.write('| ---: | ---: | ---: | ---: | ---: | ---: |\n')
  const flat: number[] = []
  for (const kilobytes of KILOBYTES) {
    const { answerKb, turn } = await measureSize(measured, from, kilobytes)
    const microsPerKb = (turn.cpuMsPerRequest * 1000) / answerKb
    if (kilobytes >= FLAT_FROM_KB) flat.push(microsPerKb)
    process.stdout.write(`${rowOf(answerKb, turn, microsPerKb)}\n`)
  }
  const growth = (flat.at(-1) ?? Number.NaN) / Math.min(...flat)
  process.stdout.write(
    `\nA KB of the longest answer costs ${growth.toFixed(1)} times the cheapest KB from ${FLAT_FROM_KB} KB on ` +
      `(at most ${FLAT}): ${growth <= FLAT ? 'linear' : 'NOT LINEAR'}\n`,
  )
}

async function measureSize(
  measured: Contender,
  from: BenchGraph,
  kilobytes: number,
): Promise<{ answerKb: number; turn: Turn }> {
  const variables = { first: Math.round((kilobytes * 1000) / ITEM_BYTES) }
  const expected = await expectedAnswer(from.apiSchema, { query: CATALOGUE, variables })
  const question = { query: CATALOGUE, variables, expected }
  const serving = await startContender(measured, question, { ...from, answersFile: '' })
  try {
    await warmUp(from, serving, effort)
    const slices = []
    for (let slice = 0; slice < effort.slices; slice++) slices.push(await measure(from, serving, effort))
    return { answerKb: serving.answerBytes / 1000, turn: turnOf(slices) }
  } finally {
    await serving.process.stop()
  }
}

function rowOf(answerKb: number, turn: Turn, microsPerKb: number): string {
  const cells = [
    answerKb.toFixed(0),
    turn.requests.toFixed(0),
    turn.p50Ms.toFixed(1),
    turn.cpuMsPerRequest.toFixed(2),
    microsPerKb.toFixed(2),
    turn.peakRssMb.toFixed(0),
  ]
  return `| ${cells.join(' | ')} |`
}
