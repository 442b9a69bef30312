import { readFile } from 'node:fs/promises'
import { type GeneratedKeys, generateKeys } from '#platform/auth/generate-keys.ts'
import { SUBGRAPH_VARIABLES, startSubgraph } from '#platform/graphql/start-subgraph.ts'
import { readConfig } from '#platform/runtime/config.ts'
import { createLifecycle, type Lifecycle, type Running } from '#platform/runtime/lifecycle.ts'
import { createLogger, type Logger } from '#platform/runtime/logger.ts'
import type { SubgraphName } from '#platform/runtime/names.ts'
import { startTracing } from '#platform/telemetry/start-tracing.ts'
import { startRouter } from '../../router/start-router.ts'
import { startSandbox } from '../../sandbox/server.ts'
import { REGISTRY } from '../../subgraphs/registry.ts'
import { type Environment, planShop, ROOT, type ShopPlan, type ShopUrls } from './plan.ts'
import { choosePorts } from './ports.ts'

/**
 * How to start a shop within this process. `env` must hold POSTGRES_URL and REDIS_URL; its PORT is the router's (any free one
 * unless set). `seed` runs between the subgraphs and the router. `onStatement` hears of every SQL statement (tests count them).
 */
export type ShopOptions = {
  env: Environment
  keys?: GeneratedKeys
  logFor?: (service: string) => Logger
  onStatement?: (subgraph: SubgraphName, statement: string) => void
  seed?: (tools: Environment) => Promise<void>
}

/** A shop that runs. `env` is what a program that works on it needs. */
export type Shop = Running & { urls: ShopUrls; env: Environment; keys: GeneratedKeys }

/** Starts sandbox provider, subgraphs and router in this process, over real HTTP; resolves when all of it is ready. */
export async function startShop(options: ShopOptions): Promise<Shop> {
  const { HOST, PORT, POSTGRES_URL, REDIS_URL } = readConfig(options.env, ['POSTGRES_URL', 'REDIS_URL'])
  const keys = options.keys ?? generateKeys()
  const ports = await choosePorts({ host: HOST, port: PORT ?? 0 })
  const plan = planShop({ env: options.env, host: HOST, ports, keys, postgresUrl: POSTGRES_URL, redisUrl: REDIS_URL })
  const running = await runInOneProcess(plan, options)
  return { urls: plan.urls, env: plan.tools, keys, stop: running.stop }
}

/** Runs a plan in this process. What had started is stopped again where a part fails. */
export async function runInOneProcess(
  plan: ShopPlan,
  options: Omit<ShopOptions, 'env' | 'keys'> = {},
): Promise<Running> {
  const logFor =
    options.logFor ?? ((service: string) => createLogger({ service, level: readConfig(plan.tools).LOG_LEVEL }))
  const lifecycle = createLifecycle(logFor('start'))
  try {
    lifecycle.add('tracing', (await startTracing('agora', readConfig(plan.tools), logFor('start'))).stop)
    await startParts(plan, { ...options, logFor, lifecycle })
  } catch (error) {
    await lifecycle.stop()
    throw error
  }
  return lifecycle
}

type Parts = Omit<ShopOptions, 'env' | 'keys' | 'logFor'> & {
  logFor: (service: string) => Logger
  lifecycle: Lifecycle
}

async function startParts(plan: ShopPlan, parts: Parts): Promise<void> {
  const { logFor, lifecycle } = parts
  const sandbox = await startSandbox({ config: readConfig(plan.sandbox.env, ['POSTGRES_URL']), log: logFor('sandbox') })
  lifecycle.add('sandbox', sandbox.stop)
  await startSubgraphs(plan, parts)
  await parts.seed?.(plan.tools)
  const supergraphSdl = await readFile(`${ROOT}schema/supergraph.graphql`, 'utf8')
  const router = await startRouter({ config: readConfig(plan.router.env), supergraphSdl, log: logFor('router') })
  lifecycle.add('router', router.stop)
  await untilReady(plan.router.readyUrl)
}

async function startSubgraphs(plan: ShopPlan, { logFor, lifecycle, onStatement }: Parts): Promise<void> {
  const running = await Promise.all(
    plan.subgraphs.map(async ({ name, env }) => {
      const subgraph = await startSubgraph(await REGISTRY[name](), {
        config: readConfig(env, SUBGRAPH_VARIABLES),
        log: logFor(name),
        ...(onStatement && { onStatement: (statement: string) => onStatement(name, statement) }),
      })
      lifecycle.add(name, subgraph.stop)
      return subgraph
    }),
  )
  await Promise.all(running.map(({ ready }) => ready))
}

const POLL_MS = 50

// The router looks at its subgraphs by itself, from time to time: all of them are ready, it only has to notice.
async function untilReady(readyUrl: string): Promise<void> {
  while (!(await fetch(readyUrl)).ok) await new Promise((resolve) => setTimeout(resolve, POLL_MS))
}
