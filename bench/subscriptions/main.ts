import { execFileSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { availableParallelism, cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { composeServices } from '@apollo/composition'
import { parse } from 'graphql'
import { freePort } from '#platform/embedded/free-port.ts'
import { youngGenerationFlags } from '../../router/young-generation.ts'
import { type NodeProcess, startProcess } from '../router/processes/node-process.ts'
import { measure, type Measured } from './measure.ts'
import { report } from './report.ts'
import { SCENARIOS, type Scenario } from './scenarios.ts'
import { SOURCE_SDL } from './source-sdl.ts'
import { serveIdentities } from './identities.ts'

// `npm run bench:subscriptions -- --clients 10000 --only shared,operations`: many clients on one router process.
const { values: options } = parseArgs({
  options: {
    clients: { type: 'string', default: '10000' },
    events: { type: 'string', default: '20' },
    only: { type: 'string', default: SCENARIOS.map(({ name }) => name).join() },
  },
})

// Beside the clients' sockets a process has its own files, and the router a socket for each identity to the subgraph.
const SPARE_FILES = 2_500

process.once('SIGINT', () => process.exit(130))

try {
  await main()
} catch (error) {
  process.stderr.write(`bench:subscriptions: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}

async function main(): Promise<void> {
  const clients = count('--clients', options.clients)
  const events = count('--events', options.events)
  const names = options.only.split(',')
  checkOpenFiles(clients)
  const folder = await mkdtemp(join(tmpdir(), 'agora-bench-'))
  const identities = await serveIdentities()
  const results: [Scenario, Measured][] = []
  try {
    for (const scenario of SCENARIOS.filter(({ name }) => names.includes(name))) {
      process.stderr.write(`${scenario.title} …\n`)
      const tokens = identities.tokens(scenario.identities)
      results.push([scenario, await run(scenario, { folder, clients, events, tokens, jwksUrl: identities.jwksUrl })])
    }
    process.stdout.write(
      `${cpus()[0]?.model ?? 'unknown CPU'}, ${availableParallelism()} cores for subgraph, router and clients together, ` +
        `Node ${process.versions.node}; ${clients} clients, ${events} events\n\n${report(results)}\n`,
    )
  } finally {
    await identities.stop()
    await rm(folder, { recursive: true })
  }
}

type Run = { folder: string; clients: number; events: number; tokens: string[]; jwksUrl: string }

async function run(scenario: Scenario, { folder, clients, events, tokens, jwksUrl }: Run): Promise<Measured> {
  const started: NodeProcess[] = []
  const start = (name: string, script: string, args: string[], env: Record<string, string> = {}) => {
    const flags = name === 'router' ? youngGenerationFlags(env) : []
    const begun = startProcess({ script, args, flags, env, logFile: join(folder, `${scenario.name}-${name}.log`) })
    started.push(begun)
    return begun
  }
  try {
    const sourcePort = await freePort()
    const source = start('source', pathOf('./processes/source.ts'), [String(sourcePort)])
    const sourceUrl = `http://127.0.0.1:${sourcePort}/graphql`
    const port = await freePort()
    const server = scenario.isPlain
      ? source
      : start(
          'router',
          pathOf('../../router/main.ts'),
          ['--supergraph', await supergraphFile(folder, sourceUrl), '--port', String(port)],
          { JWKS_URL: jwksUrl, LOG_LEVEL: 'warn' },
        )
    const crowd = start('clients', pathOf('./processes/clients.ts'), [])
    const url = scenario.isPlain ? sourceUrl : `http://127.0.0.1:${port}/graphql`
    return await measure({ scenario, server, crowd, url, clients, events, tokens })
  } finally {
    for (const begun of started.toReversed()) await begun.stop()
  }
}

async function supergraphFile(folder: string, url: string): Promise<string> {
  const { supergraphSdl, errors } = composeServices([{ name: 'source', url, typeDefs: parse(SOURCE_SDL) }])
  if (supergraphSdl === undefined)
    throw new Error(`expected the subgraph to compose: ${errors?.map(({ message }) => message).join('; ')}`)
  const file = join(folder, `${crypto.randomUUID()}.graphql`)
  await writeFile(file, supergraphSdl)
  return file
}

/** Node raises the soft limit to the hard one by itself; more only who administers the machine can give. */
function checkOpenFiles(clients: number): void {
  if (process.platform === 'win32') return
  const limit = execFileSync('sh', ['-c', 'ulimit -Hn'], { encoding: 'utf8' }).trim()
  process.stdout.write(`open files a process may have: ${limit}\n`)
  const needed = clients + SPARE_FILES
  if (limit !== 'unlimited' && Number(limit) < needed)
    throw new Error(
      `${clients} clients need ${needed} open files in a process: raise the limit (ulimit -Hn ${needed}), or ask for fewer with --clients`,
    )
}

function count(option: string, value: string): number {
  const number = Number(value)
  if (!(Number.isInteger(number) && number > 0 && number <= 100_000))
    throw new Error(`${option}: expected a number from 1 to 100000, got ${value}`)
  return number
}

function pathOf(relative: string): string {
  return fileURLToPath(new URL(relative, import.meta.url))
}
