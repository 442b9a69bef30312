import { CriticalityLevel, diff } from '@graphql-inspector/core'
import { readArguments, report } from '../arguments.ts'
import { GraphError } from '../graph-error.ts'
import type { Finding } from '../report/finding.ts'
import { changedPlaces } from '../source/changed-places.ts'
import { baseCommit, type Files, filesAt, workingTree } from '../source/files.ts'
import { type Graph, readGraph, readSources } from '../source/read-graph.ts'

const OPTIONS = { against: { type: 'string' } } as const

/** `graph diff [--against REF]`: what changed, whoever uses it. Finding changes is no failure. */
export async function runDiff(args: string[]): Promise<boolean> {
  const { values, root, format } = readArguments(args, OPTIONS)
  const base = await baseCommit(root, values.against)
  const [was, is] = [filesAt(root, base), workingTree(root)]
  const [before, after] = await Promise.all([need(was), need(is)])
  const places = changedPlaces(await readSources(was), await readSources(is))
  const findings = (await diff(before.api, after.api)).map(({ criticality, message, path }): Finding => {
    const rule = RULES[criticality.level]
    return { severity: 'note', rule, message, places: places(path) }
  })
  const changes = findings.length === 1 ? '1 change' : `${findings.length} changes`
  return report(findings, 'diff', format, `${changes} of the API since ${base.slice(0, 12)}.`)
}

const RULES: Readonly<Record<CriticalityLevel, string>> = {
  [CriticalityLevel.Breaking]: 'breaking',
  [CriticalityLevel.Dangerous]: 'dangerous',
  [CriticalityLevel.NonBreaking]: 'safe',
}

async function need(files: Files): Promise<Graph> {
  const graph = await readGraph(files)
  if ('errors' in graph) throw new GraphError(`the graph can't be composed: ${graph.errors[0]?.message}`)
  return graph
}
