import { join } from 'node:path'
import { applyContract } from '../../../router/supergraph/contract.ts'
import { readArguments, report } from '../arguments.ts'
import { contractNamed, readContracts } from '../contract/contracts.ts'
import { GraphError } from '../graph-error.ts'
import { hasErrors } from '../report/finding.ts'
import { type Files, workingTree } from '../source/files.ts'
import { readOperations } from '../source/operations.ts'
import { readGraph } from '../source/read-graph.ts'
import { createReference } from './reference.ts'
import { renderSite } from './site.ts'
import { writeFolder } from './write-folder.ts'

const OPTIONS = { contract: { type: 'string' }, out: { type: 'string' } } as const

/** `graph docs [--contract NAME] [--out FOLDER]`: a reference of the graph as pages that need no server. */
export async function runDocs(args: string[]): Promise<boolean> {
  const { values, positionals, root, format } = readArguments(args, OPTIONS)
  if (positionals.length > 0)
    throw new GraphError(`docs: expected options alone (--contract NAME, --out FOLDER), got ${positionals.join(' ')}`)
  const { contract } = values
  const files = workingTree(root)
  const folder = values.out ?? join(root, 'docs', contract === undefined ? 'graph' : `graph-${contract}`)
  const graph = await readGraph(files)
  if ('errors' in graph) return report(graph.errors, 'docs', format, "The supergraph can't be composed.")
  const { documents, findings } = await readOperations(files)
  if (hasErrors(findings)) return report(findings, 'docs', format, "An operation can't be read.")
  const sdl = contract === undefined ? graph.supergraphSdl : await contractSdl(files, contract, graph.supergraphSdl)
  const reference = createReference(sdl, documents, contract === undefined ? 'Graph' : `Graph: ${contract}`)
  await writeFolder(folder, await renderSite(reference))
  const { omitted } = reference
  const without = omitted.length === 0 ? '' : ` Without operations that do not fit: ${omitted.join(', ')}.`
  return report([], 'docs', format, `Wrote ${join(folder, 'index.html')}: open it in a browser.${without}`)
}

async function contractSdl(files: Files, name: string, sdl: string): Promise<string> {
  return applyContract(sdl, contractNamed(await readContracts(files), '--contract', name))
}
