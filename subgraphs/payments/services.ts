import type { Runtime } from '#platform/graphql/define-subgraph.ts'
import { ConfigError } from '#platform/runtime/config.ts'
import type { PaymentsServices } from './commands/work.ts'
import { createOrdersClient } from './neighbours/orders.ts'
import { createSandboxProvider } from './provider/sandbox.ts'

/** Throws a ConfigError where no card provider is configured. */
export function createServices({ config, neighbours }: Runtime): PaymentsServices {
  if (config.SANDBOX_URL === undefined) throw new ConfigError('SANDBOX_URL is missing: payments needs a card provider')
  return { provider: createSandboxProvider(config.SANDBOX_URL), orders: createOrdersClient(neighbours) }
}
