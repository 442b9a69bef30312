import { fileURLToPath } from 'node:url'
import { describeVariables } from '#platform/runtime/config.ts'
import { youngGenerationFlags } from '../../../router/young-generation.ts'
import type { Everything } from '../everything.ts'

/** Something that answers the operations, in a process of its own. */
export type Contender = {
  readonly name: string
  readonly title: string
  /** Whether its packages have to be there first. */
  readonly isHive: boolean
  /** A variable of our configuration that it depends on: without it the router has not got that way yet. */
  readonly needs?: string
  readonly command: (at: Place) => Command
  /** What its clients send beside the usual. */
  readonly headers?: (at: Pick<Place, 'everything'>) => Record<string, string>
}

/** Where and from what a contender serves. */
export type Place = {
  supergraphFile: string
  everything: Everything
  answersFile: string
  port: number
}

/** A script of Node with its arguments and environment; `flags` are those of Node itself. */
export type Command = { script: string; args: string[]; flags?: string[]; env: Record<string, string> }

/** Our router's ways to run: each but the first sets a variable of its configuration. */
const OURS = [
  { name: 'ours', title: 'ours, upstream calls shared' },
  { name: 'ours-unshared', title: 'ours, nothing shared', set: ['SHARE_IN_FLIGHT', 'off'] },
  { name: 'ours-queries', title: 'ours, incoming queries shared too', set: ['SHARE_INCOMING', 'on'] },
] as const

const UNSHARED = { SHARE_IN_FLIGHT: 'off' }

/** With all of it on; and as they come, but asked the very same: with an access token, which goes on to the subgraphs. */
const TOKEN_BEARERS = [
  { name: 'ours-token', title: 'ours, asked with a token', run: runOurs, set: {} },
  { name: 'ours-all', title: 'ours, all of it on', run: runEverything, set: {} },
  { name: 'ours-token-unshared', title: 'ours, nothing shared, asked with a token', run: runOurs, set: UNSHARED },
  { name: 'ours-all-unshared', title: 'ours, nothing shared, all of it on', run: runEverything, set: UNSHARED },
] as const

const HIVE = [
  { name: 'hive', title: 'Hive Gateway, as published', config: 'plain', flags: ['--jit'] },
  { name: 'hive-rust', title: 'Hive Gateway, Rust planner, as published', config: 'rust', flags: [] },
  {
    name: 'hive-rust-unshared',
    title: 'Hive Gateway, Rust planner, incoming queries not shared',
    config: 'rust-unshared',
    flags: [],
  },
]

/** All that are measured, in the order of their turns. */
export const CONTENDERS: readonly Contender[] = [
  { name: 'stock', title: 'stock Apollo Gateway', isHive: false, command: runStock },
  ...HIVE.map(({ name, title, config, flags }) => ({
    name,
    title,
    isHive: true,
    command: (at: Place) => runHive(at, config, flags),
  })),
  ...OURS.map(({ name, title, ...way }) => ({
    name,
    title,
    isHive: false,
    command: (at: Place) => runOurs(at, 'set' in way ? { [way.set[0]]: way.set[1] } : {}),
    ...('set' in way && { needs: way.set[0] }),
  })),
  ...TOKEN_BEARERS.map(({ name, title, run, set }) => ({
    name,
    title,
    isHive: false,
    command: (at: Place) => run(at, set),
    headers: bearing,
  })),
  { name: 'bare', title: 'limit: bare node:http', isHive: false, command: runBare },
]

/** Whether our router knows what `contender` needs. */
export const isOffered = ({ needs }: Contender): boolean =>
  needs === undefined || describeVariables().some(({ name }) => name === needs)

/** The folder whose `package.json` brings Hive Gateway. */
export const HIVE_FOLDER = fileURLToPath(new URL('./hive/', import.meta.url))

function runStock({ supergraphFile, port }: Place): Command {
  return { script: pathOf('./stock.ts'), args: [supergraphFile, String(port)], env: {} }
}

function runBare({ answersFile, port }: Place): Command {
  return { script: pathOf('./bare.ts'), args: [answersFile, String(port)], env: {} }
}

function runOurs(
  { supergraphFile, port }: Pick<Place, 'supergraphFile' | 'port'>,
  env: Record<string, string>,
): Command {
  const args = ['--supergraph', supergraphFile, '--port', String(port)]
  // It begins again with these by itself, but for a parent that listens to it.
  return { script: pathOf('../../../router/main.ts'), args, flags: youngGenerationFlags(env), env }
}

/** With all that a router does for a request where it is told to; nothing is refused. */
function runEverything({ everything, port }: Place, more: Record<string, string>): Command {
  return runOurs(
    { supergraphFile: everything.supergraphFile, port },
    {
      ...more,
      ROUTER_CONFIG: pathOf('./everything.config.ts'),
      REDIS_URL: everything.redisUrl,
      RATE_LIMIT: '1000000000000',
      MAX_COST: 'off',
      JWKS_URL: everything.jwksUrl,
      OTEL_EXPORTER_OTLP_ENDPOINT: everything.otlpUrl,
      USAGE_LOG: everything.usageFolder,
      PERSISTED_DOCUMENTS: 'log',
      PERSISTED_DOCUMENTS_MANIFESTS: everything.manifestFile,
    },
  )
}

function bearing({ everything }: Pick<Place, 'everything'>): Record<string, string> {
  return { authorization: `Bearer ${everything.token}` }
}

function runHive({ supergraphFile, port }: Place, config: string, flags: readonly string[]): Command {
  const to = ['--host', '127.0.0.1', '--port', String(port), '--config-path', pathOf(`./hive/${config}.config.mjs`)]
  return {
    script: pathOf('./hive/node_modules/@graphql-hive/gateway/dist/bin.js'),
    args: ['supergraph', supergraphFile, ...to, ...flags],
    env: {},
  }
}

function pathOf(file: string): string {
  return fileURLToPath(new URL(file, import.meta.url))
}
