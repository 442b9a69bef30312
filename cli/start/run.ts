import { mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { createSupervisor, type Supervisor } from '#platform/embedded/supervisor.ts'
import { type Config, ConfigError, readConfig } from '#platform/runtime/config.ts'
import type { Lifecycle } from '#platform/runtime/lifecycle.ts'
import { shownPages } from '../../router/options/pages.ts'
import { readRouterOptions } from '../../router/options/router-options.ts'
import { startBackingServices } from './backing-services.ts'
import { keysIn } from './keys.ts'
import { lockDataDir } from './lock.ts'
import type { Output } from './output.ts'
import { type Environment, planShop, type ShopPlan } from './plan.ts'
import { buildPages } from './pages.ts'
import { choosePorts } from './ports.ts'
import { runAsProcesses } from './processes.ts'
import { seedIfEmpty, wantsDemoData } from './seed.ts'
import { startBlock } from './start-block.ts'

/**
 * What a start needs to know of its surroundings. `signal` ends it, however far it has come; `isStopping` tells sooner that it
 * will.
 */
export type RunOptions = {
  env: Environment
  lifecycle: Lifecycle
  output: Output
  signal: AbortSignal
  isStopping: () => boolean
}

/** A shop that was started; `supervisor` where it runs as processes. */
export type Started = { supervisor: Supervisor | undefined; output: Output }

const DEFAULT_PORT = 4000

/** Starts the whole shop and prints the start block; everything that was started is handed to `lifecycle`. */
export async function run({ env, lifecycle, output, signal, isStopping }: RunOptions): Promise<Started> {
  const config = readConfig(env)
  await makeDataDir(config.DATA_DIR)
  const onWait = () => output.write('Agora is stopping here: this one starts when it has …\n')
  const lock = await lockDataDir(config.DATA_DIR, { isStopping, onWait, signal })
  lifecycle.add('lock', lock.stop)
  const ports = await choosePorts({ host: config.HOST, port: config.PORT ?? DEFAULT_PORT })
  const keys = await keysIn(config.DATA_DIR)
  const shown = shownPages((await readRouterOptions(config)).pages, config)
  // Beside all that starts meanwhile: nobody waits for it but the router, which starts last.
  const hasGraphiql = shown.graphiql ? buildPages({ signal, log: output.log }) : Promise.resolve(false)
  const backing = await startBackingServices(config, lifecycle, output.log)
  signal.throwIfAborted()
  const plan = planShop({
    env: forServices(env, config),
    host: config.HOST,
    ports,
    keys,
    postgresUrl: backing.postgres.url,
    redisUrl: backing.redis.url,
  })
  const isSeeded = wantsDemoData(config, backing.postgres)
  const seed = async (tools: Environment) => {
    if (isSeeded) await seedIfEmpty(tools, { signal, print: output.print })
    await hasGraphiql
    signal.throwIfAborted()
  }
  const supervisor = await startServices(plan, config, { lifecycle, output, signal, seed })
  signal.throwIfAborted()
  const pages = { sandbox: shown.sandbox, graphiql: await hasGraphiql }
  output.write(startBlock({ urls: plan.urls, backing, dataDir: config.DATA_DIR, pages, isSeeded }))
  return { supervisor, output }
}

type Services = Omit<RunOptions, 'env' | 'isStopping'> & { seed: (tools: Environment) => Promise<void> }

async function startServices(
  plan: ShopPlan,
  config: Config,
  { lifecycle, output, signal, seed }: Services,
): Promise<Supervisor | undefined> {
  if (config.ONE_PROCESS) {
    // Loaded here only: it is the code of all services, which a supervisor has no use for.
    const { runInOneProcess } = await import('./one-process.ts')
    const shop = await runInOneProcess(plan, { seed, logFor: output.logFor })
    lifecycle.add('shop', shop.stop)
    return undefined
  }
  const supervisor = createSupervisor({ log: output.log, graceMs: config.SHUTDOWN_GRACE_MS, print: output.print })
  lifecycle.add('services', supervisor.stop)
  // Whoever waits for readiness below stops waiting.
  signal.addEventListener('abort', () => void supervisor.stop())
  await runAsProcesses(plan, supervisor, seed)
  return supervisor
}

async function makeDataDir(dataDir: string): Promise<void> {
  try {
    await mkdir(dataDir, { recursive: true })
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new ConfigError(`DATA_DIR: ${JSON.stringify(dataDir)} can't be made: ${reason}`, { cause })
  }
}

const forServices = (env: Environment, config: Config): Environment => ({
  ...env,
  // What services say day in, day out hides what matters at a terminal: their warnings. Who sets LOG_LEVEL sees what he asks for.
  LOG_LEVEL: env['LOG_LEVEL'] || 'warn',
  // Compiled code is kept: the second start is faster by a good part of a second for each process.
  NODE_COMPILE_CACHE: env['NODE_COMPILE_CACHE'] ?? join(resolve(config.DATA_DIR), 'compile-cache'),
})
