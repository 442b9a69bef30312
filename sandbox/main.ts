import { exitWithParent } from '#platform/embedded/exit-with-parent.ts'
import { ConfigError, readConfig } from '#platform/runtime/config.ts'
import { PortTakenError } from '#platform/runtime/http.ts'
import { stopOnSignals } from '#platform/runtime/lifecycle.ts'
import { createLogger } from '#platform/runtime/logger.ts'
import { startSandbox } from './server.ts'

// After the router (4000) and the subgraphs (4001 to 4006).
const DEFAULT_PORT = 4007

async function main(): Promise<void> {
  const config = readConfig(process.env, ['POSTGRES_URL'])
  const log = createLogger({ service: 'sandbox', level: config.LOG_LEVEL })
  const sandbox = await startSandbox({ config, log, port: config.PORT ?? DEFAULT_PORT })
  exitWithParent(sandbox)
  stopOnSignals(sandbox, { graceMs: config.SHUTDOWN_GRACE_MS, log })
  log.info({ url: sandbox.url }, 'listening')
}

/** What a person at the terminal can mend is a sentence; anything else keeps its stack. */
function explain(error: unknown): string {
  if (error instanceof ConfigError) return error.message
  if (error instanceof PortTakenError) return `${error.message}: choose another with PORT`
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}

try {
  await main()
} catch (error) {
  process.stderr.write(`${explain(error)}\n`)
  process.exitCode = 1
}
