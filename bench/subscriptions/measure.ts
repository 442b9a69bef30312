import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import type { NodeProcess } from '../router/processes/node-process.ts'
import type { Command } from './processes/clients.ts'
import type { Scenario } from './scenarios.ts'

/** How a scenario went. */
export type Measured = {
  connectsPerSecond: number
  rssBytesPerClient: number
  heapBytesPerClient: number
  p50Ms: number
  p99Ms: number
  cpuMsPerEvent: number
}

type Setting = {
  scenario: Scenario
  server: NodeProcess
  crowd: NodeProcess
  url: string
  clients: number
  events: number
  tokens: string[]
}

const AT_ONCE = 100
const START_MS = 30_000
const memorySchema = z.object({ rssBytes: z.number(), heapBytes: z.number() })

/** Connects all clients, then changes the price `events` times, each once all have got the one before. */
export async function measure({ scenario, server, crowd, url, clients, events, tokens }: Setting): Promise<Measured> {
  await answering(url, server)
  const tell = (command: Command) => crowd.ask(command)
  const { isDistinct } = scenario
  const wsUrl = url.replace('http', 'ws')
  // What a server takes once, whoever comes: compiled code, caches, a connection to the subgraph.
  const warmUp = {
    do: 'connect' as const,
    url: wsUrl,
    clients: 200,
    atOnce: AT_ONCE,
    isDistinct: false,
    tokens: [],
  } satisfies Command
  read(connectedSchema, await tell(warmUp))
  for (let price = 1; price <= 5; price++) await changePrice(crowd, url, price)
  await tell({ do: 'leave' })
  await sleep(SETTLE_MS)
  const before = memorySchema.parse(await server.ask('memory'))
  const { elapsedMs } = read(connectedSchema, await tell({ ...warmUp, clients, isDistinct, tokens }))
  await changePrice(crowd, url, 999)
  await sleep(SETTLE_MS)
  const after = memorySchema.parse(await server.ask('memory'))
  const used = await server.usage()
  const latencies: number[] = []
  for (let price = 1_000; price < 1_000 + events; price++) latencies.push(...(await changePrice(crowd, url, price)))
  const { cpuMs } = await server.usage()
  const sorted = Float64Array.from(latencies).sort()
  return {
    connectsPerSecond: (clients / elapsedMs) * 1_000,
    rssBytesPerClient: (after.rssBytes - before.rssBytes) / clients,
    heapBytesPerClient: (after.heapBytes - before.heapBytes) / clients,
    p50Ms: at(sorted, 0.5),
    p99Ms: at(sorted, 0.99),
    cpuMsPerEvent: (cpuMs - used.cpuMs) / events,
  }
}

// Longer than what is kept for a moment: sources that are merged, connections to subgraphs that idle.
const SETTLE_MS = 5_000

const connectedSchema = z.object({ elapsedMs: z.number() })
const readySchema = z.object({ isReady: z.literal(true) })
const latenciesSchema = z.object({ latencies: z.array(z.number()) })

async function changePrice(crowd: NodeProcess, url: string, price: number): Promise<number[]> {
  read(readySchema, await crowd.ask({ do: 'await', price } satisfies Command))
  const received = crowd.ask()
  await post(url, `mutation { setPrice(price: ${price}) { price } }`)
  return read(latenciesSchema, await received).latencies
}

async function answering(url: string, server: NodeProcess): Promise<void> {
  for (const until = Date.now() + START_MS; Date.now() < until; await sleep(50)) {
    if (!server.isRunning()) throw new Error(`the server does not start: ${server.lastWords()}`)
    try {
      return await post(url, '{ product(id: "1") { price } }')
    } catch (error) {
      if (!(error instanceof TypeError)) throw error
    }
  }
  throw new Error(`the server does not answer within ${START_MS / 1000} s: ${server.lastWords()}`)
}

async function post(url: string, query: string): Promise<void> {
  const headers = { 'content-type': 'application/json' }
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ query }) })
  const answer = z.object({ errors: z.array(z.unknown()).optional() }).parse(await response.json())
  if (answer.errors !== undefined) throw new Error(`expected an answer, got ${JSON.stringify(answer.errors)}`)
}

/** What the clients answer, or why they can't. */
function read<T>(schema: z.ZodType<T>, answer: unknown): T {
  const failed = z.object({ failure: z.string() }).safeParse(answer)
  if (failed.success) throw new Error(`the clients failed: ${failed.data.failure}`)
  return schema.parse(answer)
}

const at = (sorted: Float64Array, share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
