import { writeFile } from 'node:fs/promises'
import { printSchema } from 'graphql'
import { applyContract } from '../../../router/supergraph/contract.ts'
import { loadSupergraph } from '../../../router/supergraph/load-supergraph.ts'
import { readArguments } from '../arguments.ts'
import { GraphError } from '../graph-error.ts'
import { workingTree } from '../source/files.ts'
import { readGraph } from '../source/read-graph.ts'
import { contractNamed, readContracts, unknownTags } from './contracts.ts'

const OPTIONS = { supergraph: { type: 'string' } } as const

/** `graph contract NAME [--supergraph FILE]`: prints the API of a contract, and writes the supergraph to serve it by. */
export async function runContract(args: string[]): Promise<boolean> {
  const { values, positionals, root } = readArguments(args, OPTIONS)
  const files = workingTree(root)
  const contract = contractNamed(await readContracts(files), 'contract', positionals.join(' '))
  const graph = await readGraph(files)
  if ('errors' in graph) throw new GraphError(`the graph can't be composed: ${graph.errors[0]?.message}`)
  const unknown = unknownTags(graph.supergraphSdl, contract)
  if (unknown.length > 0)
    throw new GraphError(`contract ${positionals.join(' ')}: nothing in the graph has the tag ${unknown.join(', ')}`)
  const sdl = applyContract(graph.supergraphSdl, contract)
  process.stdout.write(`${printSchema(loadSupergraph(sdl).apiSchema)}\n`)
  if (values.supergraph !== undefined) await writeFile(values.supergraph, `${sdl}\n`)
  return true
}
