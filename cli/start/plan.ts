import { fileURLToPath } from 'node:url'
import type { GeneratedKeys } from '#platform/auth/generate-keys.ts'
import type { ProcessSpec } from '#platform/embedded/supervisor.ts'
import { urlVariable } from '#platform/runtime/config.ts'
import { type SubgraphName, SUBGRAPHS } from '#platform/runtime/names.ts'
import { youngGenerationFlags } from '../../router/young-generation.ts'
import type { ShopPorts } from './ports.ts'

/** An environment: what the services read their configuration from. */
export type Environment = Readonly<Record<string, string | undefined>>

/** What the plan is made from. `env` is the starter's own: what it sets for all services goes on to them. */
export type PlanOptions = {
  env: Environment
  host: string
  ports: ShopPorts
  keys: GeneratedKeys
  postgresUrl: string
  redisUrl: string
}

/** Every process of the shop, with its environment. `tools` is that of programs which work on the shop, such as the seed. */
export type ShopPlan = {
  sandbox: ProcessSpec
  subgraphs: (ProcessSpec & { name: SubgraphName })[]
  router: ProcessSpec
  tools: Environment
  urls: ShopUrls
}

/** The addresses of a shop. */
export type ShopUrls = { router: string; ws: string; sandbox: string; subgraphs: Record<SubgraphName, string> }

const LOOPBACK = '127.0.0.1'
const SUPERGRAPH = 'schema/supergraph.graphql'

/** The root of the checkout: the start may be called from anywhere. */
export const ROOT = fileURLToPath(new URL('../../', import.meta.url))

/** Who runs where, with what. Only the router is reachable from outside; the others bind to loopback. */
export function planShop(options: PlanOptions): ShopPlan {
  const { ports, keys } = options
  const urls = urlsOf(options)
  const shared = sharedEnvironment(options, urls)
  const private_ = (port: number) => ({ ...shared, HOST: LOOPBACK, PORT: String(port) })
  return {
    urls,
    tools: { ...shared, TOKEN_SIGNING_KEY: keys.tokenSigningKey },
    sandbox: spec('sandbox', ['sandbox/main.ts'], ports.sandbox, private_(ports.sandbox)),
    subgraphs: SUBGRAPHS.map((name) => {
      const port = ports.subgraphs[name]
      const env = {
        ...private_(port),
        ...secretsOf(name, keys),
        ...(name === 'payments' && { SANDBOX_URL: urls.sandbox }),
      }
      return { ...spec(name, ['subgraphs/main.ts', 'serve', name], port, env), name }
    }),
    router: {
      ...routerSpec(ports.router, { ...shared, HOST: options.host, PORT: String(ports.router) }),
      readyUrl: new URL('/ready', urls.router).href,
    },
  }
}

const spec = (name: string, [program = '', ...args]: string[], port: number, env: Environment): ProcessSpec => ({
  name,
  env,
  args: [`${ROOT}${program}`, ...args],
  readyUrl: `http://${LOOPBACK}:${port}/ready`,
})

// It can't give itself the flags without losing its supervisor.
function routerSpec(port: number, env: Environment): ProcessSpec {
  const router = spec('router', ['router/main.ts', '--supergraph', `${ROOT}${SUPERGRAPH}`], port, env)
  return { ...router, args: [...youngGenerationFlags(env), ...router.args] }
}

const secretsOf = (name: SubgraphName, keys: GeneratedKeys): Environment => ({
  SERVICE_KEY: keys.serviceKeys[name],
  // Who can sign access tokens can be anyone: users alone.
  ...(name === 'users' && { TOKEN_SIGNING_KEY: keys.tokenSigningKey }),
})

function sharedEnvironment({ env, ports, keys, postgresUrl, redisUrl }: PlanOptions, urls: ShopUrls): Environment {
  return {
    ...env,
    // Each service gets its own below, and no other.
    TOKEN_SIGNING_KEY: undefined,
    SERVICE_KEY: undefined,
    POSTGRES_URL: postgresUrl,
    REDIS_URL: redisUrl,
    SERVICE_JWKS: keys.serviceJwks,
    JWKS_URL: `http://${LOOPBACK}:${ports.subgraphs.users}/.well-known/jwks.json`,
    ...Object.fromEntries(SUBGRAPHS.map((name) => [urlVariable(name), urls.subgraphs[name]])),
  }
}

function urlsOf({ host, ports }: PlanOptions): ShopUrls {
  const address = `${reachable(host)}:${ports.router}`
  const subgraphs = Object.fromEntries(
    SUBGRAPHS.map((name) => [name, `http://${LOOPBACK}:${ports.subgraphs[name]}/graphql`]),
  )
  return {
    router: `http://${address}/graphql`,
    ws: `ws://${address}/graphql`,
    sandbox: `http://${LOOPBACK}:${ports.sandbox}`,
    subgraphs: subgraphs as Record<SubgraphName, string>,
  }
}

/** How a client on this machine reaches what binds to `host`. */
function reachable(host: string): string {
  if (host === '0.0.0.0' || host === '::') return LOOPBACK
  return host.includes(':') ? `[${host}]` : host
}
