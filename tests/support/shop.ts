import { generateKeys } from '#platform/auth/generate-keys.ts'
import type { Runtime } from '#platform/graphql/define-subgraph.ts'
import { type RunningSubgraph, startSubgraph, SUBGRAPH_VARIABLES } from '#platform/graphql/start-subgraph.ts'
import { freePort } from '#platform/embedded/free-port.ts'
import { readConfig, urlVariable } from '#platform/runtime/config.ts'
import { createLogger } from '#platform/runtime/logger.ts'
import { type SubgraphName, SUBGRAPHS } from '#platform/runtime/names.ts'
import { REGISTRY } from '../../subgraphs/registry.ts'
import { type Sandbox, startSandbox } from '../../sandbox/server.ts'
import { startBacking } from './backing.ts'
import { type Answer, postGraphQL, subscribeGraphQL } from './client.ts'
import { serveJwks } from './jwks.ts'
import { copyMigrated } from './migrated-databases.ts'
import { createViewers, type TestViewer, type Viewers } from './viewers.ts'

/** Which parts of the shop a test wants. `env` overrides the environment of all of them. */
export type TestShopOptions = { subgraphs: readonly SubgraphName[]; sandbox?: boolean; env?: Record<string, string> }

/** Some subgraphs in this process, over real HTTP, PostgreSQL and Redis. */
export type TestShop = Viewers & {
  /** The environment they run in: addresses, keys, backing services. */
  env: Readonly<Record<string, string>>
  /** Sends `document` to the subgraph itself, past the router. */
  call(name: SubgraphName, document: string, variables?: object, viewer?: TestViewer): Promise<Answer>
  /** Subscribes at the subgraph itself; `return()` leaves. */
  subscribe(
    name: SubgraphName,
    document: string,
    variables?: object,
    viewer?: TestViewer,
  ): AsyncIterableIterator<Answer>
  runtime(name: SubgraphName): Promise<Runtime>
  /** The SQL that the subgraph has sent since {@link TestShop.resetStatements}, without transaction control. */
  statements(name: SubgraphName): string[]
  resetStatements(): void
  /** Every log line of every part, as text. */
  logs: string[]
  sandbox: Sandbox
  stopSubgraph(name: SubgraphName): Promise<void>
  startSubgraph(name: SubgraphName): Promise<void>
  stop(): Promise<void>
}

const TRANSACTION_CONTROL = /^\s*(begin|commit|rollback|savepoint|release|set |start transaction)/i
// The relay looks after its outbox by itself, whether anybody asks something or not.
const BACKGROUND = /pg_try_advisory_xact_lock|delete from outbox/

/** Starts the parts; call `stop` in `after`. */
export async function startTestShop(options: TestShopOptions): Promise<TestShop> {
  const backing = await startBacking()
  const keys = generateKeys()
  const logs: string[] = []
  const logTo = (service: string) =>
    createLogger({ service, level: 'debug', destination: { write: (line: string) => void logs.push(line) } })
  const jwks = await serveJwks(keys.tokenSigningKey)
  const ports = await portsFor(SUBGRAPHS)
  const env: Record<string, string> = {
    NODE_ENV: 'test',
    POSTGRES_URL: backing.postgresUrl,
    REDIS_URL: backing.redisUrl,
    JWKS_URL: jwks.url,
    // Tests ask for more in a minute than any address may: the limit has tests of its own.
    RATE_LIMIT: 'off',
    TOKEN_SIGNING_KEY: keys.tokenSigningKey,
    SERVICE_JWKS: keys.serviceJwks,
    ...Object.fromEntries(SUBGRAPHS.map((name) => [urlVariable(name), `http://127.0.0.1:${ports[name]}/graphql`])),
    ...options.env,
  }
  const sandbox =
    options.sandbox === true
      ? await startSandbox({ config: readConfig(env, ['POSTGRES_URL']), log: logTo('sandbox'), port: 0 })
      : undefined
  if (sandbox !== undefined) env['SANDBOX_URL'] = sandbox.url

  const statements = new Map<SubgraphName, string[]>()
  const running = new Map<SubgraphName, RunningSubgraph>()
  const start = async (name: SubgraphName) => {
    const own = { ...env, SERVICE_KEY: keys.serviceKeys[name], PORT: String(ports[name]) }
    const onStatement = (text: string) => {
      if (!TRANSACTION_CONTROL.test(text) && !BACKGROUND.test(text))
        statements.set(name, [...(statements.get(name) ?? []), text])
    }
    const subgraph = await startSubgraph(await REGISTRY[name](), {
      config: readConfig(own, SUBGRAPH_VARIABLES),
      log: logTo(name),
      onStatement,
    })
    running.set(name, subgraph)
    await subgraph.ready
  }
  const urlOf = (name: SubgraphName) => env[urlVariable(name)] ?? ''
  const viewers = createViewers(keys)
  const stopSubgraph = async (name: SubgraphName) => {
    await running.get(name)?.stop()
    running.delete(name)
  }
  const stop = async () => {
    await Promise.all([...running.keys()].map(stopSubgraph))
    await sandbox?.stop()
    await jwks.stop()
    await backing.stop()
  }
  try {
    await copyMigrated(backing.postgresUrl, options.subgraphs)
    await Promise.all(options.subgraphs.map(start))
  } catch (error) {
    await stop()
    throw error
  }
  return {
    ...viewers,
    env,
    logs,
    call: (name, document, variables = {}, viewer = viewers.guest) =>
      postGraphQL(urlOf(name), { document, variables, token: viewer.tokenFor(name) }),
    subscribe: (name, document, variables = {}, viewer = viewers.guest) =>
      subscribeGraphQL(urlOf(name), { document, variables, token: viewer.tokenFor(name) }),
    runtime: (name) => required(running.get(name)?.ready, name),
    statements: (name) => statements.get(name) ?? [],
    resetStatements: () => statements.clear(),
    get sandbox() {
      return required(sandbox, 'the sandbox')
    },
    startSubgraph: start,
    stopSubgraph,
    stop,
  }
}

async function portsFor(names: readonly SubgraphName[]): Promise<Record<SubgraphName, number>> {
  const taken = new Set<number>()
  const entries: [SubgraphName, number][] = []
  for (const name of names) {
    let port = await freePort()
    while (taken.has(port)) port = await freePort()
    taken.add(port)
    entries.push([name, port])
  }
  return Object.fromEntries(entries) as Record<SubgraphName, number>
}

function required<T>(value: T | undefined, name: string): T {
  if (value === undefined) throw new Error(`expected ${name} to be among the parts that startTestShop was asked for`)
  return value
}
