import { fileURLToPath } from 'node:url'
import { describeVariables } from '#platform/runtime/config.ts'

/** Something that answers the operations, in a process of its own. */
export type Contender = {
  readonly name: string
  readonly title: string
  /** Whether its packages have to be there first. */
  readonly isHive: boolean
  /** A variable of our configuration that it depends on: without it the router has not got that way yet. */
  readonly needs?: string
  readonly command: (at: Place) => Command
}

/** Where and from what a contender serves. */
export type Place = {
  supergraphFile: string
  sizedSupergraphFile: string
  redisUrl: string
  answersFile: string
  port: number
}

/** A script of Node with its arguments and environment. */
export type Command = { script: string; args: string[]; env: Record<string, string> }

/** Our router's ways to run: each but the first sets a variable of its configuration. */
const OURS = [
  { name: 'ours', title: 'ours, upstream calls shared' },
  { name: 'ours-unshared', title: 'ours, nothing shared', set: ['SHARE_IN_FLIGHT', 'off'] },
  { name: 'ours-queries', title: 'ours, incoming queries shared too', set: ['SHARE_INCOMING', 'on'] },
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
  { name: 'ours-limited', title: 'ours, with costs and the rate limit', isHive: false, command: runLimited },
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

function runOurs({ supergraphFile, port }: Place, env: Record<string, string>): Command {
  const args = ['--supergraph', supergraphFile, '--port', String(port)]
  return { script: pathOf('../../../router/main.ts'), args, env }
}

/** With all that a supergraph without `@listSize` and a router without Redis do without; nothing is refused. */
function runLimited(at: Place): Command {
  const limited = { ...at, supergraphFile: at.sizedSupergraphFile }
  return runOurs(limited, { REDIS_URL: at.redisUrl, RATE_LIMIT: '1000000000000', MAX_COST: 'off' })
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
