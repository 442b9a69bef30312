import { rmSync } from 'node:fs'
import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { GraphQLSchema } from 'graphql'
import { z } from 'zod'
import { startEmbeddedRedis } from '#platform/embedded/redis.ts'
import { createLogger } from '#platform/runtime/logger.ts'
import { apiSchemaOf, composeSupergraph, withSizes } from './graph/supergraph.ts'
import { type NodeProcess, startProcess } from './processes/node-process.ts'

/** The subgraphs and the load generator, each in a process of its own, and the supergraph's file. */
export type BenchGraph = {
  folder: string
  supergraphFile: string
  /** The same supergraph, whose operations have a cost. */
  sizedSupergraphFile: string
  redisUrl: string
  apiSchema: GraphQLSchema
  subgraphs: NodeProcess
  load: NodeProcess
  stop(): Promise<void>
}

/** Starts what every contender is measured with. Its folder goes with this process. */
export async function startBenchGraph(): Promise<BenchGraph> {
  const folder = await mkdtemp(join(tmpdir(), 'agora-bench-'))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  const subgraphs = start('subgraphs', folder)
  const load = start('load', folder)
  const redis = await startEmbeddedRedis({ log: createLogger({ service: 'bench', level: 'warn' }) })
  const stop = async () => void (await Promise.all([subgraphs.stop(), load.stop(), redis.stop()]))
  try {
    const { origin } = z.object({ origin: z.url() }).parse(await subgraphs.ask())
    const supergraphSdl = composeSupergraph(origin)
    const supergraphFile = join(folder, 'supergraph.graphql')
    const sizedSupergraphFile = join(folder, 'supergraph-with-sizes.graphql')
    await writeFile(supergraphFile, supergraphSdl)
    await writeFile(sizedSupergraphFile, withSizes(supergraphSdl))
    const files = { folder, supergraphFile, sizedSupergraphFile, redisUrl: redis.url }
    return { ...files, apiSchema: apiSchemaOf(supergraphSdl), subgraphs, load, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

const start = (name: 'subgraphs' | 'load', folder: string): NodeProcess =>
  startProcess({
    script: fileURLToPath(new URL(`./processes/${name}.ts`, import.meta.url)),
    args: [],
    env: {},
    logFile: join(folder, `${name}.log`),
  })
