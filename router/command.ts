import cluster from 'node:cluster'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { exitWithParent } from '#platform/embedded/exit-with-parent.ts'
import { messageOf } from '#platform/kernel/errors.ts'
import { type Config, readConfig } from '#platform/runtime/config.ts'
import { createLifecycle, stopOnSignals } from '#platform/runtime/lifecycle.ts'
import { createLogger } from '#platform/runtime/logger.ts'
import { startTracing } from '#platform/telemetry/start-tracing.ts'
import { answerForAll } from './cluster/collected-metrics.ts'
import { startPrimary, WorkerFailedError } from './cluster/primary.ts'
import { contractOf } from './supergraph/contracts-file.ts'
import { watchSupergraph } from './supergraph/watch-supergraph.ts'

// Longer than it takes to end a worker that hangs.
const WORKERS_LAST_MS = 2_000
const OUR_SUPERGRAPH = fileURLToPath(new URL('../schema/supergraph.graphql', import.meta.url))
const OUR_CONTRACTS = fileURLToPath(new URL('../contracts.yaml', import.meta.url))

/** What the command line said. */
type Arguments = { supergraph: string; port: number | undefined; contract?: string | undefined; contracts: string }

/** Runs the router as the command line and the environment say; ends the process with a sentence where it can't start. */
export async function runRouter(
  commandLine: string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<void> {
  try {
    const args = readArguments(commandLine)
    const config = readConfig(env)
    const { CLUSTER: workers = 1 } = config
    await (cluster.isPrimary && workers > 1 ? runWorkers(workers, config) : serve(args, config))
  } catch (error) {
    // A worker that failed has said it already.
    if (!(error instanceof WorkerFailedError)) process.stderr.write(`router: ${messageOf(error).split('\n', 1)[0]}\n`)
    process.exit(1)
  }
}

async function runWorkers(workers: number, config: Config): Promise<void> {
  const log = createLogger({ service: 'router', level: config.LOG_LEVEL })
  const primary = await startPrimary({ workers, graceMs: config.SHUTDOWN_GRACE_MS, log })
  exitWithParent(primary)
  // The workers give up after their grace, and it is they who say why.
  stopOnSignals(primary, { graceMs: config.SHUTDOWN_GRACE_MS + WORKERS_LAST_MS, log })
}

async function serve({ supergraph, port, contract, contracts }: Arguments, config: Config): Promise<void> {
  const log = createLogger({ service: 'router', level: config.LOG_LEVEL })
  const { startRouter } = await import('./start-router.ts')
  const ofContract = await contractOf(contract ?? config.CONTRACT, contracts)
  const lifecycle = createLifecycle(log)
  lifecycle.add('tracing', (await startTracing('router', config, log)).stop)
  const router = await startRouter({
    config,
    log,
    supergraphSdl: ofContract(await readSupergraph(supergraph)),
    ...(port !== undefined && { port }),
    ...(cluster.isWorker && { answerMetrics: answerForAll }),
  })
  lifecycle.add('router', router.stop)
  exitWithParent(lifecycle)
  watchSupergraph(supergraph, async (sdl) => router.reload(ofContract(sdl)), log)
  for (const manifest of router.manifests) watchSupergraph(manifest, router.reloadDocuments, log, 'a manifest')
  stopOnSignals(lifecycle, { graceMs: config.SHUTDOWN_GRACE_MS, log })
  log.info({ url: router.url, supergraph, pid: process.pid }, 'router is listening')
}

function readArguments(args: string[]): Arguments {
  const { values } = parseArgs({
    args,
    options: {
      supergraph: { type: 'string', default: OUR_SUPERGRAPH },
      port: { type: 'string' },
      contract: { type: 'string' },
      contracts: { type: 'string', default: OUR_CONTRACTS },
    },
  })
  const port = values.port === undefined ? undefined : Number(values.port)
  if (port !== undefined && !(Number.isInteger(port) && port >= 0 && port <= 65_535)) {
    throw new Error(`--port: expected a number from 0 to 65535, got ${JSON.stringify(values.port)}`)
  }
  return { ...values, port }
}

async function readSupergraph(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    throw new Error(`--supergraph: ${file} can't be read: ${messageOf(error)}`, { cause: error })
  }
}
