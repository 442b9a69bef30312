import { z } from 'zod'
import { CURRENCIES } from '../kernel/currency.ts'
import { SUBGRAPHS, type SubgraphName } from './names.ts'
import { routerVariables } from './router-variables.ts'
import { count, flag, milliseconds, port, postgresUrl, redisUrl, share, url } from './variable-types.ts'

/** Every environment variable that Agora knows, with its type, default and meaning. `.env.example` lists the same. */
const variables = {
  NODE_ENV: z
    .enum(['development', 'test', 'production'])
    .default('development')
    .describe('production: no demo data, no landing page'),
  LOG_LEVEL: z
    .enum(['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace'])
    .default('info')
    .describe('least level that is logged'),
  HOST: z.string().default('127.0.0.1').describe('address the router binds to'),
  PORT: port.optional().describe('port of this service; the router has 4000 unless set'),
  DATA_DIR: z.string().default('.data').describe('where the embedded PostgreSQL and Redis keep their data'),
  OTEL_EXPORTER_OTLP_ENDPOINT: url
    .optional()
    .describe('address of an OpenTelemetry collector (OTLP over HTTP); without it nothing is traced'),
  OTEL_TRACES_SAMPLER_ARG: share
    .optional()
    .describe('share of the traces that begin here which is recorded; unless set, all, but ten a second at most'),
  OTEL_EXPORTER_OTLP_PROTOCOL: z
    .enum(['http/json'], {
      error: 'expected http/json, which collectors take at port 4318; gRPC and protobuf are not spoken',
    })
    .default('http/json')
    .describe('how spans are sent'),
  SHUTDOWN_GRACE_MS: milliseconds.default(10_000).describe('how long work under way may take to finish after SIGTERM'),
  POSTGRES_URL: postgresUrl
    .optional()
    .describe('PostgreSQL server; the path is the prefix of the database names (agora: agora_users …)'),
  REDIS_URL: redisUrl.optional().describe('Redis server'),
  ONE_PROCESS: flag.default(false).describe('1: everything in one process instead of one each'),
  SEED_DEMO: flag.default(false).describe('1: demo data into an empty shop on a POSTGRES_URL of your own'),
  ...urlVariables(),
  SANDBOX_URL: url.optional().describe('address of the sandbox card provider'),
  SANDBOX_PUBLIC_URL: url
    .optional()
    .describe('address of the sandbox card provider as a browser reaches it; SANDBOX_URL unless set'),
  JWKS_URL: url.optional().describe('public keys of the access tokens; without it the router ignores tokens'),
  TOKEN_SIGNING_KEY: z
    .string()
    .optional()
    .describe('private key (PKCS#8 PEM, ES256) that the users subgraph signs access tokens with'),
  SERVICE_KEY: z
    .string()
    .optional()
    .describe('private key (PKCS#8 PEM, ES256) that this service signs its calls to others with'),
  SERVICE_JWKS: z.string().optional().describe('JSON: the public keys of all services, by name'),
  SHOP_CURRENCY: z.enum(CURRENCIES).default('USD').describe('currency where neither field nor request names one'),
  PAYMENT_DUE_MS: milliseconds.default(15 * 60_000).describe('how long an order may stay unpaid'),
  ACCESS_TOKEN_TTL_S: count.default(15 * 60).describe('life of an access token'),
  REFRESH_TOKEN_TTL_S: count.default(30 * 24 * 3600).describe('life of a refresh token'),
  LOGIN_FAILURES_PER_ACCOUNT: count.default(10).describe('failed logins per account within LOGIN_FAILURE_WINDOW_S'),
  LOGIN_FAILURES_PER_ADDRESS: count
    .default(100)
    .describe('failed logins per network address within LOGIN_FAILURE_WINDOW_S'),
  LOGIN_FAILURE_WINDOW_S: count.default(15 * 60).describe('window in which failed logins are counted'),
  CART_TTL_S: count.default(30 * 24 * 3600).describe('how long an untouched cart is kept'),
  NEIGHBOUR_TIMEOUT_MS: milliseconds.default(8_000).describe('longest wait for one answer of another service'),
  REQUEST_TIMEOUT_MS: milliseconds.default(30_000).describe('longest life of one request'),
  ...routerVariables,
  SANDBOX_LATENCY_MS: milliseconds.default(0).describe('sandbox provider: added to every answer'),
  SANDBOX_FAIL_BEFORE: share
    .default(0)
    .describe('sandbox provider: share of charges that fail with 500 before charging'),
  SANDBOX_FAIL_AFTER: share.default(0).describe('sandbox provider: share of charges that are made but never answered'),
} satisfies Record<string, z.ZodType>

