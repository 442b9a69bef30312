import { z } from 'zod'
import type { BenchGraph } from './bench-graph.ts'
import type { Job } from './processes/load.ts'
import type { NodeProcess } from './processes/node-process.ts'
import { ContenderError, type Serving } from './start-contender.ts'

/** One turn of one contender at one size. */
export type Turn = {
  requests: number
  requestsPerSecond: number
  p50Ms: number
  p99Ms: number
  /** CPU of the contender's process, all its threads. */
  cpuMsPerRequest: number
  /** How much of one core each used: where the contender's is far below 1, something else was at its limit. */
  cores: number
  subgraphCores: number
  loadCores: number
  peakRssMb: number
}

/** How hard and how long; what is measured, in slices of {@link SLICE_MS}. */
export type Effort = { connections: number; warmUpMs: number; slices: number }

/** Long enough for a heavy query of the slowest, short enough that a neighbour on the machine is there for all or for none. */
export const SLICE_MS = 1_000

// What the others left in the processor's caches, and what was saved up meanwhile (traces that may be recorded) is no part of it.
const LEAD_IN_MS = 200

const MAX_REQUESTS = 200_000

const resultSchema = z.object({
  requests: z.number(),
  failures: z.number(),
  firstFailure: z.string().nullable(),
  elapsedMs: z.number(),
  p50Ms: z.number(),
  p99Ms: z.number(),
})

/** Part of a turn. */
type Slice = Omit<Turn, 'cpuMsPerRequest' | 'requestsPerSecond'> & { elapsedMs: number; cpuMs: number }

/** Compiles what is hot in `serving`. Throws {@link ContenderError} where requests fail, as all here do. */
export const warmUp = ({ load }: BenchGraph, serving: Serving, { connections, warmUpMs }: Effort): Promise<unknown> =>
  run(load, serving, connections, warmUpMs)

/** Measures `serving` for a slice, from its first request to its last answer; it is under load already. */
export async function measure({ load, subgraphs }: BenchGraph, serving: Serving, effort: Effort): Promise<Slice> {
  const usage = async () => [await serving.process.usage(), await subgraphs.usage(), await load.usage()] as const
  await run(load, serving, effort.connections, LEAD_IN_MS)
  const before = await usage()
  const result = await run(load, serving, effort.connections, SLICE_MS)
  const after = await usage()
  const cpuMs = (of: 0 | 1 | 2) => after[of].cpuMs - before[of].cpuMs
  return {
    requests: result.requests,
    elapsedMs: result.elapsedMs,
    p50Ms: result.p50Ms,
    p99Ms: result.p99Ms,
    cpuMs: cpuMs(0),
    cores: cpuMs(0) / result.elapsedMs,
    subgraphCores: cpuMs(1) / result.elapsedMs,
    loadCores: cpuMs(2) / result.elapsedMs,
    peakRssMb: after[0].peakRssMb,
  }
}

/** What slices come to: sums where something is counted, else their median. */
export function turnOf(slices: readonly Slice[]): Turn {
  const sum = (key: keyof Slice) => slices.reduce((total, slice) => total + slice[key], 0)
  const middle = (key: keyof Slice) => median(slices.map((slice) => slice[key]))
  return {
    requests: sum('requests'),
    requestsPerSecond: (sum('requests') * 1000) / sum('elapsedMs'),
    p50Ms: middle('p50Ms'),
    p99Ms: middle('p99Ms'),
    cpuMsPerRequest: sum('cpuMs') / sum('requests'),
    cores: middle('cores'),
    subgraphCores: middle('subgraphCores'),
    loadCores: middle('loadCores'),
    peakRssMb: Math.max(...slices.map(({ peakRssMb }) => peakRssMb)),
  }
}

async function run(
  load: NodeProcess,
  { url, headers, body, answerBytes }: Serving,
  connections: number,
  durationMs: number,
) {
  const job: Job = { url, headers, body, answerBytes, connections, durationMs, maxRequests: MAX_REQUESTS }
  const result = resultSchema.parse(await load.ask(job))
  if (result.failures > 0 || result.requests === 0)
    throw new ContenderError(`${result.failures} of ${result.requests} requests failed: ${result.firstFailure}`)
  return result
}

/** The middle of `values`; of two, the mean. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length / 2
  const upper = sorted[Math.floor(middle)] ?? Number.NaN
  return Number.isInteger(middle) ? ((sorted[middle - 1] ?? upper) + upper) / 2 : upper
}
