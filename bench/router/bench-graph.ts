import { rmSync } from 'node:fs'
import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { GraphQLSchema } from 'graphql'
import { z } from 'zod'
import { type Everything, startEverything } from './everything.ts'
import { apiSchemaOf, composeSupergraph } from './graph/supergraph.ts'
import { type NodeProcess, startProcess } from './processes/node-process.ts'

/** The subgraphs and the load generator, each in a process of its own, and the supergraph's file. */
export type BenchGraph = {
  folder: string
  supergraphFile: string
  everything: Everything
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
  const stop = async () => void (await Promise.all([subgraphs.stop(), load.stop()]))
  try {
    const { origin } = z.object({ origin: z.url() }).parse(await subgraphs.ask())
    const supergraphSdl = composeSupergraph(origin)
    const supergraphFile = join(folder, 'supergraph.graphql')
    await writeFile(supergraphFile, supergraphSdl)
    const everything = await startEverything(folder, origin)
    const stopAll = async () => {
      await stop()
      await everything.stop()
    }
    const apiSchema = apiSchemaOf(supergraphSdl)
    return { folder, supergraphFile, everything, apiSchema, subgraphs, load, stop: stopAll }
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