const schema = z.object(variables)

/** The whole configuration, read once at start. */
export type Config = z.output<typeof schema>

/** The name of an environment variable. */
export type VariableName = keyof Config

/** A configuration in which `Names` are certain to be set. */
export type ConfigWith<Names extends VariableName> = Config & { [Name in Names]-?: NonNullable<Config[Name]> }

/** A wrong or missing environment variable: its message is one line, made for the terminal. */
export class ConfigError extends Error {
  override name = 'ConfigError'
}

/**
 * Reads the configuration from `env` (empty values count as unset) and makes sure that `required` are there.
 * Throws {@link ConfigError}, which names the variable, what it holds and what is allowed. Secrets are never repeated.
 */
export function readConfig<Names extends VariableName = never>(
  env: Readonly<Record<string, string | undefined>>,
  required: readonly Names[] = [],
): ConfigWith<Names> {
  const given = Object.fromEntries(Object.entries(env).filter(([name, value]) => name in variables && value !== ''))
  const parsed = schema.safeParse(given)
  if (!parsed.success) throw new ConfigError(explain(parsed.error, given))
  for (const name of required) {
    if (parsed.data[name] === undefined) throw new ConfigError(`${name} is missing: ${describe(name)}`)
  }
  return parsed.data as ConfigWith<Names>
}

/** Name, default and meaning of every variable, for `.env.example` and the docs. */
export const describeVariables = (): { name: string; meaning: string; default: unknown }[] =>
  Object.entries(variables).map(([name, type]) => ({
    name,
    meaning: type.description ?? '',
    default: type.safeParse(undefined).data,
  }))

/** `USERS_URL` for `users`. */
export function urlVariable(subgraph: SubgraphName): UrlVariable {
  return `${subgraph.toUpperCase() as Uppercase<SubgraphName>}_URL`
}

type UrlVariable = `${Uppercase<SubgraphName>}_URL`

function urlVariables(): Record<UrlVariable, z.ZodOptional<typeof url>> {
  const entries = SUBGRAPHS.map((name) => [
    urlVariable(name),
    url.optional().describe(`GraphQL address of the ${name} subgraph`),
  ])
  return Object.fromEntries(entries) as Record<UrlVariable, z.ZodOptional<typeof url>>
}

/** The address of each subgraph that the configuration knows. */
export const subgraphUrls = (config: Config): Partial<Record<SubgraphName, string>> =>
  Object.fromEntries(SUBGRAPHS.map((name) => [name, config[urlVariable(name)]]))

const SECRETS: readonly string[] = ['TOKEN_SIGNING_KEY', 'SERVICE_KEY', 'POSTGRES_URL', 'REDIS_URL']

function explain(error: z.ZodError, given: Record<string, string | undefined>): string {
  const issue = error.issues[0]
  const name = String(issue?.path[0])
  const held = SECRETS.includes(name) ? 'what it holds' : JSON.stringify(given[name])
  return `${name}: ${held} is not allowed: ${issue?.message} (${describe(name as VariableName)})`
}

const describe = (name: VariableName): string => variables[name].description ?? ''
