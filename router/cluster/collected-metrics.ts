import cluster, { type Worker } from 'node:cluster'
import { AggregatorRegistry, Registry } from 'prom-client'
import { z } from 'zod'
import { newId } from '#platform/kernel/ids.ts'
import type { HttpHandler } from '#platform/runtime/http.ts'
import type { Metrics } from '#platform/runtime/metrics.ts'

// A worker asks the primary for the metrics of all; the primary asks each, adds them up, and answers the one that asked.
const fromWorker = z.union([
  z.object({ metrics: z.literal('of-all'), id: z.string() }),
  z.object({ metrics: z.literal('own'), id: z.string(), values: z.array(z.looseObject({})) }),
])
const fromPrimary = z.union([
  z.object({ metrics: z.literal('wanted'), id: z.string() }),
  z.object({ metrics: z.literal('all'), id: z.string(), text: z.string() }),
])

// One that is busy or about to die must not keep the others' metrics from being read.
const SLOWEST_WORKER_MS = 2_000

/** In the primary: adds up the metrics of all workers whenever one of them asks. */
export function collectMetrics(): void {
  const collections = new Map<string, (values: object[]) => void>()
  cluster.on('message', (worker: Worker, message: unknown) => {
    const { data } = fromWorker.safeParse(message)
    if (data?.metrics === 'own') return collections.get(data.id)?.(data.values)
    if (data?.metrics === 'of-all') void answer(worker, data.id, collections)
  })
}

async function answer(
  asker: Worker,
  askersId: string,
  collections: Map<string, (values: object[]) => void>,
): Promise<void> {
  const id = newId()
  const workers = Object.values(cluster.workers ?? {}).filter((worker) => worker?.isConnected() === true)
  const { promise, resolve } = Promise.withResolvers<void>()
  const collected: object[][] = []
  collections.set(id, (values) => {
    collected.push(values)
    if (collected.length === workers.length) resolve()
  })
  const late = setTimeout(resolve, SLOWEST_WORKER_MS)
  for (const worker of workers) worker?.send({ metrics: 'wanted', id })
  await promise
  clearTimeout(late)
  collections.delete(id)
  const text = await AggregatorRegistry.aggregate(collected).metrics()
  if (asker.isConnected()) asker.send({ metrics: 'all', id: askersId, text })
}

/** In a worker: gives its own metrics to the primary, and answers `/metrics` with those of all workers. */
export function answerForAll(own: Metrics): HttpHandler {
  const waiting = new Map<string, (text: string) => void>()
  process.on('message', (message: unknown) => {
    const { data } = fromPrimary.safeParse(message)
    if (data?.metrics === 'wanted')
      void own.read().then((values) => process.send?.({ metrics: 'own', id: data.id, values }))
    if (data?.metrics === 'all') waiting.get(data.id)?.(data.text)
  })
  return async (_request, response) => {
    const id = newId()
    const { promise, resolve } = Promise.withResolvers<string>()
    waiting.set(id, resolve)
    process.send?.({ metrics: 'of-all', id })
    const text = await promise
    waiting.delete(id)
    response.writeHead(200, { 'content-type': Registry.PROMETHEUS_CONTENT_TYPE }).end(text)
  }
}
