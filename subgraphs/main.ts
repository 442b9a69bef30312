import { exitWithParent } from '#platform/embedded/exit-with-parent.ts'
import { migrateOnly } from '#platform/graphql/migrate-only.ts'
import { startSubgraph, SUBGRAPH_VARIABLES } from '#platform/graphql/start-subgraph.ts'
import { ConfigError, readConfig } from '#platform/runtime/config.ts'
import { PortTakenError } from '#platform/runtime/http.ts'
import { createLifecycle, stopOnSignals } from '#platform/runtime/lifecycle.ts'
import { createLogger } from '#platform/runtime/logger.ts'
import { SUBGRAPHS, type SubgraphName } from '#platform/runtime/names.ts'
import { startTracing } from '#platform/telemetry/start-tracing.ts'
import { REGISTRY } from './registry.ts'

const USAGE = `usage: node subgraphs/main.ts serve|migrate ${SUBGRAPHS.join('|')}`

const isSubgraph = (name: string | undefined): name is SubgraphName => SUBGRAPHS.includes(name as SubgraphName)

async function serve(name: SubgraphName): Promise<void> {
  const config = readConfig(process.env, SUBGRAPH_VARIABLES)
  const log = createLogger({ service: name, level: config.LOG_LEVEL })
  const lifecycle = createLifecycle(log)
  lifecycle.add('tracing', (await startTracing(name, config, log)).stop)
  const running = await startSubgraph(await REGISTRY[name](), { config, log })
  lifecycle.add(name, running.stop)
  stopOnSignals(lifecycle, { graceMs: config.SHUTDOWN_GRACE_MS, log })
  exitWithParent(lifecycle)
  await running.ready
}

async function migrate(name: SubgraphName): Promise<void> {
  const config = readConfig(process.env, ['POSTGRES_URL'])
  const log = createLogger({ service: name, level: config.LOG_LEVEL })
  await migrateOnly(await REGISTRY[name](), { postgresUrl: config.POSTGRES_URL, log })
}

try {
  const [command, name] = process.argv.slice(2)
  if (!isSubgraph(name) || (command !== 'serve' && command !== 'migrate')) throw new ConfigError(USAGE)
  await (command === 'serve' ? serve(name) : migrate(name))
} catch (error) {
  if (!(error instanceof ConfigError || error instanceof PortTakenError)) throw error
  process.stderr.write(`${error.message}\n`)
  process.exit(1)
}
