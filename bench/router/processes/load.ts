import { z } from 'zod'
import { Pool } from 'undici'

// The load generator: for each job that it is told, `connections` clients ask one after the other until the time or the
// number of requests is over, and it says how it went. It ends a job only when every answer came.
const jobSchema = z.object({
  url: z.string(),
  /** Beside the usual. */
  headers: z.record(z.string(), z.string()).default({}),
  body: z.string(),
  /** Length of the answer that was verified: another length is another answer. */
  answerBytes: z.number(),
  connections: z.number(),
  durationMs: z.number(),
  maxRequests: z.number(),
})

/** What is asked of the load generator. */
export type Job = z.input<typeof jobSchema>

type Ready = z.output<typeof jobSchema>
type Tally = { started: number; latencies: number[]; failures: number; firstFailure: string | null }

// More than these, and there is nothing to measure.
const MAX_FAILURES = 20
const ANSWER_TIMEOUT_MS = 20_000

// It lives for its jobs; the probe took their channel for no reason to stay.
process.channel?.ref()
process.on('message', (message) => {
  if (message === 'usage') return
  void run(jobSchema.parse(message)).then((result) => process.send?.(result))
})

async function run(job: Ready) {
  const { origin, pathname } = new URL(job.url)
  const pool = new Pool(origin, { connections: job.connections, pipelining: 1, headersTimeout: ANSWER_TIMEOUT_MS })
  const tally: Tally = { started: 0, latencies: [], failures: 0, firstFailure: null }
  const begin = performance.now()
  const until = begin + job.durationMs
  await Promise.all(Array.from({ length: job.connections }, () => runClient(pool, pathname, job, tally, until)))
  const elapsedMs = performance.now() - begin
  await pool.close()
  const sorted = Float64Array.from(tally.latencies).sort()
  const { failures, firstFailure } = tally
  return { requests: sorted.length, failures, firstFailure, elapsedMs, p50Ms: at(sorted, 0.5), p99Ms: at(sorted, 0.99) }
}

const at = (sorted: Float64Array, share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0

function runClient(pool: Pool, path: string, job: Ready, tally: Tally, until: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const options = { path, method: 'POST', headers: { ...HEADERS, ...job.headers }, body: job.body } as const
  let startedAt = 0
  let status = 0
  let bytes = 0
  const next = () => {
    const isOver = performance.now() >= until || tally.started >= job.maxRequests || tally.failures > MAX_FAILURES
    if (isOver) return resolve()
    tally.started++
    startedAt = performance.now()
    bytes = 0
    pool.dispatch(options, handler)
  }
  const fail = (reason: string) => {
    tally.failures++
    tally.firstFailure ??= reason
    next()
  }
  const handler = {
    onRequestStart: () => undefined,
    onResponseStart: (_controller: unknown, statusCode: number) => void (status = statusCode),
    onResponseData: (_controller: unknown, chunk: Buffer) => void (bytes += chunk.length),
    onResponseEnd: () => {
      if (status !== 200 || bytes !== job.answerBytes) return fail(`status ${status}, ${bytes} bytes`)
      tally.latencies.push(performance.now() - startedAt)
      next()
    },
    onResponseError: (_controller: unknown, error: Error) => fail(error.message),
  }
  next()
  return promise
}

const HEADERS = { 'content-type': 'application/json', accept: 'application/json' }
